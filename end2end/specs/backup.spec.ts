// Backs up a whole running server and restores it, completely or not at all.

import { execFile } from "node:child_process";
import { readdirSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { gunzipSync, gzipSync } from "node:zlib";
import { Client } from "../soak/client.ts";
import { until } from "../soak/deadline.ts";
import { Random } from "../soak/random.ts";
import { StormRecord } from "../soak/record.ts";
import { differences } from "../soak/transcripts.ts";
import type { App } from "../fixture/app.ts";
import { command } from "../fixture/command.ts";
import { onDisk } from "../fixture/mounts.ts";
import { RawSocket } from "../fixture/socket.ts";
import { inStores } from "../fixture/storage.ts";
import { expect, settingsFor, test } from "../fixture/test.ts";
import { storedMessages } from "../fixture/transcript.ts";

const DEMO = { settings: { PROVIDER: "demo" } };

let folder: string;
test.beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "coder-backup-"));
});
test.afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** Starts a conversation with a file in its workspace, and returns the server's data about it. */
async function converse(app: App, name: string) {
  const socket = await RawSocket.open(app.url, name);
  await socket.end(socket.ask("Hello."));
  socket.close();
  const put = await fetch(`${app.url}/agents/coderagent/${name}/files/notes.txt`, { method: "PUT", body: "kept" });
  expect(put.ok).toBe(true);
  return heldBy(app, name);
}

async function heldBy(app: App, name: string) {
  const notes = await fetch(`${app.url}/agents/coderagent/${name}/files/notes.txt`);
  return { messages: await storedMessages(app.url, name), notes: await notes.text() };
}

async function backup(app: App, archive = path.join(folder, "backup.tgz")): Promise<string> {
  const made = await command("backup", [archive], { DATA_DIR: app.dataFolder });
  expect(made.output).toMatch(/backed up \d+ stores into/);
  expect(made.code).toBe(0);
  return archive;
}

async function expectRefusal(refused: Promise<{ code: number | null; output: string }>, words: RegExp): Promise<void> {
  const { code, output } = await refused;
  expect(output).toMatch(words);
  expect(output, "a sentence, not a stack").not.toMatch(/^ +at /m);
  expect(code).toBe(1);
}

test("a server that runs is backed up, and restored with all it had", async ({ startApp, name }) => {
  const app = await startApp(DEMO);
  const held = await converse(app, name);
  await writeFile(path.join(app.dataFolder, "owner-secret"), "a secret\n", { mode: 0o600 });
  const archive = await backup(app);
  expect((await stat(archive)).mode & 0o777, "for its owner alone").toBe(0o600);
  expect(readdirSync(folder), "nothing beside it").toEqual(["backup.tgz"]);
  expect(await heldBy(app, name), "the server keeps serving").toEqual(held);

  // A folder in which a server was started once.
  const other = await startApp(DEMO);
  await other.stop();
  expect(await command("restore", [archive], { DATA_DIR: other.dataFolder })).toEqual({
    code: 0,
    // The conversation and the directory.
    output: expect.stringContaining("restored 2 stores"),
  });
  await other.launch();
  expect(await heldBy(other, name)).toEqual(held);
  const list = await (await fetch(`${other.url}/agents/directory/me`)).json();
  expect(list.conversations.map(({ name }: { name: string }) => name)).toEqual([name]);
  expect(await readFile(path.join(other.dataFolder, "owner-secret"), "utf8")).toBe("a secret\n");
  expect((await readdir(other.dataFolder)).sort()).toEqual(["owner-secret", "server", "v3"]);
});

