// Copies of databases that a server may be writing, and whether a database is sound.
import { access } from "node:fs/promises";
import { backup, DatabaseSync } from "node:sqlite";
import { unlessAbsent } from "./parts.mjs";

/** All pages at once: a copy in steps begins again with every write of the server. Writing goes on meanwhile. */
const ALL_PAGES = 2 ** 31 - 1;
/** How long to wait for the server where SQLite makes readers wait, in milliseconds. */
const BUSY = 10_000;
/** An object that deletes everything makes its file anew; a copy that spans this moment is no copy. */
const TRIES = 3;

const FULL = 13;

/** Copies a database as it is at one moment. Gives "sound", "damaged" when no sound copy can be had, or "absent". */
export async function copyDatabase(from, to) {
  for (let tries = TRIES; ; tries -= 1) {
    if ((await access(from).then(() => true, unlessAbsent)) === null) return "absent";
    const fault = await copied(from, to);
    if (fault === null) return "sound";
    if (fault.errcode === FULL) throw Object.assign(new Error("no room"), { code: "ENOSPC" });
    if (tries === 1) return "damaged";
  }
}

/** Why there is no sound copy; null when there is one. */
async function copied(from, to) {
  try {
    const source = new DatabaseSync(from, { readOnly: true, timeout: BUSY });
    try {
      await backup(source, to, { rate: ALL_PAGES });
    } finally {
      source.close();
    }
    return faultOf(to);
  } catch (error) {
    return error;
  }
}

/** What SQLite finds wrong with a database; null when it is sound. */
export function faultOf(path) {
  try {
    // Not for reading alone, which would leave SQLite's own files beside it.
    const database = new DatabaseSync(path);
    try {
      const [{ integrity_check }] = database.prepare("PRAGMA integrity_check(1)").all();
      return integrity_check === "ok" ? null : new Error(integrity_check);
    } finally {
      database.close();
    }
  } catch (error) {
    return error;
  }
}
