// Routing from an address to an agent, for any kind of client. The ids are those of docs/protocol.md.

import { Site } from "../fixture/site.ts";
import { RawSocket } from "../fixture/socket.ts";
import { expect, test } from "../fixture/test.ts";
import { storedMessages, storedTexts, type StoredMessage } from "../fixture/transcript.ts";
import { GREETING } from "../model/script.ts";

/** The headers that let pages of an origin read a response. */
const readableFor = (origin: string): Record<string, string> => ({
  "access-control-allow-origin": origin,
  "access-control-allow-methods": "GET, POST, PUT, DELETE, HEAD, OPTIONS",
  "access-control-allow-headers": "*, Authorization",
  "access-control-max-age": "86400",
});

const NO_CORS = {};

function corsHeaders(response: Response): Record<string, string> {
  return Object.fromEntries([...response.headers].filter(([name]) => name.startsWith("access-control-")));
}

test("RT-01, RT-25 an upgrade opens a socket, and the name is not decoded", async ({ app, name }) => {
  for (const instance of [name, `${name}%20b`]) {
    const socket = await RawSocket.open(app.url, instance);
    const identity = await socket.frame(({ type }) => type === "cf_agent_identity");
    expect(identity).toMatchObject({ name: instance, agent: "coder-agent" });
    socket.close();
  }
});

test("RT-02 an unknown agent is an invalid request, for HTTP and for sockets", async ({ app }) => {
  const path = "/agents/non-existent-agent/room";
  for (const method of ["GET", "POST", "OPTIONS"]) {
    const response = await fetch(`${app.url}${path}`, { method });
    expect([response.status, await response.text()], method).toEqual([400, "Invalid request"]);
  }
  expect(await RawSocket.refusal(app.url, path)).toEqual({ status: 400, text: "Invalid request" });
  await expect.poll(() => app.log).toContain("does not match any server namespace");
});

test("RT-03 a path without a name is the Worker's own 404, for HTTP and for sockets", async ({ app }) => {
  for (const path of ["/agents", "/agents/", "/agents/coderagent", "/agents/coderagent/"]) {
    const response = await fetch(`${app.url}${path}`);
    expect([response.status, await response.text()], path).toEqual([404, "Not found"]);
    expect(await RawSocket.refusal(app.url, path), path).toEqual({ status: 404, text: "Not found" });
  }
});

test("RT-04 other paths are the page's", async ({ app }) => {
  for (const path of ["/api/something", "/no/such/page", "/agentsx/coderagent/room"]) {
    const response = await fetch(`${app.url}${path}`);
    expect(response.status, path).toBe(404);
    expect(response.headers.get("content-type"), path).toContain("text/html");
  }
});

test("RT-05 every way to write the agent's name reaches the same agent", async ({ app, name }) => {
  const socket = await RawSocket.open(app.url, name);
  await socket.end(socket.ask("Where am I?"));
  socket.close();
  const stored = await storedMessages(app.url, name);
  expect(stored).toHaveLength(2);
  for (const spelling of ["coder-agent", "CoderAgent", "CODER_AGENT"]) {
    const response = await fetch(`${app.url}/agents/${spelling}/${name}/get-messages`);
    expect(await response.json(), spelling).toEqual(stored);
  }
});

test("RT-06 the object sees the path behind the name, the query and the headers", async ({ app, model, name }) => {
  const socket = await RawSocket.open(app.url, name);
  const turn = socket.ask(`Wait. [[fake:gate:${name}]]`);
  const agent = `${app.url}/agents/coderagent/${name}`;
  const roles = async (path: string) => {
    const messages = (await (await fetch(`${agent}${path}`)).json()) as StoredMessage[];
    return messages.map(({ role }) => role);
  };
  await expect.poll(() => roles("/get-messages?include=growing")).toEqual(["user", "assistant"]);
  expect(await roles("/get-messages")).toEqual(["user"]);
  expect(await roles("/any/path/get-messages")).toEqual(["user"]);
  model.release(name);
  await socket.end(turn);
  const etag = (await fetch(`${agent}/get-messages`)).headers.get("etag") ?? "";
  const unchanged = await fetch(`${agent}/get-messages`, { headers: { "If-None-Match": etag } });
  expect(unchanged.status).toBe(304);
  socket.close();
});

test("RT-07 methods and bodies of any size reach the object", async ({ app, name }) => {
  const agent = `${app.url}/agents/coderagent/${name}`;
  for (const method of ["POST", "PUT", "PATCH"]) {
    const body = "0123456789abcdef".repeat(method === "POST" ? 100_000 : 1);
    const other = await fetch(agent, { method, body });
    expect([other.status, await other.text()], method).toEqual([404, "Not implemented"]);
    const messages = await fetch(`${agent}/get-messages`, { method, body });
    expect([messages.status, await messages.json()], method).toEqual([200, []]);
  }
  const deleted = await fetch(agent, { method: "DELETE" });
  expect([deleted.status, await deleted.json()]).toEqual([404, { error: "There is no conversation of this name." }]);
  const head = await fetch(`${agent}/get-messages`, { method: "HEAD" });
  expect([head.status, await head.text()]).toEqual([200, ""]);
});

