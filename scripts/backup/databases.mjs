// Copies databases that a server may be writing to, and checks databases.
import { access } from "node:fs/promises";
import { backup, DatabaseSync } from "node:sqlite";
import { unlessAbsent } from "./parts.mjs";

/** All pages at once: a copy in steps starts again with every write of the server. Writing continues meanwhile. */
const ALL_PAGES = 2 ** 31 - 1;
/** How long to wait for the server when SQLite makes readers wait, in milliseconds. */
const BUSY = 10_000;
/** An object that deletes everything recreates its file; a copy made across that moment is invalid. */
const TRIES = 3;

const FULL = 13;

/** Copies a database in a consistent state. Returns "sound", "damaged" when no sound copy is possible, or "absent". */
export async function copyDatabase(from, to) {
  for (let tries = TRIES; ; tries -= 1) {
    if ((await access(from).then(() => true, unlessAbsent)) === null) return "absent";
    const fault = await copied(from, to);
    if (fault === null) return "sound";
    if (fault.errcode === FULL) throw Object.assign(new Error("no room"), { code: "ENOSPC" });
    if (tries === 1) return "damaged";
  }
}

/** Why no sound copy was made; null when one was. */
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

/** The fault that SQLite finds in a database; null when it is sound. */
export function faultOf(path) {
  try {
    // Not read-only, which would leave SQLite's own files beside it.
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
