// The parts of a data folder that belong in a backup. The rest is recreated at each start.
import { lstat, readdir } from "node:fs/promises";
import { join, sep } from "node:path";

/** The folder of the runtime with the store of each object, and its alarms. */
export const STORES = "v3/do";
/** Single files, if they exist: the secret that signs sign-in links. */
export const FILES = ["owner-secret"];

const ALARMS = "metadata.sqlite";
const STORE = /^v3\/do\/[\w-]+\/(?:[0-9a-f]{64}|metadata)\.sqlite$/;
const LIST = /^v3\/do\/[\w-]+-Directory\//;
/** SQLite's own files beside a database: their content is in the copy. */
const BESIDE = /\.sqlite-(?:wal|shm|journal)$/;

/** `database` or `file`, or null for a path that is not part of a backup. */
export function kindOf(path) {
  if (STORE.test(path)) return "database";
  return FILES.includes(path) ? "file" : null;
}

/** Whether a path is the store of an object, such as a conversation. Alarms do not count. */
export function isObject(path) {
  return kindOf(path) === "database" && !path.endsWith(`/${ALARMS}`);
}

/** Whether a path is the store of somebody's list of conversations, which only opening a page creates, empty. */
export function isList(path) {
  return isObject(path) && LIST.test(path);
}

/** The paths in a data folder that are part of a backup, and unexpected ones among the stores. */
export async function partsOf(data) {
  const parts = [];
  const strange = [];
  for (const path of await filesBelow(data, STORES)) {
    if (kindOf(path)) parts.push(path);
    else if (!BESIDE.test(path)) strange.push(path);
  }
  for (const path of FILES) if (await lstat(join(data, path)).catch(unlessAbsent)) parts.push(path);
  return { parts, strange };
}

async function filesBelow(data, folder) {
  const found = (await readdir(join(data, folder), { recursive: true, withFileTypes: true }).catch(unlessAbsent)) ?? [];
  const files = found.filter((entry) => !entry.isDirectory());
  const below = join(data, "/").length;
  return files.map(({ parentPath, name }) => join(parentPath, name).slice(below).split(sep).join("/")).sort();
}

/** Ignores that a file or folder is missing, or vanishes while a server runs. */
export function unlessAbsent(error) {
  if (error.code === "ENOENT") return null;
  throw error;
}
