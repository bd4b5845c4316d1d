// An agent that cannot start says why, and starts once it can.

import { once } from "node:events";
import { WebSocket } from "ws";
import { RawSocket } from "../fixture/socket.ts";
import { expect, test } from "../fixture/test.ts";
import { storedMessages } from "../fixture/transcript.ts";

test("RT-22, RT-24: a store of a later version is refused in words, and served once it is put right", async ({ name, startApp }) => {
  const app = await startApp({ settings: { PROVIDER: "demo" } });
  const before = await RawSocket.open(app.url, name);
  await before.frame(({ type }) => type === "cf_agent_identity");
  await app.stop();
  await app.inStores("UPDATE schema SET version = version + 1000");
  await app.launch();

  const address = `/agents/coderagent/${name}`;
  const refused = await fetch(`${app.url}${address}/get-messages`);
  expect(refused.status).toBe(500);
  expect(await refused.text()).toMatch(/tables are of version 10\d\d.*deploy the newer code again/);

  const socket = new WebSocket(`${app.url.replace(/^http/, "ws")}${address}`);
  const [said] = await once(socket, "message");
  expect(JSON.parse(String(said)).error).toMatch(/tables are of version 10\d\d/);
  const [code, reason] = await once(socket, "close");
  expect([code, String(reason)]).toEqual([1011, "Uncaught exception during session setup"]);

  await app.inStores("UPDATE schema SET version = version - 1000");
  const after = await RawSocket.open(app.url, name);
  await after.frame(({ type }) => type === "cf_agent_identity");
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