test("RT-08 two names are two agents, and case counts", async ({ app, name }) => {
  const socket = await RawSocket.open(app.url, name);
  await socket.end(socket.ask("Only here."));
  expect(await storedTexts(app.url, name)).toEqual(["user: Only here.", `assistant: ${GREETING}`]);
  for (const other of [`${name}-b`, name.toUpperCase()]) {
    expect(await storedTexts(app.url, other), other).toEqual([]);
  }
  socket.close();
});

test("RT-12 without CORS the object answers OPTIONS, and nothing is added", async ({ app, name }) => {
  const agent = `${app.url}/agents/coderagent/${name}`;
  const options = await fetch(agent, { method: "OPTIONS" });
  expect([options.status, await options.text()]).toEqual([404, "Not implemented"]);
  expect(corsHeaders(options)).toEqual(NO_CORS);
  const messages = await fetch(`${agent}/get-messages`);
  expect(messages.status).toBe(200);
  expect(corsHeaders(messages)).toEqual(NO_CORS);
});

test("RT-10, RT-11, RT-13 ALLOWED_ORIGINS lets pages of these origins read answers", async ({ startApp, name }) => {
  const app = await startApp({ settings: { PROVIDER: "demo", ALLOWED_ORIGINS: "https://b.example, https://a.example/" } });
  const readable = readableFor("https://a.example");
  const ask = async (path: string, method: string) => {
    const response = await fetch(`${app.url}${path}`, { method, headers: { Origin: "https://a.example" } });
    return { status: response.status, text: await response.text(), cors: corsHeaders(response) };
  };
  const agent = `/agents/coderagent/${name}`;
  expect(await ask(agent, "OPTIONS")).toEqual({ status: 200, text: "", cors: readable });
  expect(await ask(`${agent}/get-messages`, "GET")).toEqual({ status: 200, text: "[]", cors: readable });
  expect(await ask(agent, "GET")).toEqual({ status: 404, text: "Not implemented", cors: readable });
  expect(await ask("/agents/coderagent", "OPTIONS")).toEqual({ status: 404, text: "Not found", cors: NO_CORS });
  const unknown = { status: 400, text: "Invalid request", cors: NO_CORS };
  expect(await ask("/agents/nobody/room", "OPTIONS")).toEqual(unknown);
  expect(await ask("/agents/nobody/room", "GET")).toEqual(unknown);
  const onSocket = Object.keys(await RawSocket.handshake(app.url, agent, { Origin: "https://a.example" }));
  expect(onSocket.filter((header) => header.startsWith("access-control-"))).toEqual([]);
});

test("RT-10, RT-13 with ALLOWED_ORIGINS the pages of that origin can read a transcript", async ({ startApp, name, page }) => {
  const site = await Site.start();
  site.put("/", "<p>Hello</p>");
  const app = await startApp({ settings: { PROVIDER: "demo", ALLOWED_ORIGINS: `${site.url}/` } });
  const transcript = `${app.url}/agents/coderagent/${name}/get-messages`;
  await page.goto(`${site.url}/`);
  const read = await page.evaluate(async (url) => {
    // This header causes a preflight request.
    const response = await fetch(url, { headers: { "If-None-Match": "another" } });
    return [response.status, await response.text()];
  }, transcript);
  expect(read).toEqual([200, "[]"]);
  const preflight = await fetch(transcript, { method: "OPTIONS", headers: { Origin: site.url } });
  expect(corsHeaders(preflight)).toEqual(readableFor(site.url));
  expect(preflight.headers.get("vary")).toBe("Origin");
  await site.close();
});

test("RT-21 an agent has nothing else to say over HTTP", async ({ app, name }) => {
  for (const path of ["", "/", "/other", "/get-messages/other"]) {
    const response = await fetch(`${app.url}/agents/coderagent/${name}${path}`);
    expect([response.status, await response.text()], path).toEqual([404, "Not implemented"]);
  }
});

test("RT-26 a client that sends the router's own headers is not heard", async ({ app, name }) => {
  const forged = {
    "X-Agents-Lifecycle-Props": Buffer.from('{"admin":true}').toString("base64"),
    "X-PartyKit-Room": "another",
    "X-PartyKit-Namespace": "another",
  };
  const socket = await RawSocket.open(app.url, name, forged);
  const identity = await socket.frame(({ type }) => type === "cf_agent_identity");
  expect(identity).toMatchObject({ name, agent: "coder-agent" });
  socket.close();
  const body = "with a body ".repeat(10_000);
  const response = await fetch(`${app.url}/agents/coderagent/${name}/get-messages`, {
    method: "POST",
    headers: forged,
    body,
  });
  expect([response.status, await response.json()]).toEqual([200, []]);
});
