// The admission check: requests with foreign names, and pages of other origins in a browser that can reach the
// server.

import http from "node:http";
import type { Frame, Page } from "@playwright/test";
import type { App } from "../fixture/app.ts";
import { Site } from "../fixture/site.ts";
import { Gateway } from "../official/fixture/gateway.ts";
import { RawSocket } from "../fixture/socket.ts";
import { expect, settingsFor, test as base } from "../fixture/test.ts";
import { storedTexts } from "../fixture/transcript.ts";

/** A name that the browser resolves to this machine, as after a hostile DNS answer. */
const FOREIGN = "evil.example";

const test = base.extend<{ site: Site }>({
  site: async ({ consoleWatch }, use) => {
    // Browsers log each refusal themselves.
    consoleWatch.allow(/./);
    const site = await Site.start();
    site.put("/", "<!doctype html><title>Another site</title><p>Hello</p>");
    await use(site);
    await site.close();
  },
  // Playwright starts a separate browser for other arguments.
  launchOptions: [
    async ({ launchOptions }, use) => {
      const rule = `--host-resolver-rules=MAP ${FOREIGN} 127.0.0.1`;
      // Chromium asks the user before public pages reach this machine; other browsers do not.
      const features = "--disable-features=LocalNetworkAccessChecks,LocalNetworkAccessChecksWebSockets";
      await use({ ...launchOptions, args: [...(launchOptions.args ?? []), rule, features] });
    },
    { scope: "worker" },
  ],
});

/** The result of a WebSocket in a page: the frames it got, and how it closed. */
interface Ending {
  frames: string[];
  code: number;
  reason: string;
}

/** Opens a WebSocket in a page or frame, sends a change, and waits for its end. */
function socketIn(frame: Page | Frame, url: string): Promise<Ending> {
  return frame.evaluate(
    (address) =>
      new Promise<Ending>((resolve) => {
        const frames: string[] = [];
        const socket = new WebSocket(address);
        socket.onopen = () => socket.send(JSON.stringify({ type: "cf_agent_chat_clear" }));
        socket.onmessage = ({ data }) => frames.push(String(data));
        socket.onclose = ({ code, reason }) => resolve({ frames, code, reason });
      }),
    url,
  );
}

const agentOf = (app: App, name: string) => `${app.url}/agents/coderagent/${name}`;
const socketOf = (app: App, name: string) => agentOf(app, name).replace(/^http/, "ws");

/** Starts a conversation with one message. */
async function conversation(app: App, name: string): Promise<string[]> {
  const socket = await RawSocket.open(app.url, name);
  await socket.end(socket.ask("Keep this."));
  socket.close();
  return storedTexts(app.url, name);
}

/** Sends a request with exactly these headers. */
function send(app: App, path: string, headers: Record<string, string>): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const request = http.request({ host: "127.0.0.1", port: app.port, path, headers, setHost: false }, (response) => {
      let body = "";
      response.on("data", (piece) => (body += piece));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, body }));
    });
    request.on("error", reject);
    request.end();
  });
}

const PATHS = ["/", "/chat/a", "/doctor", "/health", "/no/such/page", "/agents/coderagent/a/get-messages"];

test("a request for another host is refused with a reason, whatever it asks for", async ({ app }) => {
  for (const path of PATHS) {
    for (const host of [FOREIGN, `${FOREIGN}:${app.port}`, "localhost", `0.0.0.0:${app.port}`, "127.0.0.1:1"]) {
      const { status, body } = await send(app, path, { Host: host });
      expect([status, body.split(". ")[0]], path).toEqual([403, `Host not allowed: ${host} is not in ALLOWED_HOSTS`]);
    }
    for (const name of ["localhost", "127.0.0.1", "127.0.0.2", "[::1]"]) {
      const { status } = await send(app, path, { Host: `${name}:${app.port}` });
      expect(status, `${path} of ${name}`).not.toBe(403);
    }
  }
  const json = await send(app, "/health", { Host: FOREIGN, Accept: "application/json" });
  expect(JSON.parse(json.body).error).toContain(`add it to the setting ALLOWED_HOSTS`);
});

test("a request without a host, or with two, reaches nothing", async ({ app }) => {
  for (const path of PATHS) {
    expect((await send(app, path, {})).status, path).toBeGreaterThanOrEqual(400);
    expect((await send(app, path, { Host: "" })).status, path).toBeGreaterThanOrEqual(400);
    const two = `localhost:${app.port}`;
    expect((await send(app, path, { Host: `${two}, ${two}` })).status, path).toBeGreaterThanOrEqual(400);
  }
});

test("a request of a foreign origin is refused with a reason, whatever it asks for", async ({ app }) => {
  for (const path of PATHS) {
    for (const Origin of ["null", `http://127.0.0.1:${app.port + 1}`, `http://localhost:${app.port}`, "https://evil.example"]) {
      const { status, body } = await send(app, path, { Host: `127.0.0.1:${app.port}`, Origin });
      const words = `Origin not allowed: ${Origin} is not in ALLOWED_ORIGINS`;
      expect([status, body.split(". ")[0]], path).toEqual([403, words]);
    }
  }
});

