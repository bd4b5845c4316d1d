// The checks, one after the other, as common/src/doctor/machine.rs makes them. Each has a deadline.
import { lookup } from "node:dns/promises";
import { randomUUID } from "node:crypto";
import { diagnoseClose, diagnoseHealth, diagnoseIdentity, diagnoseRefusal, diagnoseUpgrade, parsed } from "./diagnosis.mjs";
import { placeOf } from "./target.mjs";
import { failed, notAsked, passed, skipped } from "./words.mjs";

/** How long a check may take, in milliseconds; a model has more. */
const PATIENCE = 6_000;
const MODEL_PATIENCE = 25_000;

/** What is sent to come back. More than a word, since some proxies spoil what is not plain English. */
const ECHO = "Wie geht’s? 你好 \"\\ 🩺";

/** A check that failed. */
class Found extends Error {
  constructor(finding) {
    super(finding.cause);
    this.finding = finding;
  }
}

/** Makes the checks of `target` and tells each outcome. `headers` go with every request, such as those of a sign-in. */
export async function examine(target, { model, tell, headers = {} }) {
  const way = new Way(target, headers);
  const steps = [
    ["address", () => way.address()],
    ["http", () => way.health()],
    ["setup", () => way.setup()],
    ["upgrade", () => way.open()],
    ["identity", () => way.identity()],
    ["echo", () => way.echo()],
    ["storage", () => way.call("storage", "checkStorage")],
    ["model", () => way.call("model", "checkModel")],
  ];
  let ended = false;
  for (const [check, step] of steps) {
    if (check === "model" && !model) tell(check, notAsked);
    else if (ended || (check === "model" && way.setupFinding)) tell(check, skipped);
    else {
      const outcome = await timed(step);
      // A server without its key can be connected to.
      ended = outcome.word === "failed" && check !== "setup";
      tell(check, outcome);
    }
  }
  way.close();
}

async function timed(step) {
  const began = performance.now();
  const millis = () => Math.round(performance.now() - began);
  try {
    await step();
    return passed(millis());
  } catch (error) {
    if (!(error instanceof Found)) throw error;
    return failed(millis(), error.finding);
  }
}

class Way {
  setupFinding = null;
  #target;
  #headers;
  #socket = null;
  #frames = [];
  #close = null;
  #look = () => {};

  constructor(target, headers) {
    this.#target = target;
    this.#headers = headers;
  }

  async address() {
    // An address in brackets is one of IPv6, without the brackets.
    const host = new URL(this.#target.base).hostname.replace(/^\[|\]$/g, "");
    await within(PATIENCE, lookup(host).catch((error) => found("unknown-host", error.code)), "silent");
    const { status, body } = await within(PATIENCE, get(`${this.#target.base}/favicon.svg`, this.#headers), "silent");
    if (status === null) found("unreachable", body);
  }

  async health() {
    const finding = diagnoseHealth(await within(PATIENCE, get(`${this.#target.base}/health`, this.#headers), "silent"));
    if (finding?.setup) this.setupFinding = finding;
    else if (finding) throw new Found(finding);
  }

  async setup() {
    if (this.setupFinding) throw new Found(this.setupFinding);
  }

  async open() {
    const { WebSocket } = await import("ws");
    const address = `${placeOf(this.#target).replace(/^http/, "ws")}?_pk=${randomUUID()}`;
    const socket = new WebSocket(address, { headers: this.#headers });
    this.#socket = socket;
    socket.on("message", (data) => {
      this.#frames.push(data.toString());
      this.#look();
    });
    socket.on("close", (code, reason) => {
      this.#close = { code, reason: reason.toString() };
      this.#look();
    });
    const opened = new Promise((resolve, reject) => {
      socket.on("open", resolve);
      socket.on("unexpected-response", async (_request, response) => {
        let body = "";
        for await (const piece of response) body += piece;
        reject(new Found(diagnoseUpgrade({ status: response.statusCode, body })));
      });
      socket.on("error", (error) => reject(new Found({ cause: "no-upgrade", seen: error.message })));
    });
    await within(PATIENCE, opened, "no-upgrade");
  }

  async identity() {
    let other = null;
    let error = null;
    const cause = () => (other === null ? "swallowed" : "no-identity");
    await within(PATIENCE, this.#frame((text) => {
      const frame = parsed(text);
      if (frame?.type === "cf_agent_identity") return diagnoseIdentity(this.#target, frame) ?? true;
      other = text;
      error = typeof frame?.error === "string" ? frame.error : null;
      return null;
    }, () => error), cause);
  }

  async echo() {
    if ((await this.call("echo", "echo", ECHO)) !== ECHO) found("garbled", "");
  }

  async call(check, method, ...args) {
    const id = randomUUID();
    this.#socket.send(JSON.stringify({ type: "rpc", id, method, args }));
    let result;
    const answered = this.#frame((text) => {
      const frame = parsed(text);
      if (frame?.type !== "rpc" || frame.id !== id || frame.done === false) return null;
      if (frame.success === false) return diagnoseRefusal(check, frame.error ?? "");
      result = frame.result;
      return true;
    });
    await within(check === "model" ? MODEL_PATIENCE : PATIENCE, answered, check === "model" ? "model" : "no-reply");
    return result;
  }

  close() {
    this.#socket?.on("error", () => {}); // one that never opened says so here
    this.#socket?.terminate();
  }

  /** Waits until `judge` says `true` of a frame, or what is wrong. */
  #frame(judge, error = () => null) {
    return new Promise((resolve, reject) => {
      this.#look = () => {
        for (let text; (text = this.#frames.shift()) !== undefined; ) {
          const verdict = judge(text);
          if (verdict === true) return resolve();
          if (verdict) return reject(new Found(verdict));
        }
        if (this.#close) reject(new Found(diagnoseClose(this.#close.code, this.#close.reason, error())));
      };
      this.#look();
    });
  }
}

function found(cause, seen) {
  throw new Found({ cause, seen });
}

/** Waits for `promise`; after `milliseconds` it is given up, for the reason `cause`. */
async function within(milliseconds, promise, cause) {
  let timer;
  const late = new Promise((_, reject) => {
    const give = () => {
      const key = typeof cause === "function" ? cause() : cause;
      reject(new Found({ cause: key, seen: `nothing within ${milliseconds / 1000} s` }));
    };
    timer = setTimeout(give, milliseconds);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
    promise.catch(() => {}); // what comes too late is of no interest
  }
}

/** An answer over HTTP; a redirection, such as to a sign-in, is one of its own. */
async function get(url, headers) {
  try {
    const response = await fetch(url, { headers, redirect: "manual", signal: AbortSignal.timeout(PATIENCE) });
    return { status: response.status, body: await response.text() };
  } catch (error) {
    return { status: null, body: error.cause?.code ?? error.message };
  }
}
