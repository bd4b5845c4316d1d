// Restores a backup into a data folder, completely or not at all.
import { mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Failure, say, whenEnding } from "../console.mjs";
import { openFolder, said } from "../serve/folder.mjs";
import { anyGuard, locked } from "../serve/guarded.mjs";
import { dataFolder } from "../serve/place.mjs";
import { readArchive, synced, unpack } from "./archive.mjs";
import { faultOf } from "./databases.mjs";
import { namedFile, withFile } from "./named.mjs";
import { FILES, isList, isObject, kindOf, partsOf, STORES } from "./parts.mjs";

/**
 * The prefix of folders for unpacking: in the data folder, which may be a separate disk, so that files can be moved by
 * renaming.
 */
const DRAFT = "restore-";

/** Restores the file in the command to DATA_DIR. */
export async function restore() {
  const archive = namedFile("restore");
  const data = dataFolder();
  const guard = anyGuard();
  const manifest = await withFile(archive, () => readArchive(archive));
  const home = await openFolder(data);
  const lock = await locked({ guard, home, data, program: "nothing", args: [] });
  whenEnding({ gently: () => lock.kill(), atOnce: () => lock.kill() });
  try {
    await said(data, () => fill(data, archive, manifest));
  } finally {
    lock.kill();
  }
  const stores = manifest.files.filter(({ path }) => isObject(path)).length;
  say(`restored ${stores} stores into ${data}, as they were at ${manifest.made} (version ${manifest.version})`);
}

async function fill(data, archive, manifest) {
  const { parts } = await partsOf(data);
  // Without conversations a list is empty.
  if (parts.some((path) => isObject(path) && !isList(path))) throw new Failure(`${data} already has conversations, which a restore never replaces; set DATA_DIR to a folder that does not exist yet.`);
  await clearDrafts(data);
  const draft = await mkdtemp(join(data, DRAFT));
  try {
    await unpack(archive, draft, manifest);
    requireSound(draft, archive, manifest);
    await moveIn(draft, data);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/** Removes what a killed restore left. */
async function clearDrafts(data) {
  for (const name of await readdir(data)) if (name.startsWith(DRAFT)) await rm(join(data, name), { recursive: true, force: true });
}

function requireSound(draft, archive, { files }) {
  for (const { path, damaged } of files) {
    if (kindOf(path) !== "database") continue;
    if (damaged) console.error(`was already damaged in the backup and is restored unchanged: ${path}`);
    else if (faultOf(join(draft, path))) throw new Failure(`${archive} has a damaged store (${path}); nothing was changed. Take another backup.`);
  }
}

/** Moves the stores last and in one step: until then, the restore can be repeated. */
async function moveIn(draft, data) {
  for (const path of FILES) if ((await readdir(draft)).includes(path)) await rename(join(draft, path), join(data, path));
  const [from, to] = [join(draft, STORES), join(data, STORES)];
  await mkdir(dirname(to), { recursive: true, mode: 0o700 });
  // At most alarms without a conversation, and empty lists.
  await rm(to, { recursive: true, force: true });
  await rename(from, to);
  for (const folder of [dirname(to), data]) await synced(folder);
}
