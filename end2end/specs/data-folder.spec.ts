// The data folder is private, and its problems are explained in one sentence.

import { chmod, mkdir, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { refusedStart } from "../fixture/app.ts";
import { onDisk } from "../fixture/mounts.ts";
import { RawSocket } from "../fixture/socket.ts";
import { expect, test } from "../fixture/test.ts";
import { storedMessages } from "../fixture/transcript.ts";

const DEMO = { settings: { PROVIDER: "demo" } };
/** A user without files here. */
const NOBODY = 65534;

const folders: string[] = [];

async function folder(): Promise<string> {
  const made = await mkdtemp(path.join(os.tmpdir(), "coder-folder-"));
  folders.push(made);
  return made;
}

test.afterEach(async () => {
  for (const made of folders.splice(0)) await rm(made, { recursive: true, force: true });
});

async function expectRefusal(refused: Promise<{ code: number | null; output: string }>, words: RegExp): Promise<void> {
  const { code, output } = await refused;
  expect(output).toMatch(words);
  expect(output, "a sentence, not a stack").not.toMatch(/^ +at /m);
  expect(code).toBe(1);
}

test("a file in its place is refused, and so is a way through a file", async () => {
  const file = path.join(await folder(), "file");
  await writeFile(file, "");
  await expectRefusal(refusedStart(file, DEMO), /file is a file and conversations need a folder; choose another DATA_DIR/);
  await expectRefusal(refusedStart(path.join(file, "data"), DEMO), /leads through a file/);
});

test("a folder of another user is refused", async () => {
  test.skip(process.getuid!() !== 0, "only root can start a server as another user");
  const theirs = await folder();
  await expectRefusal(refusedStart(theirs, { ...DEMO, user: NOBODY }), /(belongs to another user|cannot be written by this user)/);
});

test("a folder that cannot be written is refused", async () => {
  test.skip(process.getuid!() !== 0, "only root can start a server as another user");
  const closed = await folder();
  await chmod(closed, 0o755);
  await expectRefusal(refusedStart(path.join(closed, "data"), { ...DEMO, user: NOBODY }), /cannot be written by this user; give the folder to it/);
});

test("a disk that is mounted read-only is refused", async () => {
  await onDisk("ro", async (disk) => {
    await expectRefusal(refusedStart(path.join(disk, "data"), DEMO), /mounted read-only/);
  });
});

test("a full disk is refused", async () => {
  await onDisk("size=64k", async (disk) => {
    await writeFile(path.join(disk, "filling"), Buffer.alloc(60 * 1024));
    await expectRefusal(refusedStart(path.join(disk, "data"), DEMO), /The disk of .* is full; make room on it/);
  });
});

test("nobody else can read it, also when it was open before", async ({ startApp, name }) => {
  const app = await startApp(DEMO);
  const socket = await RawSocket.open(app.url, name);
  await socket.end(socket.ask("Hello."));
  await app.stop();
  await chmod(app.dataFolder, 0o755);
  await app.launch();
  expect(app.log).toMatch(/closed .* to other users of this machine \(it was 755, it is 700\)/);
  expect((await stat(app.dataFolder)).mode & 0o777).toBe(0o700);

  for (const file of await readdir(app.dataFolder, { recursive: true })) {
    if (file.startsWith("server/build")) continue; // a copy of what the checkout has, too
    const { mode } = await stat(path.join(app.dataFolder, file));
    expect(mode & 0o077, file).toBe(0);
  }
});

test("a folder that others use for something else is left alone", async () => {
  const shared = await folder();
  await chmod(shared, 0o755);
  await writeFile(path.join(shared, "letter"), "");
  await expectRefusal(refusedStart(shared, DEMO), /is open to other users and contains files that are not from this server/);
  expect((await stat(shared)).mode & 0o777).toBe(0o755);
});

test("half-written notes do not stop a start", async ({ startApp, name }) => {
  const app = await startApp(DEMO);
  const socket = await RawSocket.open(app.url, name);
  await socket.end(socket.ask("Hello."));
  await app.kill();
  const notes = path.join(app.dataFolder, "server");
  await writeFile(path.join(notes, "address.json"), '{"pid":1,"po');
  await writeFile(path.join(notes, "config.capnp"), "using Work");
  await mkdir(path.join(notes, "build/site"), { recursive: true });
  await app.launch();
  expect(await storedMessages(app.url, name)).toHaveLength(2);
});
