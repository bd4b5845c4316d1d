// Checks `wrangler.jsonc` and `.dev.vars` for names that must match the code. Otherwise a mismatch is noticed only
// when a deployment fails, or an address no longer works.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { root } from "../console.mjs";
import { parseJsonc } from "../jsonc.mjs";
import { NAMES, SECRETS } from "../settings.mjs";
import { causes, titles } from "./words.mjs";

const BINDINGS = [
  { name: "coderagent", class_name: "CoderAgent" },
  { name: "accounts", class_name: "Accounts" },
  { name: "directory", class_name: "Directory" },
];
const MAIN = "build/release/server/index.js";
const SITE = "build/release/site";

/** The outcome of the check of the files in `folder`, in the format of the program in doctor/. */
export async function checkConfiguration(folder = root) {
  const began = Date.now();
  const text = await readFile(join(folder, "wrangler.jsonc"), "utf8").catch(() => null);
  const local = await readFile(join(folder, ".dev.vars"), "utf8").catch(() => "");
  const found = diagnoseConfiguration(text, Object.keys(parseEnv(local)));
  const [cause, fix] = causes[found?.cause] ?? [];
  const finding = found && { seen: found.seen, cause, fix };
  return { title: titles.configuration, millis: Date.now() - began, finding };
}

/** The fault, or null. `seen` contains names of settings, never their values. */
export function diagnoseConfiguration(text, localNames) {
  let config;
  try {
    config = parseJsonc(text ?? "");
  } catch {
    return { cause: "unreadable-configuration", seen: text === null ? "no file" : "" };
  }
  const bindings = config.durable_objects?.bindings ?? [];
  for (const wanted of BINDINGS) {
    const binding = bindings.find(({ name }) => name === wanted.name);
    if (binding?.class_name !== wanted.class_name) return { cause: "wrong-binding", seen: JSON.stringify(bindings) };
  }
  const classes = (config.migrations ?? []).flatMap(({ new_sqlite_classes }) => new_sqlite_classes ?? []);
  if (!BINDINGS.every(({ class_name }) => classes.includes(class_name))) return { cause: "no-migration", seen: classes.join(", ") };
  if (config.main !== MAIN || config.assets?.directory !== SITE) {
    return { cause: "wrong-assets", seen: `${config.main}, ${config.assets?.directory}` };
  }
  const names = Object.keys(config.vars ?? {});
  const secret = names.find((name) => SECRETS.includes(name));
  if (secret) return { cause: "key-in-vars", seen: secret };
  const unknown = [...names, ...localNames].filter((name) => !NAMES.includes(name));
  return unknown.length > 0 ? { cause: "unknown-setting", seen: unknown.join(", ") } : null;
}
