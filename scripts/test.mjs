// `npm test [-- --only host|e2e|engines|interop|official|soak] [-- files and flags for Playwright]`: sets up, then runs every
// check, even after a failure.
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build, setUp } from "./build.mjs";
import { checkDependencies } from "./check/dependencies.mjs";
import { checkDocuments } from "./check/documents.mjs";
import { exitCodeOf, Failure, main, root, say } from "./console.mjs";
import { ensureCaddy } from "./setup/caddy.mjs";
import { ensureChromium } from "./setup/chromium.mjs";
import { ensurePackages } from "./setup/npm.mjs";
import { soak } from "./soak.mjs";

const WASM = ["--target", "wasm32-unknown-unknown"];
const DENY = ["--", "-D", "warnings"];
/** Crates that are tested separately, with features or a profile of their own; all others are tested together. */
const APART = ["app", "frontend", "guard", "leptos_app", "native", "xtask"].flatMap((crate) => ["--exclude", crate]);
const SSR = ["--package", "app", "--features", "ssr"];

/** The folders with the published clients, one for each AI SDK that they work with, and with the official server. */
const CLIENTS = ["end2end/interop", "end2end/interop/sdk7"];
const SERVER = ["end2end/official"];
/** The drivers of Firefox and WebKit, which are tested where they are installed. */
const ENGINES = ["end2end/engines"];

/** The browser tests that failed, as `end2end/fixture/failures.ts` writes them. */
const failures = join(await mkdtemp(join(tmpdir(), "coder-test-")), "failures.txt");
await writeFile(failures, "");

const cargo = (...args) => () => must("cargo", args);

const host = [
  ["format", cargo("fmt", "--all", "--check")],
  ["dependencies", checkDependencies],
  ["documents", checkDocuments],
  // One package set per call: `ssr` and `hydrate` must not meet, nor the pipeline's crates and the browser's.
  ["lints", cargo("clippy", "--workspace", "--exclude", "frontend", "--exclude", "xtask", "--exclude", "guard", "--exclude", "doctor", "--all-targets", ...DENY)],
  ["lints of the rendered page", cargo("clippy", ...SSR, "--all-targets", ...DENY)],
  ["lints of the build pipeline", cargo("clippy", "--profile", "xtask", "--package", "xtask", "--package", "guard", "--package", "doctor", "--all-targets", ...DENY)],
  ["lints of the Worker", cargo("clippy", "--package", "server", ...WASM, ...DENY)],
  ["lints of the browser", cargo("clippy", "--package", "frontend", ...WASM, ...DENY)],
  ["lints of the example of a Leptos app", cargo("clippy", "--package", "leptos_app", "--features", "hydrate", ...WASM, ...DENY)],
  ["lints of the page in the browser", cargo("clippy", "--package", "app", "--features", "hydrate", ...WASM, ...DENY)],
  ["types of the browser tests", types],
  ["tests", cargo("test", "--quiet", "--workspace", ...APART)],
  ["tests of the guard", cargo("test", "--quiet", "--profile", "xtask", "--package", "guard")],
  ["tests of the scripts", scripts],
  ["tests of the rendered page", cargo("test", "--quiet", ...SSR)],
  ["tests of the example of a Leptos app", cargo("test", "--quiet", "--package", "leptos_app", "--features", "ssr")],
  ["tests of the build pipeline", cargo("test", "--quiet", "--profile", "xtask", "--package", "xtask")],
];

const { only, rest } = options(process.argv.slice(2));
const built = ["build", () => build("dev")];
const browser = ["browser tests", browserTests];
const engines = ["Firefox and WebKit", otherEngines];
const interop = ["interop", publishedClients];
const official = [
  ["build of the client without a browser", cargo("build", "--quiet", "--package", "native")],
  ["official server", officialServer],
];
// A short run: `npm run soak` is the long one.
const storm = ["soak", () => soak("dev", { seconds: 12, connections: 20, agents: 5, restarts: 1 })];
const all = [...host, built, browser, engines, interop, ...official, storm];
const steps = { host, e2e: [built, browser], engines: [built, engines], interop: [built, interop], official: [built, ...official], soak: [built, storm], all }[only];

await main(async () => {
  if (!steps) throw new Failure("`--only` is followed by host, e2e, engines, interop, official or soak.");
  await setUp();
  let passed = 0;
  const failed = [];
  for (const [name, step] of steps) {
    say(name);
    const began = Date.now();
    try {
      await step();
      passed += 1;
      say(`${name}: passed (${Math.round((Date.now() - began) / 1000)} s)`);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      failed.push(name);
      console.error(`> ${name}: FAILED: ${error.message}`);
    }
  }
  await repeatFailures();
  if (failed.length > 0) console.error(`\nfailed: ${failed.join(", ")}`);
  console.log(`\n${passed} passed, ${failed.length} failed`);
  if (failed.length > 0) process.exitCode = 1;
});

function options(args) {
  const at = args.indexOf("--only");
  if (at < 0) return { only: "all", rest: args };
  return { only: args[at + 1], rest: args.toSpliced(at, 2) };
}

async function must(program, args, options) {
  if ((await exitCodeOf(program, args, options)) !== 0) throw new Failure(`\`${[program, ...args].join(" ")}\``);
}

async function playwright(config) {
  const CHROMIUM = await ensureChromium();
  // The requested files may all belong to another step.
  const args = rest.length > 0 ? [...rest, "--pass-with-no-tests"] : [];
  const env = { ...process.env, CHROMIUM, FAILURES_FILE: failures };
  await must(process.execPath, [join(root, "node_modules/@playwright/test/cli.js"), "test", "-c", config, ...args], { env });
}

/** Prints the failed browser tests of all suites once more: thousands of lines of the suites after them stand in between. */
async function repeatFailures() {
  const text = await readFile(failures, "utf8");
  await rm(join(failures, ".."), { recursive: true });
  if (text) console.error(`\n${text}`);
}

async function browserTests() {
  await ensureCaddy();
  await playwright("end2end");
}

async function otherEngines() {
  await ensurePackagesIn(ENGINES);
  await playwright("end2end/engines");
}

async function publishedClients() {
  await ensurePackagesIn(CLIENTS);
  await playwright("end2end/interop");
}

async function officialServer() {
  await ensurePackagesIn(SERVER);
  await playwright("end2end/official");
}

async function ensurePackagesIn(folders) {
  for (const folder of folders) await ensurePackages(join(root, folder), "--ignore-scripts");
}

async function scripts() {
  const names = await readdir(join(root, "scripts"), { recursive: true });
  const tests = names.filter((name) => name.endsWith(".test.mjs")).map((name) => join(root, "scripts", name));
  await must(process.execPath, ["--test", ...tests]);
}

async function types() {
  await ensurePackagesIn([...CLIENTS, ...SERVER, ...ENGINES]);
  await must(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", "end2end"]);
}