test("a backup under load has all that was settled before it, and nothing twice", async ({ model, startApp }, testInfo) => {
  testInfo.setTimeout(150_000);
  const app = await startApp({ settings: settingsFor(model) });
  const [record, random] = [new StormRecord(), new Random(7)];
  const agents = ["loaded-0", "loaded-1", "loaded-2", "loaded-3"];
  const clients = Array.from({ length: 12 }, (_, at) => new Client(`client-${at}`, agents[at % agents.length]!, app.url, record, random.fork()));
  const traffic = Promise.all(clients.map((client) => client.run(() => false, 1_500)));
  await until(() => record.settleTimes.length > 20, 60_000, () => `turns to settle; ${record.settleTimes.length} have`);
  const open = new Set(clients.flatMap(({ unsettled }) => unsettled));
  const settled = new Set(record.submissions.map(({ id }) => id).filter((id) => !open.has(id)));
  const before = record.settleTimes.length;
  const archive = await backup(app);
  expect(record.settleTimes.length, "turns go on during the backup").toBeGreaterThan(before);
  for (const client of clients) client.leave();
  await traffic;
  await app.stop();
  expect(record.faults).toEqual([]);

  const restored = await startApp({ settings: settingsFor(model) });
  await restored.stop();
  expect((await command("restore", [archive], { DATA_DIR: restored.dataFolder })).code).toBe(0);
  await restored.launch();
  for (const agent of agents) {
    // The running server continues.
    await expect(async () => {
      const stored = await storedMessages(restored.url, agent);
      const ids = new Set(stored.map(({ id }) => id));
      const expected = record.sent.get(agent)!.filter(({ id, messages }) => settled.has(id) || ids.has(messages[0]!.id));
      expect(differences(agent, stored, expected)).toEqual([]);
    }).toPass({ timeout: 60_000 });
  }
});

test("a folder with conversations, or with a server that runs, is left as it is", async ({ startApp, name }) => {
  const app = await startApp(DEMO);
  const archive = await backup(await withConversation(app, name));
  await expectRefusal(command("restore", [archive], { DATA_DIR: app.dataFolder }), /is in use by the server on port \d+; end that one first/);
  const held = await heldBy(app, name);
  await app.stop();
  await expectRefusal(command("restore", [archive], { DATA_DIR: app.dataFolder }), /already has conversations, which a restore never replaces/);
  await app.launch();
  expect(await heldBy(app, name)).toEqual(held);
});

async function withConversation(app: App, name: string): Promise<App> {
  await converse(app, name);
  return app;
}

test("an archive that is cut off, changed or none at all changes nothing", async ({ startApp, name }) => {
  const app = await startApp(DEMO);
  const archive = await backup(await withConversation(app, name));
  const whole = await readFile(archive);
  const unpacked = gunzipSync(whole);
  const changed = Buffer.from(unpacked);
  // Deep inside the last file: everything around it is intact, only its hash differs.
  const at = changed.lastIndexOf("SQLite format 3") + 4096;
  changed[at] = changed[at]! ^ 1;
  const bad: [string, Buffer][] = [
    ["cut.tgz", whole.subarray(0, whole.length / 2)],
    ["without-its-end.tgz", whole.subarray(0, whole.length - 1)],
    ["cut-inside.tgz", gzipSync(unpacked.subarray(0, unpacked.length / 2))],
    ["flipped.tgz", Buffer.concat([whole.subarray(0, 700), Buffer.from([whole[700]! ^ 1]), whole.subarray(701)])],
    ["changed.tgz", gzipSync(changed)],
    ["none.tgz", Buffer.from("this is a letter\n")],
    ["empty.tgz", Buffer.alloc(0)],
  ];
  const data = path.join(folder, "data");
  for (const [file, content] of bad) {
    await writeFile(path.join(folder, file), content);
    await expectRefusal(command("restore", [path.join(folder, file)], { DATA_DIR: data }), new RegExp(`${file} is damaged or no whole backup \\(.*nothing was changed`));
    expect(await readdir(folder), "no folder was made").not.toContain("data");
  }
  await expectRefusal(command("restore", [path.join(folder, "missing.tgz")], { DATA_DIR: data }), /missing.tgz does not exist/);
});

