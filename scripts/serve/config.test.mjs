import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { Failure, root } from "../console.mjs";
import { parseJsonc } from "../jsonc.mjs";
import { conversationsIn, listsIn, workerdConfig } from "./config.mjs";
import { workerdProgram } from "./workerd.mjs";

const WRANGLER = {
  name: "coder",
  compatibility_date: "2026-11-01",
  durable_objects: { bindings: [{ name: "coderagent", class_name: "CoderAgent" }] },
  migrations: [{ tag: "v1", new_sqlite_classes: ["CoderAgent"] }],
};

function configOf(wrangler, others = {}) {
  return workerdConfig({
    wrangler,
    modules: [{ name: "index.js", kind: "esModule", path: "index.js" }],
    filesModules: [{ name: "files.js", kind: "esModule", path: "files.js" }],
    site: "/site",
    packed: "/packed",
    staticNames: ["/favicon.svg"],
    settings: ["MODEL"],
    literals: { LISTENS_ON: "loopback", OWN_PORT: "8787" },
    addresses: ["127.0.0.1", "::1"],
    port: 8787,
    storage: "/data/v3/do",
    ...others,
  });
}

test("every bound class is a namespace under the key that wrangler gives it", () => {
  const config = configOf({
    ...WRANGLER,
    durable_objects: { bindings: [...WRANGLER.durable_objects.bindings, { name: "accounts", class_name: "Accounts" }] },
    migrations: [...WRANGLER.migrations, { tag: "v2", new_sqlite_classes: ["Accounts"] }],
  });
  for (const name of ["CoderAgent", "Accounts"]) {
    assert.match(config, new RegExp(`className = "${name}", uniqueKey = "coder-${name}", enableSql = true`));
  }
  assert.match(config, /name = "accounts", durableObjectNamespace = "Accounts"/);
});

test("the project's own wrangler.jsonc can be converted", () => {
  const own = parseJsonc(readFileSync(join(root, "wrangler.jsonc"), "utf8"));
  assert.match(configOf(own), /uniqueKey = "coder-CoderAgent"/);
});

test("settings come from the environment, except those that the start scripts set", () => {
  const config = configOf({ ...WRANGLER, vars: { MODEL: "from the file", OTHER: "kept" } }, { settings: ["MODEL", "KEY", "OWN_PORT"] });
  assert.match(config, /name = "KEY", fromEnvironment = "KEY"/);
  assert.match(config, /name = "MODEL", fromEnvironment = "MODEL"/);
  assert.doesNotMatch(config, /from the file/);
  assert.match(config, /name = "OTHER", text = "kept"/);
  assert.match(config, /name = "OWN_PORT", text = "8787"/);
  assert.doesNotMatch(config, /fromEnvironment = "OWN_PORT"/);
});

test("the Worker can read the files of conversations but not write them", () => {
  const config = configOf(WRANGLER);
  assert.match(config, /name = "objects", service = "stored"/);
  assert.match(config, /name = "stored", disk = \(path = "\/data\/v3\/do\/coder-CoderAgent"\)/);
  assert.match(config, /name = "lists", service = "storedLists"/);
  assert.match(config, /name = "storedLists", disk = \(path = "\/data\/v3\/do\/coder-Directory"\)/);
});

test("every address has a socket, IPv6 in brackets", () => {
  const config = configOf(WRANGLER);
  assert.match(config, /name = "http0", address = "127\.0\.0\.1:8787"/);
  assert.match(config, /name = "http1", address = "\[::1\]:8787"/);
});

for (const [what, wrangler, words] of [
  ["an unknown key", { ...WRANGLER, kv_namespaces: [] }, /kv_namespaces/],
  ["a class that is renamed", { ...WRANGLER, migrations: [...WRANGLER.migrations, { tag: "v2", renamed_classes: [] }] }, /renamed_classes.*data would be lost/],
  ["a class without SQLite", { ...WRANGLER, migrations: [{ tag: "v1", new_classes: ["CoderAgent"] }] }, /new_sqlite_classes/],
  ["a class that no migration makes", { ...WRANGLER, migrations: [] }, /no migration makes it/],
  ["another Worker's class", { ...WRANGLER, durable_objects: { bindings: [{ name: "a", class_name: "A", script_name: "other" }] } }, /script_name/],
]) {
  test(`${what} is refused, not ignored`, () => {
    assert.throws(() => configOf(wrangler), (error) => error instanceof Failure && words.test(error.message));
  });
}

test("workerd reads the configuration with any values of variables", () => {
  const folder = mkdtempSync(join(tmpdir(), "coder-config-"));
  try {
    const value = 'quotes " and \\ and\nlines, ä and 🦀';
    writeFileSync(join(folder, "files.js"), "export default {};");
    writeFileSync(join(folder, "index.js"), `export class CoderAgent {}\nexport default { test(_, env) { if (env.VALUE !== ${JSON.stringify(value)}) throw new Error(env.VALUE); } };`);
    for (const of of [conversationsIn, listsIn]) mkdirSync(of(folder, WRANGLER));
    const text = configOf({ ...WRANGLER, vars: { VALUE: value } }, { site: folder, packed: folder, storage: folder });
    writeFileSync(join(folder, "config.capnp"), text);
    execFileSync(workerdProgram(), ["test", "config.capnp"], { cwd: folder, stdio: "pipe", env: { MODEL: "any" } });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
