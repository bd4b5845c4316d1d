// `npm run deploy`, with a replacement for wrangler that answers for Cloudflare, and a local server as the deployed
// one.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { expect, settingsFor, test as base } from "../fixture/test.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const WRANGLER = path.join(ROOT, "node_modules/wrangler/wrangler-dist/cli.js");
const script = (name: string) => import(path.join(ROOT, "scripts/deploy", name));

interface Answer {
  code?: number;
  out?: unknown;
  errors?: string;
  report?: unknown;
}

interface Call {
  args: string[];
  input: string;
  account?: string;
}

interface Run {
  code: number | null;
  text: string;
  errors: string;
  calls: Call[];
}

type Deploy = (args: string[], given?: { answers?: Record<string, Answer>; settings?: Record<string, string> }) => Promise<Run>;

const SECRET = "a-secret-of-the-owner-of-the-tests";
const MINE = { id: "a".repeat(32), name: "Mine" };
const LOGGED_IN = { "whoami": { out: { loggedIn: true, accounts: [MINE] } } };
const FREE = { "deployments status": { code: 1, errors: "✘ [ERROR] This Worker does not exist on your account. [code: 10007]" } };

/** An existing deployment of Coder, with objects of these classes and secrets with these names. */
function deployed(classes: string[], secrets: string[]): Record<string, Answer> {
  const objects = classes.map((class_name) => ({ type: "durable_object_namespace", name: class_name.toLowerCase(), class_name }));
  return {
    "deployments status": { out: { versions: [{ version_id: "v", percentage: 100 }] } },
    "versions view": { out: { resources: { bindings: objects } } },
    "secret list": { out: secrets.map((name) => ({ name, type: "secret_text" })) },
  };
}

const test = base.extend<{ deploy: Deploy }>({
  deploy: async ({}, use) => {
    const folder = await mkdtemp(path.join(os.tmpdir(), "coder-wrangler-"));
    const calls = path.join(folder, "calls.ndjson");
    await use(async (args, { answers = {}, settings = {} } = {}) => {
      await writeFile(path.join(folder, "answers.json"), JSON.stringify(answers));
      await writeFile(calls, "");
      const { OPENROUTER_API_KEY, OPENROUTER_BASE_URL, PROVIDER, AUTH, OWNER_SECRET, CLOUDFLARE_API_TOKEN, CLOUDFLARE_ACCOUNT_ID, ...env } = process.env;
      const child = spawn(process.execPath, ["scripts/deploy.mjs", "--name", "coder-of-the-tests", ...args], {
        cwd: ROOT,
        stdio: ["ignore", "pipe", "pipe"],
        env: {
          ...env,
          CODER_SKIP_BUILD: "1",
          CODER_PROFILE: "dev",
          CODER_WRANGLER: path.join(ROOT, "end2end/fixture/wrangler.mjs"),
          FAKE_WRANGLER: folder,
          DATA_DIR: folder,
          ...settings,
        },
      });
      let [text, errors] = ["", ""];
      child.stdout.on("data", (piece: Buffer) => (text += piece.toString()));
      child.stderr.on("data", (piece: Buffer) => (errors += piece.toString()));
      const [code] = (await once(child, "close")) as [number | null];
      const lines = (await readFile(calls, "utf8")).split("\n").filter(Boolean);
      return { code, text, errors, calls: lines.map((line) => JSON.parse(line) as Call) };
    });
    await rm(folder, { recursive: true, force: true });
  },
});

/** The commands called, in order, without flags. */
const commands = ({ calls }: Run) => calls.map(({ args }) => args.filter((argument) => !argument.startsWith("-")).slice(0, 2).join(" "));