test("a WebSocket of four foreign origins is closed with 4403 and a reason, and has read and changed nothing", async ({
  app,
  name,
  page,
  site,
}) => {
  const before = await conversation(app, name);
  const socket = socketOf(app, name);
  const refused = (origin: string): Ending => ({
    frames: [],
    code: 4403,
    reason: `Origin not allowed: ${origin} is not in ALLOWED_ORIGINS`,
  });
  // Another port of the same machine.
  await page.goto(site.url);
  expect(await socketIn(page, socket)).toEqual(refused(site.url));
  // Another name of the same machine.
  await page.goto(`${site.at("localhost")}/`);
  expect(await socketIn(page, socket)).toEqual(refused(site.at("localhost")));
  // A foreign name.
  await page.goto(`${site.at(FOREIGN)}/`);
  expect(await socketIn(page, socket)).toEqual(refused(site.at(FOREIGN)));
  // A page without an origin.
  await page.setContent(`<iframe sandbox="allow-scripts" srcdoc="<p>Hello</p>"></iframe>`);
  await expect(page.frameLocator("iframe").getByText("Hello")).toBeVisible();
  expect(await socketIn(page.frames()[1]!, socket)).toEqual(refused("null"));
  await page.goto("data:text/html,<p>Hello</p>");
  expect(await socketIn(page, socket)).toEqual(refused("null"));
  expect(await storedTexts(app.url, name)).toEqual(before);
});

test("our own page at another loopback name is another origin", async ({ app, name, page, site: _ }) => {
  // Served under our name: a page of ours has a policy that forbids connections to other names.
  const address = `http://localhost:${app.port}/plain`;
  await page.route(address, (route) => route.fulfill({ contentType: "text/html", body: "<p>Hello</p>" }));
  await page.goto(address);
  const { code, reason } = await socketIn(page, socketOf(app, name));
  expect([code, reason]).toEqual([4403, `Origin not allowed: http://localhost:${app.port} is not in ALLOWED_ORIGINS`]);
  const own = `ws://localhost:${app.port}/agents/coderagent/${name}`;
  const frames = await page.evaluate(
    (address) =>
      new Promise<string>((resolve, reject) => {
        const socket = new WebSocket(address);
        socket.onmessage = ({ data }) => resolve(String(data));
        socket.onclose = ({ code }) => reject(new Error(`closed with ${code}`));
      }),
    own,
  );
  expect(frames).toContain("cf_agent_identity");
});

test("a foreign page changes and reads nothing by forms and fetches", async ({ app, name, page, site }) => {
  const before = await conversation(app, name);
  const file = `${agentOf(app, name)}/files/kept.txt`;
  expect((await fetch(file, { method: "PUT", body: "kept" })).status).toBe(201);
  for (const origin of [site.url, site.at(FOREIGN)]) {
    await page.goto(`${origin}/`);
    const outcomes = await page.evaluate(
      async ([target, transcript]) => {
        const tried: string[] = [];
        for (const method of ["GET", "POST", "PUT", "DELETE", "PATCH"]) {
          for (const mode of ["cors", "no-cors", "same-origin"] as const) {
            for (const url of [target!, transcript!]) {
              const outcome = await fetch(url, { method, mode, body: method === "GET" ? null : "changed" }).then(
                (response) => `${response.type} ${response.status}`,
                () => "failed",
              );
              tried.push(outcome);
            }
          }
        }
        return [...new Set(tried)];
      },
      [file, `${agentOf(app, name)}/get-messages`],
    );
    expect(outcomes).toEqual(["failed"]);
    for (const [action, method] of [
      [file, "post"],
      [`${app.url}/`, "post"],
      [`${agentOf(app, name)}/get-messages`, "get"],
    ]) {
      await page.goto(`${origin}/`);
      await page.evaluate(
        ([url, how]) => {
          const form = Object.assign(document.createElement("form"), { action: url, method: how, enctype: "text/plain" });
          form.append(Object.assign(document.createElement("input"), { name: "a", value: "b" }));
          document.body.append(form);
          form.submit();
        },
        [action, method],
      );
      await expect(page.locator("body")).toContainText("Origin not allowed");
    }
  }
  expect(await (await fetch(file)).text()).toBe("kept");
  expect(await storedTexts(app.url, name)).toEqual(before);
});

test("a name that resolves to this machine shows nothing of ours", async ({ app, name, page, site: _ }) => {
  await conversation(app, name);
  const rebound = `http://${FOREIGN}:${app.port}`;
  for (const path of ["/", `/chat/${name}`, `/agents/coderagent/${name}/get-messages`]) {
    const response = await page.goto(`${rebound}${path}`);
    expect(response?.status(), path).toBe(403);
    await expect(page.locator("body")).toContainText(`Host not allowed: ${FOREIGN}:${app.port} is not in ALLOWED_HOSTS`);
    await expect(page.locator("body")).not.toContainText("Keep this.");
  }
  // Loaded before the name resolved to this machine.
  await page.route(`${rebound}/plain`, (route) => route.fulfill({ contentType: "text/html", body: "<p>Hello</p>" }));
  await page.goto(`${rebound}/plain`);
  const inPage = await page.evaluate(
    async (path) => (await fetch(path)).status,
    `/agents/coderagent/${name}/get-messages`,
  );
  expect(inPage).toBe(403);
  const { frames, code, reason } = await socketIn(page, `ws://${FOREIGN}:${app.port}/agents/coderagent/${name}`);
  expect([frames, code, reason]).toEqual([[], 4403, `Host not allowed: ${FOREIGN}:${app.port} is not in ALLOWED_HOSTS`]);
});