test("an archive with anything but a server's own files is refused", async ({ startApp, name }) => {
  const app = await startApp(DEMO);
  const archive = await backup(await withConversation(app, name));
  const parts = path.join(folder, "parts");
  await mkdir(parts);
  const tar = promisify(execFile);
  await tar("tar", ["xzf", archive, "-C", parts]);
  await writeFile(path.join(parts, "more"), "");
  await tar("tar", ["czf", path.join(folder, "more.tgz"), "-C", parts, "manifest.json", "v3", "more"]);
  const data = path.join(folder, "data");
  await expectRefusal(command("restore", [path.join(folder, "more.tgz")], { DATA_DIR: data }), /(v3|more)\/? does not belong there/);

  const manifest = JSON.parse(await readFile(path.join(parts, "manifest.json"), "utf8"));
  const stores = manifest.files.map((file: { path: string }) => file.path);
  for (const [change, words] of [
    [{ files: [...manifest.files, { path: "../outside", size: 0, sha256: "" }] }, /outside is not a file of a server/],
    [{ format: 99, version: "9.9.9" }, /was made by a newer version \(9\.9\.9\) than this one; update first/],
    [{ files: manifest.files.slice(1) }, /does not belong there/],
  ] as const) {
    await writeFile(path.join(parts, "manifest.json"), JSON.stringify({ ...manifest, ...change }));
    await tar("tar", ["czf", path.join(folder, "changed.tgz"), "-C", parts, "manifest.json", ...stores]);
    await expectRefusal(command("restore", [path.join(folder, "changed.tgz")], { DATA_DIR: data }), words);
  }
});

test("a file that is there, a folder without room and a server without data are refused", async ({ startApp, name }) => {
  const app = await startApp(DEMO);
  await converse(app, name);
  const there = path.join(folder, "there.tgz");
  await writeFile(there, "of somebody");
  await expectRefusal(command("backup", [there], { DATA_DIR: app.dataFolder }), /there.tgz already exists/);
  expect(await readFile(there, "utf8")).toBe("of somebody");
  await expectRefusal(command("backup", [path.join(folder, "no/backup.tgz")], { DATA_DIR: app.dataFolder }), /its folder does not/);
  await expectRefusal(command("backup", [path.join(folder, "b.tgz")], { DATA_DIR: path.join(folder, "none") }), /has no conversations to back up/);
  await expectRefusal(command("backup", [], { DATA_DIR: app.dataFolder }), /Name one file: `npm run backup -- FILE`/);
  await onDisk("size=64k", async (disk) => {
    await expectRefusal(command("backup", [path.join(disk, "b.tgz")], { DATA_DIR: app.dataFolder }), /The disk of .* is full; nothing was kept/);
    expect(await readdir(disk)).toEqual([]);
  });
});

test("a damaged store is named, kept as it is, and does not keep the others from being saved", async ({ startApp, name }) => {
  const app = await startApp(DEMO);
  const stores = path.join(app.dataFolder, "v3/do/coder-CoderAgent");
  const held = await converse(app, name);
  const [kept] = await storesIn(stores);
  await converse(app, `${name}-damaged`);
  const damaged = (await storesIn(stores)).find((store) => store !== kept)!;
  await app.stop();
  await inStores(app.dataFolder, "PRAGMA wal_checkpoint(TRUNCATE)");
  const content = await readFile(path.join(stores, damaged));
  await writeFile(path.join(stores, damaged), Buffer.concat([content.subarray(0, 4096), Buffer.alloc(content.length - 4096, 7)]));

  const archive = path.join(folder, "backup.tgz");
  await expectRefusal(command("backup", [archive], { DATA_DIR: app.dataFolder }), new RegExp(`is written, but these stores are damaged.*${damaged}`));
  const data = path.join(folder, "data");
  const restored = await command("restore", [archive], { DATA_DIR: data });
  expect(restored.output).toContain(`was already damaged in the backup and is restored unchanged: v3/do/coder-CoderAgent/${damaged}`);
  expect(restored.code).toBe(0);
  expect(await readFile(path.join(data, "v3/do/coder-CoderAgent", damaged))).toEqual(await readFile(path.join(stores, damaged)));
  await app.launch();
  expect(await heldBy(app, name)).toEqual(held);
});

async function storesIn(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((file) => /^[0-9a-f]{64}\.sqlite$/.test(file));
}
