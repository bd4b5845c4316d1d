// An agent that cannot start gives the reason, and starts once it can.

import { once } from "node:events";
import { WebSocket } from "ws";
import { RawSocket } from "../fixture/socket.ts";
import { expect, test } from "../fixture/test.ts";
import { storedMessages } from "../fixture/transcript.ts";

const NEWER = /^This conversation was stored by a newer version of the server\./;

test("RT-22, RT-24: a store of a later version is refused with its reason, others are served, and it is once it is put right", async ({ name, startApp }) => {
  const app = await startApp({ settings: { PROVIDER: "demo" } });
  const before = await RawSocket.open(app.url, name);
  await before.end(before.ask("Hello."));
  const messages = await storedMessages(app.url, name);
  await app.stop();
  await app.inStores("UPDATE schema SET version = version + 1000");
  await app.launch();

  const address = `/agents/coderagent/${name}`;
  const refused = await fetch(`${app.url}${address}/get-messages`);
  expect(refused.status).toBe(500);
  expect(await refused.json()).toEqual({ error: expect.stringMatching(NEWER), code: "conversation_newer" });

  const socket = new WebSocket(`${app.url.replace(/^http/, "ws")}${address}`);
  const [said] = await once(socket, "message");
  expect(JSON.parse(String(said))).toEqual({ error: expect.stringMatching(NEWER), code: "conversation_newer" });
  const [code, reason] = await once(socket, "close");
  expect([code, String(reason)]).toEqual([4500, expect.stringMatching(NEWER)]);

  const other = await RawSocket.open(app.url, `${name}-other`);
  await other.end(other.ask("Hello."));

  // The other one's tables are of this version.
  await app.inStores("UPDATE schema SET version = version - 1000 WHERE version > 1000");
  const after = await RawSocket.open(app.url, name);
  await after.frame(({ type }) => type === "cf_agent_identity");
  expect(await storedMessages(app.url, name)).toEqual(messages);
});

test("WS-15: a connection that ends without a close frame leaves the others as they are", async ({ app, name }) => {
  const before = app.log.length;
  const [lost, kept] = [await RawSocket.open(app.url, name), await RawSocket.open(app.url, name)];
  lost.terminate();
  const id = kept.ask("Hello.");
  await kept.end(id);
  expect(app.log.slice(before)).not.toMatch(/Uncaught|RangeError|InvalidAccessError/);
});

test("plain workerd and wrangler dev take over each other's data", async ({ name, runtime, startApp }) => {
  test.setTimeout(180_000);
  const app = await startApp({ settings: { PROVIDER: "demo" } });
  const other = ({ workerd: "wrangler", wrangler: "workerd" } as const)[runtime];
  let count = 0;
  for (const next of [runtime, other, runtime]) {
    if (next !== runtime || count > 0) {
      await app.stop();
      app.runBy(next);
      await app.launch();
    }
    expect(await storedMessages(app.url, name), `${next} finds what was there`).toHaveLength(count);
    const socket = await RawSocket.open(app.url, name);
    await socket.end(socket.ask("Hello."));
    socket.close();
    count += 2;
  }
  expect(await storedMessages(app.url, name)).toHaveLength(count);
});

test("wrangler's explorer of stored data is not there", async ({ app }) => {
  for (const path of ["", "/", "/api/storage/workers", "/api/workers/durable_objects/namespaces", "/api/local/workers"]) {
    const { status } = await fetch(`${app.url}/cdn-cgi/local/explorer${path}`);
    expect(status, path).toBe(404);
  }
});
