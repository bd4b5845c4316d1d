import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { Failure } from "../console.mjs";
import { namedFile, shownSize, withFile } from "./named.mjs";
import { isList, isObject, kindOf, partsOf } from "./parts.mjs";

const ID = "0123456789abcdef".repeat(4);

test("a backup has only the files of a server", () => {
  assert.equal(kindOf(`v3/do/coder-CoderAgent/${ID}.sqlite`), "database");
  assert.equal(kindOf("v3/do/coder-Accounts/metadata.sqlite"), "database");
  assert.equal(kindOf("owner-secret"), "file");
  for (const path of [
    `v3/do/coder-CoderAgent/${ID}.sqlite-wal`,
    `v3/do/coder-CoderAgent/../${ID}.sqlite`,
    `v3/do/../../${ID}.sqlite`,
    `/v3/do/coder-CoderAgent/${ID}.sqlite`,
    `v3/do/${ID}.sqlite`,
    "v3/do/coder-CoderAgent/short.sqlite",
    "server/address.json",
    "server/.dev.vars",
    "../owner-secret",
    "manifest.json",
    "",
    undefined,
  ]) {
    assert.equal(kindOf(path), null, path);
  }
});

test("a folder with only alarms is not a conversation", () => {
  assert.ok(isObject(`v3/do/coder-CoderAgent/${ID}.sqlite`));
  assert.ok(!isObject("v3/do/coder-CoderAgent/metadata.sqlite"));
  assert.ok(isList(`v3/do/coder-Directory/${ID}.sqlite`));
  assert.ok(!isList(`v3/do/coder-CoderAgent/${ID}.sqlite`));
  assert.ok(!isList("v3/do/coder-Directory/metadata.sqlite"));
  assert.ok(!isObject("owner-secret"));
});

test("a data folder is listed by its parts, and unknown files are named", async () => {
  const data = mkdtempSync(join(tmpdir(), "coder-parts-"));
  try {
    assert.deepEqual(await partsOf(join(data, "missing")), { parts: [], strange: [] });
    const stores = join(data, "v3/do/coder-CoderAgent");
    mkdirSync(stores, { recursive: true });
    mkdirSync(join(data, "server"));
    const names = [`${ID}.sqlite`, `${ID}.sqlite-wal`, `${ID}.sqlite-shm`, "metadata.sqlite", "letter.txt"];
    for (const name of names) writeFileSync(join(stores, name), "");
    for (const name of ["owner-secret", "server/address.json"]) writeFileSync(join(data, name), "");
    assert.deepEqual(await partsOf(data), {
      parts: [`v3/do/coder-CoderAgent/${ID}.sqlite`, "v3/do/coder-CoderAgent/metadata.sqlite", "owner-secret"],
      strange: ["v3/do/coder-CoderAgent/letter.txt"],
    });
  } finally {
    rmSync(data, { recursive: true, force: true });
  }
});

test("a relative path starts at the folder where the command was run", () => {
  assert.equal(namedFile("backup", ["b.tgz"], { INIT_CWD: "/home/me" }), "/home/me/b.tgz");
  assert.equal(namedFile("backup", ["/b.tgz"], { INIT_CWD: "/home/me" }), "/b.tgz");
  for (const args of [[], ["a", "b"], [""], ["--help"]]) assert.throws(() => namedFile("backup", args, {}), Failure, args.join());
});

test("every file error is explained in a sentence", async () => {
  const failing = (code) => () => Promise.reject(Object.assign(new Error("inner"), { code }));
  for (const [code, words] of [["ENOSPC", /is full; nothing was kept/], ["EACCES", /closed to this user/], ["EIO", /cannot be used \(EIO\)/]]) {
    await assert.rejects(withFile("/b.tgz", failing(code)), (error) => error instanceof Failure && words.test(error.message));
  }
  await assert.rejects(withFile("/b.tgz", failing(undefined)), (error) => !(error instanceof Failure), "a fault of ours is not dressed up");
});

test("sizes are shown in readable units", () => {
  for (const [bytes, words] of [[0, "0 bytes"], [1023, "1023 bytes"], [1024, "1.0 KiB"], [5 * 1024 ** 3, "5.0 GiB"], [3 * 1024 ** 4, "3072.0 GiB"]]) assert.equal(shownSize(bytes), words);
});
