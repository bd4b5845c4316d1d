// Runs wrangler with the Node that it needs.
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { closed, Failure, root, start } from "../console.mjs";

/** wrangler from the npm packages. CODER_WRANGLER names another one. */
const PROGRAM = process.env.CODER_WRANGLER || join(root, "node_modules/wrangler/wrangler-dist/cli.js");

/** wrangler asks nothing and reports no usage; its output is for programs. */
const QUIET = {
  WRANGLER_SEND_METRICS: "false",
  WRANGLER_SEND_ERROR_REPORTS: "false",
  WRANGLER_HIDE_BANNER: "true",
  WRANGLER_WRITE_LOGS: "false",
  NO_COLOR: "1",
};

export class Wrangler {
  #node;
  #environment;

  /** `node` is the path of the Node that runs wrangler. */
  constructor(node, environment = {}) {
    this.#node = node;
    this.#environment = environment;
  }

  /** The same for one account. */
  of(account) {
    return new Wrangler(this.#node, { ...this.#environment, CLOUDFLARE_ACCOUNT_ID: account });
  }

  /** Runs it and returns `{code, out, errors}`. `input` goes to its standard input, since other users see command lines. */
  async ask(args, { input } = {}) {
    const child = this.#start(args, ["pipe", "pipe", "pipe"], { CI: "1" });
    let [out, errors] = ["", ""];
    child.stdout?.setEncoding("utf8").on("data", (piece) => (out += piece));
    child.stderr?.setEncoding("utf8").on("data", (piece) => (errors += piece));
    // It may end before it has read everything.
    child.stdin?.on("error", () => {}).end(input ?? "");
    return { code: await closed(child), out, errors };
  }

  /** Runs it with its output passed through; returns its exit code and its report for programs. */
  async follow(args) {
    const folder = await mkdtemp(join(tmpdir(), "coder-deploy-"));
    try {
      const report = join(folder, "report.ndjson");
      const code = await closed(this.#start(args, "inherit", { WRANGLER_OUTPUT_FILE_PATH: report }));
      const lines = (await readFile(report, "utf8").catch(() => "")).split("\n").filter(Boolean);
      return { code, entries: lines.map((line) => JSON.parse(line)) };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  /** Runs it in a terminal, for instance to log in with the browser. */
  async talk(args) {
    return closed(this.#start(args, "inherit", {}));
  }

  #start(args, stdio, environment) {
    const env = { ...process.env, ...QUIET, ...this.#environment, ...environment };
    return start(this.#node, ["--no-warnings", PROGRAM, ...args], { stdio, env });
  }
}

/** The JSON in its output, which may follow a notice; null when there is none. */
export function jsonOf(text) {
  const from = text.search(/^[[{]/m);
  try {
    return from === -1 ? null : JSON.parse(text.slice(from));
  } catch {
    return null;
  }
}

/** The reason that wrangler gives: its first error, without marks. */
export function reasonOf({ out, errors }) {
  const lines = stripVTControlCharacters(`${errors}\n${out}`).split("\n").map((line) => line.replace(/^[\s✘X]*(\[ERROR\])?\s*/, "").trim());
  return lines.find((line) => line !== "" && !/^[[{⎔─▲]/.test(line)) ?? "wrangler gave no reason";
}

/** Fails with wrangler's reason and advice. */
export function refuse(words, answer) {
  throw new Failure(`${words} wrangler says: ${reasonOf(answer)}`);
}
