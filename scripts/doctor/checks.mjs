// The network part of the connection check. The program in doctor/ decides on the checks, the meaning of answers and
// the output.
import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { closed, Failure, root, say, start } from "../console.mjs";
import { ensureCargo } from "../setup/rust.mjs";

/** The program's exit codes. */
const PASSED = 0;
const FAILED = 1;

/**
 * Runs the checks of `target`, prints each outcome, and returns whether all passed. `headers` go with every request,
 * such as those of a sign-in; `own` is the outcome of a check that was made here, if any.
 */
export async function examine(target, { model, headers = {}, own = null }) {
  const program = runProgram(target.agent, target.name, ...(model ? ["--model"] : []));
  const ended = closed(program);
  const tell = (line) => program.stdin.write(`${JSON.stringify(line)}\n`);
  program.stdin.on("error", () => {}); // what comes after the last check is of no interest
  if (own) tell({ own });
  const way = new Way(target.base, headers, tell);
  for await (const line of createInterface({ input: program.stdout })) {
    const [[effect, value]] = Object.entries(JSON.parse(line));
    if (effect === "print") console.log(value);
    else way[effect](value);
  }
  way.close();
  const code = await ended;
  if (code === PASSED || code === FAILED) return code === PASSED;
  await ensureCargo();
  throw new Failure("The connection check could not be built, or ended early (see above).");
}

/** Built when it is missing or older than its sources. */
function runProgram(...args) {
  if (!existsSync(join(process.env.CARGO_TARGET_DIR ?? join(root, "target"), "xtask/doctor"))) say("compiling the connection check");
  return start("cargo", ["run", "--quiet", "--profile", "xtask", "--package", "doctor", "--", ...args], { stdio: ["pipe", "pipe", "inherit"] });
}

/** The effects that the program requests, one method each. */
class Way {
  #base;
  #headers;
  #tell;
  #socket = null;
  /** How the server refused the last connection. */
  #refused = null;

  constructor(base, headers, tell) {
    this.#base = base;
    this.#headers = headers;
    this.#tell = tell;
  }

  /** A redirect, such as to a sign-in, is an answer of its own. A refused upgrade has already shown how the agent refuses. */
  async fetch(path) {
    const answered = this.#refused ?? (await get(`${this.#base}${path}`, this.#headers));
    this.#tell({ answered });
  }

  async open(path) {
    const { WebSocket } = await import("ws");
    const socket = new WebSocket(`${this.#base.replace(/^http/, "ws")}${path}?_pk=${randomUUID()}`, { headers: this.#headers });
    this.#socket = socket;
    socket.on("open", () => this.#tell({ opened: {} }));
    socket.on("message", (data) => this.#tell({ received: data.toString() }));
    socket.on("close", (code, reason) => this.#tell({ closed: { code, reason: reason.toString() } }));
    socket.on("error", () => {}); // the end of the connection is reported
    socket.on("unexpected-response", async (_request, response) => {
      this.#refused = { status: response.statusCode, body: await textOf(response) };
      socket.terminate();
    });
  }

  transmit(frame) {
    this.#socket?.send(frame);
  }

  close() {
    this.#socket?.removeAllListeners().on("error", () => {}).terminate();
    this.#socket = null;
  }
}

/** The body of a response, as far as it arrives. */
async function textOf(response) {
  let body = "";
  try {
    for await (const piece of response.setEncoding("utf8")) body += piece;
  } catch {
    // It was cut off: the status counts.
  }
  return body;
}

async function get(url, headers) {
  try {
    const response = await fetch(url, { headers, redirect: "manual" });
    return { status: response.status, body: await response.text() };
  } catch (error) {
    return { status: null, body: error.cause?.code ?? error.message };
  }
}
