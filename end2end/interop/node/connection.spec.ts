// `AgentClient`, `agentFetch` and a plain PartySocket, from Node.

import { once } from "node:events";
import { agentFetch } from "agents/client";
import PartySocket from "partysocket";
import { WebSocket } from "ws";
import { storedTexts } from "../../fixture/transcript.ts";
import { GREETING } from "../../model/script.ts";
import { Heard, question } from "../fixture/heard.ts";
import { expect, test } from "../fixture/test.ts";

for (const agent of ["CoderAgent", "coderAgent", "CODER_AGENT", "coder-agent", "coderagent"]) {
  test(`RT-05: \`agent: "${agent}"\` reaches the agent`, async ({ connect, name }) => {
    const client = connect({ agent });
    await client.ready;
    expect([client.agent, client.name, client.identified]).toEqual(["coder-agent", name, true]);
  });
}

test("WS-01: identity comes before the servers", async ({ connect, name }) => {
  const heard = new Heard(connect());
  await heard.type("cf_agent_mcp_servers");
  expect(heard.frames[0]).toMatchObject({ type: "cf_agent_identity", name, agent: "coder-agent" });
  expect(heard.frames.at(-1)).toEqual({
    type: "cf_agent_mcp_servers",
    mcp: { prompts: [], resources: [], servers: {}, tools: [] },
  });
});

test("RT-25: a name stays percent-encoded", async ({ connect, name }) => {
  const client = connect({ name: `${name} ü` });
  await client.ready;
  expect(client.name).toBe(`${name}%20%C3%BC`);
});

test("WS-27: `ready` starts again with each connection", async ({ connect }) => {
  const identities: string[] = [];
  const client = connect({ onIdentity: (name) => identities.push(name) });
  await client.ready;
  const closed = new Promise((resolve) => client.addEventListener("close", resolve, { once: true }));
  client.reconnect();
  await closed;
  expect(client.identified).toBe(false);
  await client.ready;
  expect(identities).toEqual([client.name, client.name]);
});

test("WS-23: messages sent before the connection is open arrive in order", async ({ app, connect, name }) => {
  const client = connect();
  const heard = new Heard(client);
  const [first, second] = [question("First."), question("Second.")];
  client.send(first.frame);
  client.send(second.frame);
  await heard.end(second.id);
  expect(await storedTexts(app.url, name)).toEqual([
    "user: First.",
    `assistant: ${GREETING}`,
    "user: Second.",
    `assistant: ${GREETING}`,
  ]);
});

test("WS-14: the closing handshake is completed with the client's code and reason", async ({ connect }) => {
  const client = connect();
  await client.ready;
  const closed = new Promise<CloseEvent>((resolve) => client.addEventListener("close", resolve, { once: true }));
  client.close(4321, "bye");
  expect(await closed).toMatchObject({ code: 4321, reason: "bye", wasClean: true });
});

test("WS-12, WS-29: two sockets may share an id", async ({ connect, name }) => {
  const [first, second, other] = [connect({ id: name }), connect({ id: name }), connect()];
  const [heard, heardToo] = [new Heard(first), new Heard(second)];
  await Promise.all([first.ready, second.ready, other.ready]);
  const asked = question("Who is there?");
  other.send(asked.frame);
  await Promise.all([heard.end(asked.id), heardToo.end(asked.id)]);
  first.close();
  const again = question("And now?");
  other.send(again.frame);
  await heardToo.end(again.id);
});

test("CH-03, CH-04, RT-21: HTTP reaches the agent", async ({ app, name }) => {
  const at = { agent: "CoderAgent", name, host: app.url };
  const messages = await agentFetch({ ...at, path: "get-messages" });
  expect(messages.status).toBe(200);
  expect(messages.headers.get("content-type")).toContain("application/json");
  expect(await messages.json()).toEqual([]);
  const root = await agentFetch(at);
  expect([root.status, await root.text()]).toEqual([404, "Not implemented"]);
});

test("RT-02: an unknown agent is refused", async ({ app, name }) => {
  const response = await agentFetch({ agent: "NobodyHere", name, host: app.url, path: "get-messages" });
  expect([response.status, await response.text()]).toEqual([400, "Invalid request"]);
});

test("RT-26: a client cannot speak for the router", async ({ app, connect, name }) => {
  const client = connect();
  const heard = new Heard(client);
  const asked = question("Mine.");
  client.send(asked.frame);
  await heard.end(asked.id);
  const headers = { "x-partykit-room": name, "x-agents-lifecycle-props": "e30=" };
  const at = { agent: "CoderAgent", name: `${name}-other`, host: app.url, path: "get-messages" };
  expect(await (await agentFetch(at, { headers })).json()).toEqual([]);
});

test("a plain PartySocket has a chat", async ({ app, name }) => {
  const socket = new PartySocket({ host: app.url, prefix: "agents", party: "coder-agent", room: name, WebSocket });
  const heard = new Heard(socket);
  const asked = question("Hello.");
  socket.send(asked.frame);
  expect(await heard.end(asked.id)).toMatchObject({ done: true, messageIds: [asked.messageId] });
  socket.close();
  expect(await storedTexts(app.url, name)).toEqual(["user: Hello.", `assistant: ${GREETING}`]);
});

test("a socket that is only opened and left does no harm", async ({ app, connect, name }) => {
  const bare = new WebSocket(`${app.url.replace(/^http/, "ws")}/agents/coder-agent/${name}`);
  await once(bare, "open");
  bare.terminate();
  await connect().ready;
});
