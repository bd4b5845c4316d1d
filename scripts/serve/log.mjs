// The log of a server: levels, text or JSON, a file of limited size, and repeated faults at most once per second.
import { closeSync, openSync, fstatSync, renameSync, writeSync } from "node:fs";
import { resolve } from "node:path";
import { Failure, root } from "../console.mjs";

export const LEVELS = ["debug", "info", "warn", "error"];
/** The size in bytes at which a log file is full, and the number of files kept. */
const FILE_SIZE = 10 * 1024 * 1024;
const FILES = 3;
/** The interval at which a repeated fault is logged, with the number of repetitions, in milliseconds. */
const REPEAT = 1_000;

/** The log according to LOG_LEVEL, LOG_FORMAT and LOG_FILE. */
export function logFrom(environment = process.env) {
  const level = environment.LOG_LEVEL || "info";
  if (!LEVELS.includes(level)) throw new Failure(`LOG_LEVEL must be ${LEVELS.join(", ")}, not "${level}".`);
  const format = environment.LOG_FORMAT || "text";
  if (!["text", "json"].includes(format)) throw new Failure(`LOG_FORMAT must be text or json, not "${format}".`);
  const file = environment.LOG_FILE ? new LogFile(resolve(root, environment.LOG_FILE)) : null;
  return new Log({ level, format, file });
}

export class Log {
  #least;
  #format;
  #file;
  #print;
  #now;
  /** Recent faults by their text: when one was logged, and how many followed. */
  #told = new Map();

  /** `print` takes a level and a line without its end; `now` returns milliseconds. */
  constructor({ level = "info", format = "text", file = null, print = printed, now = Date.now }) {
    this.#least = LEVELS.indexOf(level);
    this.#format = format;
    this.#file = file;
    this.#print = print;
    this.#now = now;
  }

  /** Logs an event: a text, or an object with fields, which may include `message`. */
  write(level, event) {
    if (LEVELS.indexOf(level) < this.#least) return;
    const fields = typeof event === "string" ? { message: event } : event;
    // Events with fields are records about different things; only texts repeat.
    const repeats = typeof event === "string" && (level === "warn" || level === "error");
    if (!repeats) return this.#tell(level, fields);
    const key = `${level} ${event.replace(/\d+/g, "#")}`;
    const before = this.#told.get(key);
    if (before && this.#now() - before.at < REPEAT) {
      before.more += 1;
      before.last = event;
      return;
    }
    if (before) this.#tellRest(level, before);
    this.#told.set(key, { at: this.#now(), level, more: 0, last: null });
    this.#tell(level, fields);
  }

  /** Logs held-back faults that are due; called now and then, and at the end with `everything`. */
  flush(everything = false) {
    for (const [key, note] of this.#told) {
      if (!everything && this.#now() - note.at < REPEAT) continue;
      this.#told.delete(key);
      this.#tellRest(note.level, note);
    }
  }

  #tellRest(level, { more, last }) {
    if (more > 0) this.#tell(level, { message: last, times: more });
  }

  #tell(level, fields) {
    const time = new Date(this.#now()).toISOString();
    const json = () => JSON.stringify({ time, level, ...fields });
    const text = () => plain(fields);
    this.#print(level, this.#format === "json" ? json() : text());
    this.#file?.write(this.#format === "json" ? json() : `${time} ${level} ${text()}`);
  }
}

function plain({ message, times, ...fields }) {
  const rest = Object.keys(fields).length > 0 ? JSON.stringify(fields) : null;
  const count = times === undefined ? null : times === 1 ? "(once more)" : `(${times} times more)`;
  return [message, rest, count].filter(Boolean).join(" ");
}

// Output to a file on a full disk, or to a reader that has gone, is lost; the server and later lines continue.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});

function printed(level, line) {
  (level === "warn" || level === "error" ? process.stderr : process.stdout).write(`${line}\n`);
}

/** A file that is replaced by a new one when it is full; the previous one becomes `name.1`. */
export class LogFile {
  #path;
  #size;
  #files;
  /** Null when the file could not be opened again. */
  #descriptor = null;
  #written;
  #failed = false;

  constructor(path, { size = FILE_SIZE, files = FILES } = {}) {
    this.#path = path;
    this.#size = size;
    this.#files = files;
    try {
      this.#open();
    } catch (error) {
      throw new Failure(`LOG_FILE ${path} cannot be written (${error.code}).`);
    }
  }

  /** A log that cannot be written must not stop the server; the failure is reported once. */
  write(line) {
    try {
      const bytes = Buffer.from(`${line}\n`);
      if (this.#descriptor === null) this.#open();
      if (this.#written > 0 && this.#written + bytes.length > this.#size) this.#turn();
      writeSync(this.#descriptor, bytes);
      this.#written += bytes.length;
      if (this.#failed) printed("warn", `LOG_FILE ${this.#path} is written again.`);
      this.#failed = false;
    } catch (error) {
      if (!this.#failed) printed("error", `LOG_FILE ${this.#path} cannot be written (${error.code}); lines are missing there.`);
      this.#failed = true;
    }
  }

  #open() {
    this.#descriptor = openSync(this.#path, "a", 0o600);
    this.#written = fstatSync(this.#descriptor).size;
  }

  #turn() {
    closeSync(this.#descriptor);
    // The number may soon belong to another file.
    this.#descriptor = null;
    for (let age = this.#files - 1; age >= 1; age--) {
      const younger = age === 1 ? this.#path : `${this.#path}.${age - 1}`;
      try {
        renameSync(younger, `${this.#path}.${age}`);
      } catch (error) {
        if (error.code !== "ENOENT") throw error;
      }
    }
    this.#open();
  }
}

/** A line of the runtime as `[level, event]`. workerd writes one object per line, and plain text while it starts. */
export function readLine(line) {
  const said = object(line);
  if (typeof said?.message !== "string" || typeof said.level !== "string") return ["error", line];
  const level = LEVELS.includes(said.level) ? said.level : said.level === "warning" ? "warn" : said.level === "fatal" ? "error" : "info";
  const { message } = said;
  return [level, object(message) ?? message];
}

function object(text) {
  if (!text.startsWith("{")) return null;
  try {
    const value = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : null;
  } catch {
    return null;
  }
}