test("a dry run checks build, size, names and settings, and needs no account", async ({ deploy }) => {
  // The real wrangler packs the Worker and starts it.
  test.setTimeout(300_000);
  const run = await deploy(["--dry-run"], { settings: { OPENROUTER_API_KEY: "sk-very-secret", FAKE_WRANGLER_PACKS: WRANGLER } });
  expect(run, run.errors).toMatchObject({ code: 0, errors: "" });
  expect(run.text).toMatch(/size: [\d.]+ MiB of 64\.0 MiB, and \d+ static files/);
  expect(run.text).toMatch(/start: \d+ ms of 1000 ms/);
  expect(run.text).toContain("as coder-of-the-tests would make the classes CoderAgent, Accounts, Directory");
  expect(run.text).toMatch(/it would set .*OPENROUTER_API_KEY/);
  expect(run.text).toContain("nothing was deployed");
  expect(run.text + JSON.stringify(run.calls)).not.toContain("sk-very-secret");
  expect(run.calls.every(({ args }) => args.includes("--dry-run") || args[0] === "check")).toBe(true);
});

test("a first deployment sets missing secrets through standard input and ends with a chat", async ({ deploy, model, startApp }) => {
  const app = await startApp({ settings: { ...settingsFor(model), AUTH: "owner", OWNER_SECRET: SECRET } });
  const report = { type: "deploy", targets: [app.url], version_id: "v" };
  const answers = { ...LOGGED_IN, ...FREE, deploy: { report }, "secret bulk": {} };
  const settings = { OPENROUTER_API_KEY: "sk-very-secret", MODEL: "a-model", ALLOWED_HOSTS: "mine.example", OWNER_SECRET: SECRET };
  const run = await deploy([], { answers, settings });
  expect(run, run.errors).toMatchObject({ code: 0, errors: "" });
  expect(run.text).toContain("name: coder-of-the-tests, which is free");
  expect(run.text).toContain("[passed] The model answers");
  expect(run.text).toMatch(/first chat: \S+/);
  expect(run.text).toContain(`Coder is at ${app.url}`);
  const link = /\?link=(\S+)/.exec(run.text)?.[1] ?? "";
  const signedIn = await fetch(`${app.url}/sign-in`, { method: "POST", body: new URLSearchParams({ link }), redirect: "manual" });
  expect(signedIn.status, "the printed link signs in").toBe(303);
  expect(commands(run)).toEqual(["whoami", "deployments status", expect.stringContaining("deploy"), "check startup", expect.stringContaining("deploy"), "secret bulk"]);
  const [bulk] = run.calls.slice(-1);
  expect(JSON.parse(bulk!.input)).toMatchObject({
    OPENROUTER_API_KEY: "sk-very-secret",
    MODEL: "a-model",
    AUTH: "owner",
    OWNER_SECRET: SECRET,
    ALLOWED_HOSTS: `${new URL(app.url).host},mine.example`,
  });
  expect(bulk!.account).toBe(MINE.id);
  expect(run.text).not.toContain("sk-very-secret");
  const lines = JSON.stringify(run.calls.map(({ args }) => args));
  for (const secret of ["sk-very-secret", SECRET]) expect(lines).not.toContain(secret);
});

test("a later deployment keeps the existing secrets", async ({ app, deploy }) => {
  const report = { type: "deploy", targets: [app.url] };
  const there = deployed(["CoderAgent", "Accounts", "Directory"], ["OPENROUTER_API_KEY", "AUTH", "OWNER_SECRET"]);
  const run = await deploy([], { answers: { ...LOGGED_IN, ...there, deploy: { report }, "secret bulk": {} } });
  expect(run, run.errors).toMatchObject({ code: 0, errors: "" });
  expect(run.text).toContain("an existing Coder, which is updated");
  expect(run.text).toContain("not checked: routes that need a sign-in");
  expect(JSON.parse(run.calls.at(-1)!.input)).toEqual({ ALLOWED_HOSTS: new URL(app.url).host });
});

const BAD = { code: 1, errors: "✘ [ERROR] something" };
const WITH_KEY = { settings: { OPENROUTER_API_KEY: "k" } };