test("links from another site work, frames and pictures do not", async ({ app, context, name, page, site }) => {
  const before = await conversation(app, name);
  const address = `${app.url}/chat/${name}`;
  site.put("/link", `<!doctype html><title>Links</title><a href="${address}">Open</a>`);
  for (const origin of [site.url, site.at(FOREIGN)]) {
    await page.goto(`${origin}/link`);
    await page.getByRole("link", { name: "Open" }).click();
    await expect(page).toHaveURL(address);
    await expect(page.getByRole("log")).toContainText("Keep this.");
    await page.reload();
    await expect(page.getByRole("log")).toContainText("Keep this.");
  }
  const framed = ["iframe", "embed", "object"].map((tag) => `<${tag} ${tag === "object" ? "data" : "src"}="${address}"></${tag}>`);
  site.put("/frames", `<!doctype html><title>Frames</title>${framed.join("")}<img src="${agentOf(app, `${name}-unknown`)}">`);
  const statuses: number[] = [];
  // A tab of its own: the other one may still fetch pieces of its page.
  const framing = await context.newPage();
  framing.on("response", (response) => {
    if (response.url().startsWith(app.url)) statuses.push(response.status());
  });
  await framing.goto(`${site.url}/frames`, { waitUntil: "load" });
  for (const frame of framing.frames().slice(1)) expect(await frame.content()).not.toContain("Keep this.");
  expect(statuses.length).toBeGreaterThan(0);
  expect(new Set(statuses)).toEqual(new Set([403]));
  expect(await storedTexts(app.url, name)).toEqual(before);
});

test("with ALLOWED_ORIGINS a page of that origin may read and change a conversation, and no other", async ({
  model,
  name,
  page,
  site,
  startApp,
}) => {
  const app = await startApp({ settings: { ...settingsFor(model), ALLOWED_ORIGINS: site.at("localhost") } });
  await page.goto(`${site.at("localhost")}/`);
  const heard = await page.evaluate(
    (address) =>
      new Promise<string>((resolve, reject) => {
        const socket = new WebSocket(address);
        socket.onmessage = ({ data }) => resolve(String(data));
        socket.onclose = ({ code }) => reject(new Error(`closed with ${code}`));
      }),
    socketOf(app, name),
  );
  expect(heard).toContain("cf_agent_identity");
  const file = `${agentOf(app, name)}/files/a.txt`;
  const written = await page.evaluate(async (url) => {
    const { status } = await fetch(url, { method: "PUT", body: "a" });
    return [status, await (await fetch(url)).text()];
  }, file);
  expect(written).toEqual([201, "a"]);
  await page.goto(`${site.url}/`);
  expect((await socketIn(page, socketOf(app, name))).code).toBe(4403);
});

test("ALLOWED_ORIGINS=* admits nobody and is reported", async ({ page, site, startApp, name }) => {
  const app = await startApp({ settings: { PROVIDER: "demo", ALLOWED_ORIGINS: "*" } });
  const health = await fetch(`${app.url}/health`);
  expect([health.status, (await health.json()).error]).toEqual([500, expect.stringContaining("must name each origin")]);
  await page.goto(`${site.url}/`);
  expect((await socketIn(page, socketOf(app, name))).code).toBe(4403);
});

test("behind a proxy whose address is not set, the page says why and tries no more, and the check knows", async ({
  app,
  chatAt,
  consoleWatch,
  name,
  page,
}) => {
  consoleWatch.allow(/status of 403/);
  // The proxy serves the page under our own name, and passes WebSockets on unchanged.
  const proxy = await Gateway.to({ page: app.port, agent: app.port });
  const reason = `Host not allowed: 127.0.0.1:${proxy.port} is not in ALLOWED_HOSTS`;
  const sockets: string[] = [];
  page.on("websocket", (socket) => sockets.push(new URL(socket.url()).pathname));
  const chat = chatAt(proxy.url);
  await chat.open(name);
  await expect(chat.connection).toHaveText(`Refused: ${reason}`);
  await expect(page.getByText("The list is not up to date.")).toBeVisible();
  expect(sockets.sort()).toEqual([`/agents/coderagent/${name}`, "/agents/directory/me"]);
  await page.goto(`${proxy.url}/doctor`);
  const check = page.getByRole("listitem").filter({ hasText: "The right agent answers" });
  await expect(check).toContainText(reason);
  await expect(check).toContainText("The server does not accept requests for this address.");
  await proxy.close();
});
