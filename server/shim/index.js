// The Worker's entry: hands events to the wasm, and starts the wasm anew after a panic.
//
// A panic leaves a wasm instance that must not be entered again. The next event of any kind therefore begins with a
// fresh instance, and each durable object of the isolate builds its Rust half again before it is used.
import { DurableObject, WorkerEntrypoint } from "cloudflare:workers";
import * as wasm from "./bindings.js";

// Shared with the Rust side: its panic hook sets `criticalError`; each start of the wasm raises `instanceId`.
const life = wasm.__worker_init_state();

addEventListener("error", (event) => noteTrap(event.error));

// How to fail each call that is in the wasm now. After a panic none of them would ever be answered.
const inFlight = new Set();

function noteTrap(error) {
  if (!(error instanceof WebAssembly.RuntimeError)) return;
  life.criticalError = true;
  for (const reject of inFlight) reject(error);
}

function reviveAfterPanic() {
  if (!life.criticalError) return;
  console.warn("starting a new wasm instance after a panic");
  wasm.__wbg_reset_state();
  life.criticalError = false;
}

async function enter(call) {
  reviveAfterPanic();
  const { promise, resolve, reject } = Promise.withResolvers();
  inFlight.add(reject);
  try {
    Promise.resolve(call()).then(resolve, reject);
    return await promise;
  } catch (error) {
    noteTrap(error);
    throw error;
  } finally {
    inFlight.delete(reject);
  }
}

/** On plain workerd the static files are a service of their own (files.js); elsewhere Workers Assets has served them before. */
let staticNames = null;

function isStatic(url, env) {
  if (!env.FILES) return false;
  staticNames ??= new Set(env.STATIC_NAMES);
  const start = url.indexOf("/", url.indexOf("//") + 2);
  const end = url.indexOf("?", start);
  const path = url.slice(start, end < 0 ? undefined : end);
  // A missing piece is a missing file, not a page.
  return path.startsWith("/pkg/") || staticNames.has(path);
}

export default class extends WorkerEntrypoint {
  fetch(request) {
    if (isStatic(request.url, this.env)) return this.env.FILES.fetch(request);
    return enter(() => wasm.fetch(request, this.env, this.ctx));
  }
}

/** A durable object whose Rust half is made again when the wasm instance it lived in is gone. */
class RustObject extends DurableObject {
  #half;
  #instanceId;

  constructor(state, env) {
    super(state, env);
    reviveAfterPanic();
    this.#current();
  }

  #current() {
    if (this.#instanceId !== life.instanceId) {
      try {
        this.#half = this.make(this.ctx, this.env);
      } catch (error) {
        life.criticalError = true;
        throw error;
      }
      this.#instanceId = life.instanceId;
    }
    return this.#half;
  }

  fetch(request) {
    return enter(() => this.#current().fetch(request));
  }

  alarm() {
    return enter(() => this.#current().alarm());
  }

  webSocketMessage(socket, message) {
    return enter(() => this.#current().webSocketMessage(socket, message));
  }

  webSocketClose(socket, code, reason, wasClean) {
    return enter(() => this.#current().webSocketClose(socket, code, reason, wasClean));
  }

  webSocketError(socket, error) {
    return enter(() => this.#current().webSocketError(socket, error));
  }
}

export class CoderAgent extends RustObject {
  make(state, env) {
    return new wasm.CoderAgent(state, env);
  }
}

export class Directory extends RustObject {
  make(state, env) {
    return new wasm.Directory(state, env);
  }
}

export class Accounts extends RustObject {
  make(state, env) {
    return new wasm.Accounts(state, env);
  }
}
