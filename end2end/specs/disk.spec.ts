// A full disk, and stores that are damaged or of a newer version: errors explain them, and everything else works.

import { execFile } from "node:child_process";
import { open, readdir, rm, stat } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import type { App } from "../fixture/app.ts";
import { onDisk } from "../fixture/mounts.ts";
import { RawSocket } from "../fixture/socket.ts";
import { expect, settingsFor, test } from "../fixture/test.ts";
import { storedTexts } from "../fixture/transcript.ts";

const run = promisify(execFile);

/** The file of the only conversation with content. */
async function storeOf(app: App): Promise<string> {
  const names = await readdir(app.dataFolder, { recursive: true });
  const stores = names.filter((name) => /CoderAgent.*[0-9a-f]{64}\.sqlite$/.test(name)).map((name) => path.join(app.dataFolder, name));
  const sizes = await Promise.all(stores.map(async (store) => (await stat(store)).size));
  return stores[sizes.indexOf(Math.max(...sizes))]!;
}

test("a full disk is explained, reads continue, and writes too once there is space", async ({ model, name, request, startApp }) => {
  test.setTimeout(180_000);
  await onDisk("size=96m", async (disk) => {
    const app = await startApp({ settings: settingsFor(model), dataFolder: path.join(disk, "data") });
    const agent = `${app.url}/agents/coderagent/${name}`;
    const socket = await RawSocket.open(app.url, name);
    await socket.end(socket.ask("[[fake:words-3-0]]"));
    const before = await storedTexts(app.url, name);

    expect(await health(app), "a write is tried").toEqual({ status: 200, storage: "ok" });
    const filling = path.join(disk, "filling");
    await run("dd", ["if=/dev/zero", `of=${filling}`, "bs=64k"]).catch(() => null);
    const put = await request.put(`${agent}/files/a.txt`, { data: "x".repeat(50_000) });
    expect(put.status()).toBe(507);
    expect(await put.json()).toEqual({ error: expect.stringContaining("disk is full"), code: "storage_full" });
    expect(await storedTexts(app.url, name), "reads go on").toEqual(before);

    // A result is valid for two seconds.
    await expect.poll(() => health(app)).toEqual({ status: 507, storage: "storage_full" });
    expect(await (await request.get(`${app.url}/metrics`)).text()).toContain("coder_storage_writable 0");

    // The first write may end the object with its connection; then the fault is known.
    await expect(async () => {
      const full = await RawSocket.open(app.url, name);
      const id = full.ask("[[fake:words-4-0]]");
      const refused = await full.frame((frame) => frame.id === id);
      expect(JSON.stringify(refused)).toContain("disk is full");
      await expect(full.call("setProjectContext", "Rust")).rejects.toThrow("disk is full");
      expect(await full.call("getMessages")).toHaveLength(2);
      full.close();
    }).toPass({ timeout: 30_000 });

    await rm(filling);
    await expect(async () => {
      expect((await request.put(`${agent}/files/a.txt`, { data: "one" })).status()).toBe(201);
    }).toPass({ timeout: 60_000 });
    await expect.poll(() => health(app)).toEqual({ status: 200, storage: "ok" });
    expect(await (await request.get(`${app.url}/metrics`)).text()).toContain("coder_storage_writable 1");
    const mended = await RawSocket.open(app.url, name);
    await mended.end(mended.ask("[[fake:words-5-0]]"));
    expect((await storedTexts(app.url, name)).length).toBe(before.length + 2);
    await app.stop();
  });
});

async function health(app: App): Promise<{ status: number; storage: string }> {
  const response = await fetch(`${app.url}/health`);
  const { storage } = (await response.json()) as { storage: string };
  return { status: response.status, storage };
}

for (const [what, spoil] of [
  ["is damaged", async (store: string) => {
    const file = await open(store, "r+");
    await file.write("garbage garbage!", 0);
    await file.close();
  }],
  ["has a damaged page", async (store: string) => {
    const file = await open(store, "r+");
    await file.write(Buffer.alloc(64, 0x55), 0, 64, 100);
    await file.close();
  }],
] as const) {
  test(`a conversation whose store ${what} is explained, and others work`, async ({ chatAt, consoleWatch, model, name, request, startApp }) => {
    const app = await startApp({ settings: settingsFor(model) });
    const socket = await RawSocket.open(app.url, name);
    await socket.end(socket.ask("[[fake:words-3-0]]"));
    socket.close();
    await app.stop();
    const store = await storeOf(app);
    // A page in the write-ahead log would hide the damage.
    await rm(`${store}-wal`, { force: true });
    await spoil(store);
    await app.launch();
    const answer = await request.get(`${app.url}/agents/coderagent/${name}/get-messages`);
    expect(answer.status()).toBe(500);
    expect(await answer.json()).toEqual({ error: expect.stringContaining("damaged"), code: "conversation_damaged" });
    const refused = await RawSocket.open(app.url, name);
    expect((await refused.closed()).code).toBe(4500);
    const chat = chatAt(app.url);
    consoleWatch.allow(/500/);
    await chat.open(name);
    await expect(chat.page.getByText("is damaged").first()).toBeVisible();
    const other = await RawSocket.open(app.url, `${name}-other`);
    await other.end(other.ask("[[fake:words-3-0]]"));
    expect(await storedTexts(app.url, `${name}-other`)).toHaveLength(2);
  });
}
