// Backs up a whole server: a consistent copy of each part, checked, in one archive.
import { copyFile, mkdir, mkdtemp, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { Failure, say, whenEnding } from "../console.mjs";
import { said } from "../serve/folder.mjs";
import { dataFolder } from "../serve/place.mjs";
import { writeArchive } from "./archive.mjs";
import { copyDatabase } from "./databases.mjs";
import { namedFile, shownSize, withFile } from "./named.mjs";
import { isObject, kindOf, partsOf, unlessAbsent } from "./parts.mjs";

/** Backs up DATA_DIR to the file in the command. */
export async function backUp() {
  const archive = namedFile("backup");
  const data = dataFolder();
  // Conversations are private, in a copy too.
  process.umask(0o077);
  const { parts, strange } = await said(data, () => partsOf(data));
  if (!parts.some(isObject)) throw new Failure(`${data} has no conversations to back up; set DATA_DIR to the server's.`);
  for (const path of strange) console.error(`omitted, because no server made it: ${join(data, path)}`);
  await withFile(archive, async () => {
    if (await stat(archive).catch(unlessAbsent)) throw new Failure(`${archive} already exists; name a new file.`);
    const copies = await mkdtemp(join(dirname(archive), `.${basename(archive)}.`));
    const clear = async () => {
      for (const path of [copies, `${archive}.${process.pid}.new`]) await rm(path, { recursive: true, force: true });
    };
    whenEnding({ gently: clear, atOnce: () => {} });
    try {
      const copied = await copy(data, copies, parts);
      await writeArchive(archive, copies, copied);
      await tell(archive, copied);
    } finally {
      await clear();
    }
  });
}

async function copy(data, copies, parts) {
  const copied = [];
  for (const path of parts) {
    const [from, to] = [join(data, path), join(copies, path)];
    await mkdir(dirname(to), { recursive: true });
    const state = kindOf(path) === "database" ? await copyDatabase(from, to) : "sound";
    // A conversation may be deleted while others are copied.
    if (state === "absent") continue;
    if (state === "damaged") await copyFile(from, to);
    if (kindOf(path) === "file") await copyFile(from, to);
    copied.push({ path, damaged: state === "damaged" });
  }
  return copied;
}

async function tell(archive, copied) {
  const { size } = await stat(archive);
  const damaged = copied.filter(({ damaged }) => damaged).map(({ path }) => path);
  say(`backed up ${copied.filter(({ path }) => isObject(path)).length} stores into ${archive} (${shownSize(size)})`);
  if (damaged.length > 0) throw new Failure(`${archive} is written, but these stores are damaged and were saved unchanged: ${damaged.join(", ")}.`);
}
