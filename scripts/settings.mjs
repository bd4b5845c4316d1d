// The settings of a local server: from the environment, else from `.dev.vars`.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { Failure, root, say } from "./console.mjs";

/** The settings in docs/configuration.md. */
const { worker, secret } = JSON.parse(await readFile(join(root, "scripts/settings.json"), "utf8"));

/** The settings that the Worker reads. */
export const NAMES = [...worker, ...secret];

/** The settings that must never be in a file of the project. */
export const SECRETS = secret;

/** The variables in which the start scripts tell the Worker where it runs. Nobody else can set them. */
export function literalVariables({ listensOn, port }) {
  return { LISTENS_ON: listensOn, OWN_PORT: String(port) };
}

/** The Worker's settings. Without a key, a base URL and a provider, the demo model answers. */
export async function workerSettings() {
  const file = parseEnv(await readFile(join(root, ".dev.vars"), "utf8").catch(() => ""));
  const settings = { ...file };
  for (const name of NAMES) if (process.env[name] !== undefined) settings[name] = process.env[name];
  for (const name of Object.keys(settings)) if (settings[name] === "") delete settings[name];
  for (const name of ["LISTENS_ON", "OWN_PORT", "PAGE_SCRIPTS"]) delete settings[name];
  if (!settings.OPENROUTER_API_KEY && !settings.OPENROUTER_BASE_URL && !settings.PROVIDER) {
    settings.PROVIDER = "demo";
    say("no OPENROUTER_API_KEY and no OPENROUTER_BASE_URL: the built-in demo model answers");
  }
  return settings;
}

/** Writes the settings for wrangler, readable by this user only, since command lines are visible to all. */
export async function writeSettings(path, settings) {
  const lines = Object.entries(settings).map(([name, value]) => {
    // In these quotes a value is taken literally; double quotes would turn "\n" into a new line.
    const mark = ["'", "`"].find((candidate) => !value.includes(candidate));
    if (mark === undefined) throw new Failure(`${name} contains both ' and \`; remove one of them.`);
    return `${name}=${mark}${value}${mark}\n`;
  });
  await writeFile(path, lines.join(""), { mode: 0o600 });
}
