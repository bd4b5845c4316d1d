// Shared by all scripts: progress lines, running and ending programs, and failing with one sentence.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("..", import.meta.url)).replace(/[\\/]$/, "");

/** How long a program may take to end after a signal, in milliseconds. */
const GRACE = 8_000;

/** A failure that the user can fix; it is printed as one sentence, without a stack. */
export class Failure extends Error {}

export function say(line) {
  console.log(`> ${line}`);
}

/** Runs the body of a script. SIGINT and SIGTERM end everything it started, then the script. */
export async function main(body) {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => void endAll());
  endWithNpm();
  try {
    await body();
  } catch (error) {
    if (ending) return;
    if (!(error instanceof Failure)) throw error;
    for (const { atOnce } of ends) atOnce();
    await endChildren();
    console.error(`\nerror: ${error.message}`);
    process.exit(1);
  }
}

/** Runs a program and passes its output through; a missing program or a failing exit code is a `Failure`. */
export async function run(program, args, { missing, failed, ...options } = {}) {
  const code = await exitCodeOf(program, args, options);
  if (code === "missing") throw new Failure(missing ?? `${program} was not found on PATH.`);
  if (code !== 0) throw new Failure(failed ?? `\`${[program, ...args].join(" ")}\` failed (see above).`);
}

/** Runs a program, passes its output through and returns its exit code. */
export async function exitCodeOf(program, args, options = {}) {
  return closed(start(program, args, { stdio: "inherit", ...options }));
}

/** Runs a program and returns its standard output, or null when it is missing or fails. */
export async function output(program, args, options = {}) {
  const child = start(program, args, { stdio: ["ignore", "pipe", "ignore"], ...options });
  let text = "";
  child.stdout?.setEncoding("utf8").on("data", (piece) => (text += piece));
  return (await closed(child)) === 0 ? text : null;
}

const children = new Set();
let ending = false;

/** Starts a program that ends with this script. */
export function start(program, args, options) {
  const child = spawn(program, args, { cwd: root, ...options });
  children.add(child);
  const forget = () => children.delete(child);
  child.once("close", forget).once("error", forget);
  return child;
}

/** The exit code of a program, the signal that ended it, or "missing". */
export async function closed(child) {
  try {
    const [code, signal] = await once(child, "close");
    return code ?? signal;
  } catch (error) {
    if (error.code === "ENOENT") return "missing";
    throw error;
  }
}

/** A signal sent only to npm ends npm, and perhaps a shell in between, but does not reach us: this notices that npm has gone. */
function endWithNpm() {
  if (!process.env.npm_lifecycle_event) return;
  const parent = process.ppid;
  let npm = null;
  void ancestor(/\bnpm\b/).then((pid) => (npm = pid));
  setInterval(() => {
    if (process.ppid !== parent || (npm !== null && !isAlive(npm))) void endAll();
  }, 500).unref();
}

/** The nearest ancestor process whose command line matches; null when there is none. */
async function ancestor(pattern) {
  const rows = await processTable("args=");
  for (let pid = process.ppid; pid > 1; pid = rows.get(pid).parent) {
    if (!rows.has(pid)) return null;
    if (pattern.test(rows.get(pid).text)) return pid;
  }
  return null;
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

const ends = [];

/** Registers work for the end of the script: `gently` may take its time, `atOnce` runs on the second signal. */
export function whenEnding(end) {
  ends.push(end);
}

async function endAll() {
  if (ending) {
    for (const { atOnce } of ends) atOnce();
    return;
  }
  ending = true;
  await Promise.all(ends.map(({ gently }) => gently()));
  await endChildren();
  process.exit(0);
}

/** Asks each program to end, and then makes sure that no process it started remains. */
async function endChildren() {
  const started = [...children].filter((child) => child.pid !== undefined);
  if (started.length === 0) return;
  const tree = await descendants();
  const gone = Promise.all(started.map((child) => closed(child)));
  for (const child of started) child.kill("SIGTERM");
  await Promise.race([gone, new Promise((resolve) => setTimeout(resolve, GRACE))]);
  for (const pid of tree) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It has ended by itself, as it should.
    }
  }
}

/** The ids of all descendants of this process. */
async function descendants() {
  const rows = await processTable();
  const found = new Set([process.pid]);
  for (let size = 0; size !== found.size; ) {
    size = found.size;
    for (const [pid, { parent }] of rows) if (found.has(parent)) found.add(pid);
  }
  found.delete(process.pid);
  return [...found];
}

/** Every process of the machine by id: its parent, and `field` as ps prints it. */
async function processTable(field = "comm=") {
  const ps = spawn("ps", ["-A", "-o", "pid=,ppid=", "-o", field], { stdio: ["ignore", "pipe", "ignore"] });
  let text = "";
  ps.stdout.setEncoding("utf8").on("data", (piece) => (text += piece));
  await closed(ps);
  const rows = text.matchAll(/^\s*(\d+)\s+(\d+)\s+(.*)$/gm);
  return new Map(Array.from(rows, ([, pid, parent, said]) => [Number(pid), { parent: Number(parent), text: said }]).filter(([pid]) => pid !== ps.pid));
}
