// A server behind Caddy, with the Caddyfile from the documents: TLS, WebSockets, large bodies, forwarded headers.

import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import https from "node:https";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { WebSocket } from "ws";
import { freePort } from "../fixture/app.ts";
import { expect, settingsFor, test as base } from "../fixture/test.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const SECRET = "a-secret-of-the-proxy";

interface Caddy {
  url: string;
}

const test = base.extend<{ caddy: Caddy }>({
  caddy: async ({ model, startApp }, use) => {
    test.skip(spawnSync("caddy", ["version"]).status !== 0, "caddy is not on this machine: apt-get install caddy");
    const port = await freePort();
    const url = `https://localhost:${port}`;
    const app = await startApp({ settings: { ...settingsFor(model), PROXY_SECRET: SECRET, ALLOWED_HOSTS: `localhost:${port}`, AUTH: "none" } });
    const folder = await mkdtemp(path.join(os.tmpdir(), "coder-caddy-"));
    const caddyfile = path.join(folder, "Caddyfile");
    // No system ports, no administration, and a self-signed certificate.
    const options = "{\n\tadmin off\n\tauto_https disable_redirects\n\tskip_install_trust\n\tlocal_certs\n}\n";
    await writeFile(caddyfile, options + (await readFile(path.join(ROOT, "deploy/Caddyfile"), "utf8")));
    const env = { PATH: process.env.PATH, HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder };
    const running = spawn("caddy", ["run", "--config", caddyfile, "--adapter", "caddyfile"], {
      env: { ...env, CODER_HOST: `localhost:${port}`, CODER_ADDRESS: `127.0.0.1:${app.port}`, PROXY_SECRET: SECRET },
      stdio: "ignore",
    });
    try {
      await answers(url, running);
      await use({ url });
    } finally {
      const ended = once(running, "close");
      running.kill("SIGTERM");
      await ended;
      await rm(folder, { recursive: true, force: true });
    }
  },
  ignoreHTTPSErrors: true,
});

test("a chat goes through, and the page knows that it is encrypted", async ({ chatAt, name, page, caddy }) => {
  test.slow();
  const chat = chatAt(caddy.url);
  await chat.open(name);
  await chat.connected();
  await chat.send("hello");
  await expect(chat.answers.last()).toContainText(/\S/);
  await chat.settled();
  expect(page.url().startsWith("https://")).toBe(true);
});

test("words arrive as they come, not in one piece", async ({ model, name, caddy }) => {
  test.slow();
  const socket = new WebSocket(`${caddy.url.replace("https", "wss")}/agents/coderagent/${name}`, { rejectUnauthorized: false });
  await once(socket, "open");
  const heard: string[] = [];
  const first = new Promise<void>((resolve) => {
    socket.on("message", (data) => {
      heard.push(data.toString());
      if (data.toString().includes("text-delta")) resolve();
    });
  });
  const messages = [{ id: "m", role: "user", parts: [{ type: "text", text: `[[fake:gate:${name}]]` }] }];
  socket.send(JSON.stringify({ type: "cf_agent_use_chat_request", id: "r", init: { method: "POST", body: JSON.stringify({ messages }) } }));
  await model.reached(name);
  await first;
  expect(heard.join(""), "the answer is not over").not.toContain('"done":true');
  model.release(name);
  await expect.poll(() => heard.join("")).toContain('"done":true');
  socket.close();
});

test("a large file goes through and comes back", async ({ name, caddy }) => {
  test.slow();
  const content = Buffer.alloc(9_000_000, "0123456789abcdef\n");
  const address = `${caddy.url}/agents/coderagent/${name}/files/large.txt`;
  const sent = await request(address, { method: "PUT", body: content });
  expect(sent.status, sent.body.toString()).toBeLessThan(300);
  const back = await request(address);
  expect(back.status).toBe(200);
  expect(back.body.equals(content)).toBe(true);
});

interface Answer {
  status: number;
  body: Buffer;
}

/** Like fetch, which rejects self-signed certificates. */
async function request(url: string, { method = "GET", body }: { method?: string; body?: Buffer } = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sending = https.request(url, { method, rejectUnauthorized: false }, (response) => {
      const pieces: Buffer[] = [];
      response.on("data", (piece: Buffer) => pieces.push(piece));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(pieces) }));
    });
    sending.once("error", reject);
    sending.end(body);
  });
}

async function answers(url: string, caddy: ChildProcess): Promise<void> {
  const deadline = Date.now() + 30_000;
  for (;;) {
    const status = await request(`${url}/version`).then(({ status }) => status, () => 0);
    if (status === 200) return;
    if (caddy.exitCode !== null) throw new Error(`caddy ended with ${caddy.exitCode}`);
    if (Date.now() > deadline) throw new Error(`${url} answers ${status}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
