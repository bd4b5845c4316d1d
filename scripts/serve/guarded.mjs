// Runs a program under the guard (guard/): it ends with us, however we end, and its lock on a folder lives as long as
// it does.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Failure, root } from "../console.mjs";
import { readNote } from "./folder.mjs";

/** The guard's exit code when another program holds the lock; see guard/src/command.rs. */
const HELD = 75;
/** A killed server releases the lock within this time; a lock held for longer is in use. In milliseconds. */
const ENDING = 1_500;
const PAUSE = 50;

/** The path of the guard in a build. */
export function guardOf(profile) {
  const guard = join(root, "build", profile, "guard");
  if (!existsSync(guard)) throw new Failure(`${guard} is missing; build again with \`npm run build${profile === "release" ? " -- --release" : ""}\`.`);
  return guard;
}

/** The guard of any existing build, for callers that need only the lock. */
export function anyGuard() {
  const profile = ["release", "dev"].find((profile) => existsSync(join(root, "build", profile, "guard")));
  return guardOf(profile ?? "release");
}

/** A program under the guard: a group of processes that ends as a whole. */
class Guarded {
  /** Settles with `{code, signal}` when no process of the group remains. */
  ended;
  #process;

  constructor(process) {
    this.#process = process;
    this.ended = new Promise((settle) => {
      process.once("error", (error) => settle({ code: error.code, signal: null }));
      process.once("close", (code, signal) => settle({ code, signal }));
    });
    // When only the guard was killed, the others still run.
    process.once("exit", () => this.kill());
    // Writing to a process that has ended is not an error here.
    process.stdin.on("error", () => {});
  }

  get pid() {
    return this.#process.pid;
  }

  /** The stream on which the runtime reports that it listens. */
  get control() {
    return this.#process.stdio[3];
  }

  /** Passes each line that the group prints to `read`, with whether it was printed as an error. */
  onLine(read) {
    createInterface({ input: this.#process.stdout }).on("line", (line) => read(line, false));
    createInterface({ input: this.#process.stderr }).on("line", (line) => read(line, true));
  }

  /** Runs the program. */
  start() {
    this.#process.stdin.write("start\n");
  }

  /** Asks the program to finish its work and end. */
  end() {
    this.#process.stdin.write("end\n");
  }

  /** Ends the whole group at once; its number is the guard's process id. */
  kill() {
    if (this.pid === undefined) return;
    try {
      process.kill(-this.pid, "SIGKILL");
    } catch {
      // No process of the group remains.
    }
  }

  /** Settles as `ready` does, or fails with `Ended` when the program ended before. */
  async startedWhen(ready) {
    this.start();
    const end = await Promise.race([ready.then(() => null), this.ended]);
    if (end !== null) throw new Ended(end);
  }
}

/** Takes the lock of the folder `home` for a program that starts when requested. */
export async function locked({ guard, home, data, program, args, env }) {
  const deadline = Date.now() + ENDING;
  for (;;) {
    const child = spawn(guard, [join(home, "lock"), program, ...args], { cwd: home, env, detached: true, stdio: ["pipe", "pipe", "pipe", "pipe"] });
    const group = new Guarded(child);
    const end = await Promise.race([once(child.stdout, "data").then(() => null), group.ended]);
    if (end === null) return group;
    if (end.code !== HELD) throw new Failure(`${join(home, "lock")} cannot be locked (${end.code ?? end.signal}); choose another DATA_DIR.`);
    if (Date.now() > deadline) throw new Failure(await inUse(home, data));
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
}

/** A program ended before it was ready. */
export class Ended extends Error {
  constructor({ code, signal }) {
    super(`it ended with ${code ?? signal}.`);
    this.code = code;
  }
}

async function inUse(home, data) {
  const other = await readNote(join(home, "address.json"));
  const who = Number.isInteger(other?.port) ? `the server on port ${other.port}` : "another server";
  return `${data} is in use by ${who}; end that one first, or choose another DATA_DIR.`;
}
