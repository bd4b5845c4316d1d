// The data folder of a server: private, with its problems explained in one sentence.
import { chmod, mkdir, open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Failure, say } from "../console.mjs";

/** Our own notes in the data folder. */
const NOTES = "server";
/** The entries that identify an existing data folder. */
const MARKS = [NOTES, "v3"];
/** The number of bytes that the probe writes: a disk with less space cannot store a conversation's next message either. */
const PROBE = 64 * 1024;

/** Makes the folder private, and returns the folder for our notes in it. */
export async function openFolder(data) {
  // For everything created from here on, also by the runtime: conversations are private.
  process.umask(0o077);
  await create(data);
  await requireOwn(data);
  const home = join(data, NOTES);
  await said(data, () => mkdir(home, { recursive: true, mode: 0o700 }));
  await said(data, () => probe(home));
  return home;
}

async function create(data) {
  const found = await said(data, () => stat(data).catch(absent));
  if (found === null) return said(data, () => makeWay(data));
  if (!found.isDirectory()) throw new Failure(`${data} is a file and conversations need a folder; choose another DATA_DIR.`);
}

/** Like `mkdir` with `recursive`, which reports a read-only disk as a missing folder. */
async function makeWay(path) {
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
    await makeWay(dirname(path));
    await mkdir(path, { mode: 0o700 });
  }
}

async function requireOwn(data) {
  const { uid, mode } = await stat(data);
  const we = process.getuid();
  if (uid !== we && we !== 0) throw new Failure(`${data} belongs to another user of this machine; choose another DATA_DIR, or make the folder yours.`);
  if ((mode & 0o077) === 0) return;
  const names = await said(data, () => readdir(data));
  // `chmod` on /tmp, for instance, would affect everybody else.
  if (names.length > 0 && !names.some((name) => MARKS.includes(name))) {
    throw new Failure(`${data} is open to other users and contains files that are not from this server; choose another DATA_DIR, ideally a folder that does not exist yet.`);
  }
  await said(data, () => chmod(data, 0o700));
  say(`closed ${data} to other users of this machine (it was ${(mode & 0o777).toString(8)}, it is 700)`);
}

async function probe(home) {
  const path = join(home, `probe.${process.pid}`);
  try {
    const file = await open(path, "w", 0o600);
    try {
      await file.write(Buffer.alloc(PROBE));
      await file.sync();
    } finally {
      await file.close();
    }
  } finally {
    await rm(path, { force: true });
  }
}

const WORDS = {
  EACCES: (data) => `${data} cannot be written by this user; give the folder to it, or choose another DATA_DIR.`,
  EROFS: (data) => `${data} is on a disk that is mounted read-only; choose another DATA_DIR.`,
  ENOSPC: (data) => `The disk of ${data} is full; make room on it, or choose another DATA_DIR.`,
  EDQUOT: (data) => `This user's share of the disk of ${data} is used up; make room, or choose another DATA_DIR.`,
  ENOTDIR: (data) => `${data} leads through a file and conversations need a folder; choose another DATA_DIR.`,
  EEXIST: (data) => `${data} holds a file where a folder is needed (${NOTES}); move it away, or choose another DATA_DIR.`,
};
WORDS.EPERM = WORDS.EACCES;

/** Runs a task with the data folder, and explains its failure. */
export async function said(data, task) {
  try {
    return await task();
  } catch (error) {
    if (error instanceof Failure || !error.code) throw error;
    throw WORDS[error.code] ? new Failure(WORDS[error.code](data)) : new Failure(`${data} cannot be used (${error.code}); choose another DATA_DIR.`);
  }
}

function absent(error) {
  if (error.code === "ENOENT") return null;
  throw error;
}

/** Writes a note completely or not at all: a killed process leaves the previous one. */
export async function writeNote(path, value, folder = dirname(dirname(path))) {
  const draft = `${path}.${process.pid}.new`;
  await said(folder, async () => {
    const file = await open(draft, "w", 0o600);
    try {
      await file.writeFile(typeof value === "string" ? value : JSON.stringify(value));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, path);
  });
}

/** A note, or null when it is missing or damaged: notes only help, so that they never prevent a start. */
export async function readNote(path) {
  try {
    return JSON.parse(await readFile(path, "utf8"));
  } catch {
    return null;
  }
}
