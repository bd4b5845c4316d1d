// A disk that fills up while a server runs: it continues, reports the fault, and writes again once there is space.

import { open, rm } from "node:fs/promises";
import path from "node:path";
import type { App } from "../fixture/app.ts";
import { onDisk } from "../fixture/mounts.ts";
import { processesOf } from "../fixture/processes.ts";
import { RawSocket } from "../fixture/socket.ts";
import { expect, test } from "../fixture/test.ts";
import { storedMessages } from "../fixture/transcript.ts";

test.skip(process.platform !== "linux", "a small disk is mounted");
// wrangler manages its own processes.
test.skip(({ runtime }) => runtime !== "workerd", "one of plain workerd");

/** Space for a copy of the build and some conversations. */
const SIZE = "size=64m";

test("a server with a full disk keeps running, reports it, and recovers when there is space", async ({ startApp, name }) => {
  await onDisk(SIZE, async (disk) => {
    const app = await startApp({ settings: { PROVIDER: "demo" }, dataFolder: path.join(disk, "data") });
    const before = await converse(app, name, "Hello.");
    const processes = await processesOf(app.pid);
    const filling = path.join(disk, "filling");
    await fill(filling);

    await expect.poll(() => app.log, { timeout: 20_000 }).toContain(`The disk of ${app.dataFolder} is full`);
    await tryToWrite(app, name);
    expect((await fetch(`${app.url}/health`)).status, "it answers").toBeGreaterThanOrEqual(200);
    expect((await storedMessages(app.url, name)).slice(0, before.length), "what it has is there").toEqual(before);
    expect(await processesOf(app.pid), "nothing was started again").toEqual(processes!.map(({ id, command }) => expect.objectContaining({ id, command })));

    await rm(filling);
    await expect.poll(() => app.log, { timeout: 20_000 }).toContain("There is room on the disk of");
    // The Worker retries a failed write some seconds later; until then it refuses with a reason.
    let after: unknown[] = [];
    await expect(async () => {
      after = await converse(app, `${name}-after`, "Still there?");
      expect(after).toHaveLength(2);
    }).toPass({ timeout: 30_000 });
    await app.stop();
    await app.launch();
    expect(await storedMessages(app.url, `${name}-after`), "it was kept").toEqual(after);
    await app.stop();
  });
});

test("a runtime that dies on a full disk is back at once, and the server with it when there is room", async ({ startApp, name }) => {
  await onDisk(SIZE, async (disk) => {
    const app = await startApp({ settings: { PROVIDER: "demo" }, dataFolder: path.join(disk, "data") });
    const before = await converse(app, name, "Hello.");
    const filling = path.join(disk, "filling");
    await fill(filling);
    process.kill((await processesOf(app.pid))!.find(({ command }) => command === "workerd")!.id, "SIGKILL");
    await expect.poll(() => app.log, { timeout: 20_000 }).toContain("The server is back.");
    expect((await fetch(`${app.url}/health`)).status).toBeGreaterThanOrEqual(200);

    await rm(filling);
    await expect(async () => expect(await storedMessages(app.url, name)).toEqual(before)).toPass({ timeout: 20_000 });
    await expect.poll(async () => (await fetch(`${app.url}/health`)).status, "it tries a write").toBe(200);
    expect(await converse(app, `${name}-after`, "Still there?")).toHaveLength(2);
    await app.stop();
  });
});

async function converse(app: App, name: string, words: string) {
  const socket = await RawSocket.open(app.url, name);
  await socket.end(socket.ask(words));
  socket.close();
  return storedMessages(app.url, name);
}

/** Sends more than fits. The answer does not matter here. */
async function tryToWrite(app: App, name: string): Promise<void> {
  const put = fetch(`${app.url}/agents/coderagent/${name}/files/large.txt`, { method: "PUT", body: "x".repeat(200_000) });
  await put.then(
    (response) => expect(response.status, "a file that was not kept is not acknowledged").toBeGreaterThanOrEqual(400),
    () => {},
  );
  const socket = await RawSocket.open(app.url, name);
  socket.ask("Is there room?");
  // When the server answers another request, it has seen this one.
  await fetch(`${app.url}/health`);
  socket.close();
}

/** Fills the disk with a file. */
async function fill(file: string): Promise<void> {
  const handle = await open(file, "w");
  try {
    for (const size of [1 << 20, 4096, 1]) {
      for (;;) {
        if (!(await handle.write(Buffer.alloc(size)).then(({ bytesWritten }) => bytesWritten === size, isFull))) break;
      }
    }
  } finally {
    await handle.close();
  }
}

function isFull(error: NodeJS.ErrnoException): false {
  if (error.code === "ENOSPC") return false;
  throw error;
}
