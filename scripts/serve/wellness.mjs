// The faults of a server that answers: too little disk space, or what `/health` reports. Each is logged once, and
// again when it is resolved; neither causes a restart.
import { statfs } from "node:fs/promises";

/** A disk with less space in bytes is practically full: SQLite needs some before it can write. */
const ROOM = 1024 * 1024;

export class Wellness {
  #data;
  #log;
  #room;
  /** The present faults by their subject. */
  #told = new Map();

  /** `room` returns the free bytes on the disk of a folder. */
  constructor(data, log, room = roomOf) {
    this.#data = data;
    this.#log = log;
    this.#room = room;
  }

  /** Examines an answer of `/health`, `{status, text}`, and the disk. */
  async look({ status, text }) {
    const left = await this.#room(this.#data);
    const full = left < ROOM ? `The disk of ${this.#data} is full: new messages cannot be stored. Free some space; the server recovers by itself.` : null;
    this.#tell("disk", full, `There is room on the disk of ${this.#data} again.`);
    this.#tell("health", status === 200 ? null : `/health says ${status}: ${reasonIn(text)}`, "/health reports that the server is healthy again.");
  }

  #tell(about, words, mended) {
    const before = this.#told.get(about);
    if (words === (before ?? null)) return;
    if (words === null) this.#told.delete(about);
    else this.#told.set(about, words);
    if (words === null) this.#log.write("info", mended);
    else this.#log.write("warn", words);
  }
}

async function roomOf(folder) {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch {
    // A folder that cannot be examined is reported by the server itself.
    return Infinity;
  }
}

/** The reason in an answer of `/health`, in one line. */
function reasonIn(text) {
  let reason = text;
  try {
    reason = JSON.parse(text).error ?? text;
  } catch {
    // Not JSON: used as it is.
  }
  return String(typeof reason === "string" ? reason : JSON.stringify(reason)).replace(/\s+/g, " ").slice(0, 500);
}
