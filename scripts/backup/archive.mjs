// The archive of a backup: a compressed tar, which other programs can open, with a manifest as its first file. npm's
// own library `tar` reads and writes it, since it handles the many ways in which an archive can be damaged.
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, readFile, rename, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { create, extract, list } from "tar";
import { Failure, root } from "../console.mjs";
import { kindOf } from "./parts.mjs";

const MANIFEST = "manifest.json";
/** The version of the format. A later one may contain data that this version would lose. */
const FORMAT = 1;
/** The maximum size of a manifest in bytes: that of about a hundred thousand conversations. */
const LONGEST = 64 * 1024 * 1024;

/** Writes `files`, `{path, damaged}` below `folder`, as an archive, completely or not at all. */
export async function writeArchive(archive, folder, files) {
  const listed = [];
  for (const { path, damaged } of files) {
    const { size } = await stat(join(folder, path));
    listed.push({ path, size, sha256: await hashOf(join(folder, path)), ...(damaged && { damaged }) });
  }
  const { version } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
  await writeFile(join(folder, MANIFEST), JSON.stringify({ format: FORMAT, version, made: new Date().toISOString(), files: listed }, null, 1));
  const draft = `${archive}.${process.pid}.new`;
  await create({ file: draft, cwd: folder, gzip: true, portable: true, strict: true, mode: 0o600 }, [MANIFEST, ...listed.map(({ path }) => path)]);
  await readArchive(draft);
  await synced(draft);
  await rename(draft, archive);
  await synced(dirname(archive));
}

/** The manifest of an archive, after a check that the archive matches it. */
export async function readArchive(archive) {
  const damaged = (why) => new Failure(`${archive} is damaged or no whole backup (${why}); nothing was changed. Take another one.`);
  const { text, found, twice } = await contentOf(archive).catch((error) => {
    throw error.syscall ? error : damaged(error.message);
  });
  const manifest = parsed(text, damaged, archive);
  for (const { path, size, sha256 } of manifest.files) {
    const file = found.get(path);
    if (!file) throw damaged(`${path} is missing`);
    if (file.size !== size || file.sha256 !== sha256) throw damaged(`${path} differs from what was saved`);
    found.delete(path);
  }
  const [other] = [...twice, ...found.keys()];
  if (other) throw damaged(`${other} does not belong there`);
  return manifest;
}

/** The text of the manifest (null unless it is the first file), size and hash of each other file, and duplicate paths. */
async function contentOf(archive) {
  const content = { text: null, found: new Map(), twice: [] };
  let isFirst = true;
  const onReadEntry = (entry) => {
    const pieces = [];
    const hash = createHash("sha256");
    const isManifest = isFirst && entry.path === MANIFEST && entry.size <= LONGEST;
    isFirst = false;
    entry.on("data", (piece) => (isManifest ? pieces.push(piece) : hash.update(piece)));
    entry.on("end", () => {
      if (isManifest) content.text = Buffer.concat(pieces).toString("utf8");
      else if (content.found.has(entry.path)) content.twice.push(entry.path);
      else content.found.set(entry.path, { size: entry.type === "File" ? entry.size : -1, sha256: hash.digest("hex") });
    });
  };
  await list({ file: archive, strict: true, onReadEntry });
  return content;
}

function parsed(text, damaged, archive) {
  let manifest;
  try {
    manifest = JSON.parse(text ?? "");
  } catch {
    throw damaged("it has no manifest");
  }
  if (manifest?.format > FORMAT) throw new Failure(`${archive} was made by a newer version (${manifest.version}) than this one; update first.`);
  if (manifest?.format !== FORMAT || !Array.isArray(manifest.files)) throw damaged("its manifest cannot be read");
  const other = manifest.files.find((file) => !kindOf(file?.path));
  if (other) throw damaged(`${other.path} is not a file of a server`);
  return manifest;
}

/** Unpacks an archive that `readArchive` has checked, into an empty folder. */
export async function unpack(archive, folder, { files }) {
  const wanted = new Set(files.map(({ path }) => path));
  await extract({ file: archive, cwd: folder, strict: true, fmode: 0o600, dmode: 0o700, filter: (path) => wanted.has(path) });
  for (const path of wanted) await synced(join(folder, path));
}

/** Waits until the data is on the disk: what refers to it must not get there first. */
export async function synced(path) {
  const file = await open(path, "r");
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

async function hashOf(path) {
  const hash = createHash("sha256");
  for await (const piece of createReadStream(path)) hash.update(piece);
  return hash.digest("hex");
}