for (const [title, args, given, words] of [
  ["nobody is logged in", [], { answers: { whoami: { ...BAD, out: { loggedIn: false } } } }, "not logged in to Cloudflare"],
  ["the token is wrong", [], { answers: { whoami: BAD }, settings: { CLOUDFLARE_API_TOKEN: "t" } }, "does not take CLOUDFLARE_API_TOKEN (something)"],
  ["there are several accounts", [], { answers: { whoami: { out: { loggedIn: true, accounts: [MINE, { id: "b", name: "Other" }] } } } }, "set CLOUDFLARE_ACCOUNT_ID to one of them"],
  ["the account is another one's", [], { answers: LOGGED_IN, settings: { CLOUDFLARE_ACCOUNT_ID: "c" } }, "may not use the account c"],
  ["the name cannot be one", ["--name", "My Coder"], {}, '"My Coder" cannot be the name of a Worker'],
  ["the name is somebody else's Worker", [], { answers: { ...LOGGED_IN, ...deployed(["Other"], []) } }, "is no Coder, and deploying would replace it"],
  ["the name cannot be looked up", [], { answers: { ...LOGGED_IN, "deployments status": BAD } }, "not known whether the name coder-of-the-tests is free. wrangler says: something"],
  ["a class would be orphaned", [], { answers: { ...LOGGED_IN, ...deployed(["CoderAgent", "Accounts", "Directory", "Later"], []) } }, "objects of Later, which this checkout does not know"],
  ["no model is connected", [], { answers: { ...LOGGED_IN, ...FREE } }, "No model is connected: set OPENROUTER_API_KEY"],
  ["everybody would be let in", [], { answers: { ...LOGGED_IN, ...FREE }, settings: { OPENROUTER_API_KEY: "k", AUTH: "none" } }, "AUTH=none lets everybody"],
  ["Cloudflare does not take it", [], { ...WITH_KEY, answers: { ...LOGGED_IN, ...FREE, deploy: BAD } }, "Cloudflare did not take the deployment"],
  ["it gets no address", [], { ...WITH_KEY, answers: { ...LOGGED_IN, ...FREE, deploy: { report: { type: "deploy", targets: ["schedule: * * * * *"] } } } }, "has no address"],
  ["a secret cannot be set", [], { ...WITH_KEY, answers: { ...LOGGED_IN, ...FREE, deploy: { report: { type: "deploy", targets: ["https://x.example"] } }, "secret bulk": BAD } }, "could not be set. wrangler says: something"],
  ["a flag does not exist", ["--dryrun"], {}, "Usage: npm run deploy"],
] as [string, string[], Parameters<Deploy>[1], string][]) {
  test(`says what to do when ${title}`, async ({ deploy }) => {
    const run = await deploy(args, given);
    expect(run.code).toBe(1);
    expect(run.errors).toContain(words);
    expect(run.errors, "no stack").not.toMatch(/^\s+at /m);
  });
}

test("a migration that renames or deletes is refused unless it is named", async () => {
  const { migrationProblem, migrationSteps, touchedClasses } = await script("migration.mjs");
  const binding = (class_name: string) => ({ name: class_name.toLowerCase(), class_name });
  const config = (classes: string[], ...migrations: object[]) => ({
    durable_objects: { bindings: classes.map(binding) },
    migrations: migrations.map((migration, index) => ({ tag: `v${index + 1}`, ...migration })),
  });
  const first = { new_sqlite_classes: ["A"] };
  for (const [given, there, steps] of [
    [config(["A"], first), [], { made: ["A"], renamed: [], deleted: [], orphaned: [] }],
    [config(["A"], first), ["A"], { made: [], renamed: [], deleted: [], orphaned: [] }],
    [config(["A", "B"], first, { new_sqlite_classes: ["B"] }), ["A"], { made: ["B"], renamed: [], deleted: [], orphaned: [] }],
    [config(["B"], first, { renamed_classes: [{ from: "A", to: "B" }] }), ["A"], { made: [], renamed: [["A", "B"]], deleted: [], orphaned: [] }],
    [config(["B"], first, { renamed_classes: [{ from: "A", to: "B" }] }), ["B"], { made: [], renamed: [], deleted: [], orphaned: [] }],
    [config(["B"], first, { deleted_classes: ["A"], new_sqlite_classes: ["B"] }), ["A"], { made: ["B"], renamed: [], deleted: ["A"], orphaned: [] }],
    [config(["A"], first), ["A", "C"], { made: [], renamed: [], deleted: [], orphaned: ["C"] }],
  ] as const) {
    expect(migrationProblem(given)).toBeNull();
    const found = migrationSteps(given, there);
    expect(found).toEqual(steps);
    expect(touchedClasses(found)).toEqual([...steps.renamed.map(([from]) => from), ...steps.deleted]);
  }
  for (const [given, words] of [
    [config(["A", "B"], first), "binds B and no migration makes it"],
    [config(["A"], first, first), "makes the class A again"],
    [config(["A"], { ...first, tag: "" }), "need a tag each"],
    [config(["A"], first, { deleted_classes: ["B"] }), "deletes the class B, which does not exist"],
    [config(["A"], first, { renamed_classes: [{ from: "B", to: "A" }] }), "renames the class B, which does not exist"],
  ] as const) {
    expect(migrationProblem(given)).toContain(words);
  }
});

