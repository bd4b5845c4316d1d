// Which files of conversations count as empty.
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync, mkdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { removeEmpty } from "./empty.mjs";

/** The first page of a database with this many tables and indices. */
function page(entries, begins = "SQLite format 3\0") {
  const page = Buffer.alloc(4096);
  page.write(begins, "latin1");
  page[100] = 0x0d;
  page.writeUInt16BE(entries, 103);
  return page;
}

test("only empty files of conversations are removed", async () => {
  const storage = mkdtempSync(join(tmpdir(), "coder-empty-"));
  try {
    const folder = join(storage, "coder-CoderAgent");
    mkdirSync(folder);
    const put = (name, bytes) => writeFileSync(join(folder, name), bytes);
    put("looked-at.sqlite", page(0));
    put("looked-at.sqlite-shm", Buffer.alloc(32768));
    put("looked-at.sqlite-wal", "");
    put("full-disk.sqlite", "");
    put("one-table.sqlite", page(1));
    put("large.sqlite", Buffer.concat([page(0), Buffer.alloc(4096)]));
    put("crashed.sqlite", page(0));
    put("crashed.sqlite-wal", Buffer.alloc(8272));
    put("other.sqlite", page(0, "something else!\0"));
    put("metadata.sqlite", page(0));
    await removeEmpty(storage);
    const left = ["crashed.sqlite", "crashed.sqlite-wal", "large.sqlite", "metadata.sqlite", "one-table.sqlite", "other.sqlite"];
    assert.deepEqual(readdirSync(folder).sort(), left);
    await removeEmpty(join(storage, "absent"));
  } finally {
    rmSync(storage, { recursive: true });
  }
});
