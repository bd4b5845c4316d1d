// Whether a build is of the sources as they are. cargo knows it better, and takes seconds to say so.
import { existsSync } from "node:fs";
import { readdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "../console.mjs";

/** What a build is made of. Tests and documents are not. */
const FOLDERS = [".cargo", "app", "common", "frontend", "guard", "scripts/build", "server", "style", "xtask"];
const FILES = ["Cargo.lock", "Cargo.toml", "package-lock.json", "scripts/build.mjs"];
/** What a build makes. */
const RESULTS = ["guard", "server/index.js", "static.json"];

/** Every source with its size and the time of its last change, as one text. */
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

/** Whether the last build of the profile was made of `sources`. */
export async function isFresh(profile, sources) {
  const folder = join(root, "build", profile);
  if (!RESULTS.every((path) => existsSync(join(folder, path)))) return false;
  return (await readFile(join(folder, "sources.txt"), "utf8").catch(() => null)) === sources;
}

/** Notes what a build was made of. `sources` are those from before it: what changed since is not in it. */
export async function noteSources(profile, sources) {
  const note = join(root, "build", profile, "sources.txt");
  await writeFile(`${note}.new`, sources);
  await rename(`${note}.new`, note);
}