test("settings are taken from one place each", async () => {
  const { allowedHosts, hostsProblem, planSettings } = await script("plan.mjs");
  const plan = (given: object) => planSettings({ vars: {}, deployed: [], environment: {}, ...given });
  expect(plan({}).missing).toEqual(["OPENROUTER_API_KEY", "AUTH"]);
  expect(plan({ environment: { OPENROUTER_BASE_URL: "http://m/v1", AUTH: "access" } })).toEqual({
    set: { OPENROUTER_BASE_URL: "http://m/v1", AUTH: "access" },
    kept: [],
    missing: [],
    problems: [],
  });
  expect(plan({ vars: { PROVIDER: "demo", AUTH: "owner" } }).missing).toEqual([]);
  expect(plan({ deployed: ["OPENROUTER_API_KEY", "AUTH"] })).toMatchObject({ kept: expect.arrayContaining(["OPENROUTER_API_KEY", "AUTH"]), missing: [] });
  expect(plan({ vars: { MODEL: "a" }, environment: { MODEL: "b" } }).problems).toEqual([expect.stringContaining("MODEL is in the environment and")]);
  expect(plan({ vars: { MODEL: "a" }, deployed: ["MODEL"] }).problems).toEqual([expect.stringContaining("was set as a secret before")]);
  expect(plan({ vars: { AUTH: "none" } }).problems).toEqual([expect.stringContaining("AUTH=none")]);
  expect(allowedHosts(["https://a.b.workers.dev", "https://c.example"], " d.example ,")).toBe("a.b.workers.dev,c.example,d.example");
  expect(hostsProblem({ ALLOWED_HOSTS: "a.example" }, ["https://a.example"])).toBeNull();
  expect(hostsProblem({ ALLOWED_HOSTS: "a.example" }, ["https://b.example"])).toContain("does not name b.example");
});

test("addresses are distinguished from patterns and schedules", async () => {
  const { deployedAddresses } = await script("address.mjs");
  const of = (...targets: string[]) => deployedAddresses([{ type: "other" }, { type: "deploy", targets }]);
  expect(of("https://coder.me.workers.dev")).toEqual(["https://coder.me.workers.dev"]);
  expect(of("https://coder.me.workers.dev", "coder.example.com (custom domain)", "schedule: 1 2 * * *")).toEqual([
    "https://coder.example.com",
    "https://coder.me.workers.dev",
  ]);
  expect(of("example.com/* (zone name: example.com)")).toEqual(["https://example.com"]);
  expect(() => of("example.com/api/*", "*.example.com/*", "off.example.com (custom domain - production: disabled)")).toThrow("has no address");
});

test("files that are too large are refused by name", async () => {
  const { checkSizes, WORKER_BYTES } = await script("size.mjs");
  const small = { files: 1, bytes: 10, largest: { path: "small", bytes: 10 } };
  const large = { files: 1, bytes: WORKER_BYTES + 1, largest: { path: "huge.wasm", bytes: WORKER_BYTES + 1 } };
  expect(checkSizes(small, small)).toContain("of 64.0 MiB");
  expect(() => checkSizes(large, small)).toThrow("huge.wasm");
  expect(() => checkSizes(small, large)).toThrow("huge.wasm");
  expect(() => checkSizes(small, { ...small, files: 20_001 })).toThrow("20001 static files");
});
