// Whether a build matches the present sources. cargo knows this better, but takes seconds.
import { existsSync } from "node:fs";
import { readdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "../console.mjs";

/** The inputs of a build. Tests and documents do not count. */
const FOLDERS = [".cargo", "app", "common", "frontend", "guard", "scripts/build", "server", "style", "xtask"];
const FILES = ["Cargo.lock", "Cargo.toml", "package-lock.json", "scripts/build.mjs"];
/** The results of a build. */
const RESULTS = ["guard", "server/index.js", "static.json"];

/** Every source with its size and modification time, as text. */
export async function sourcesNow() {
  const lists = await Promise.all(FOLDERS.map(filesIn));
  const rows = await Promise.all([...FILES, ...lists.flat()].map(row));
  return rows.sort().join("\n");
}

async function filesIn(folder) {
  const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(root.length + 1));
}

async function row(path) {
  const found = await stat(join(root, path)).catch(() => null);
  return `${path} ${found ? `${found.size} ${found.mtimeMs}` : "missing"}`;
}

/** Whether the last build of the profile was made from `sources`. */
export async function isFresh(profile, sources) {
  const folder = join(root, "build", profile);
  if (!RESULTS.every((path) => existsSync(join(folder, path)))) return false;
  return (await readFile(join(folder, "sources.txt"), "utf8").catch(() => null)) === sources;
}

/** Records the sources of a build, as they were before it: later changes are not in it. */
export async function noteSources(profile, sources) {
  const note = join(root, "build", profile, "sources.txt");
  await writeFile(`${note}.new`, sources);
  await rename(`${note}.new`, note);
}
