// The file named in a command, and errors about it.
import { resolve } from "node:path";
import { Failure } from "../console.mjs";

/** The only argument, as a path relative to where the command was given: npm runs scripts in the project's folder. */
export function namedFile(use, args = process.argv.slice(2), environment = process.env) {
  if (args.length !== 1 || args[0] === "" || args[0].startsWith("-")) throw new Failure(`Name one file: \`npm run ${use} -- FILE\`.`);
  return resolve(environment.INIT_CWD || ".", args[0]);
}

const WORDS = {
  ENOENT: (file) => `${file} does not exist, or its folder does not.`,
  EISDIR: (file) => `${file} is a folder; name a file.`,
  ENOTDIR: (file) => `${file} leads through a file; name another one.`,
  EACCES: (file) => `${file} is closed to this user; run this as the user who runs the server, or name another file.`,
  EROFS: (file) => `${file} is on a disk that is mounted read-only; name another file.`,
  ENOSPC: (file) => `The disk of ${file} is full; nothing was kept. Make room, or name a file on another disk.`,
};
WORDS.EPERM = WORDS.EACCES;
WORDS.EDQUOT = WORDS.ENOSPC;

/** Runs a task with the file, and explains its failure. */
export async function withFile(file, task) {
  try {
    return await task();
  } catch (error) {
    if (error instanceof Failure || !error.code) throw error;
    throw new Failure(WORDS[error.code]?.(file) ?? `${file} cannot be used (${error.code}); name another file.`);
  }
}

/** A size as text. */
export function shownSize(bytes) {
  const units = ["bytes", "KiB", "MiB", "GiB"];
  const unit = Math.min(units.length - 1, bytes > 0 ? Math.floor(Math.log2(bytes) / 10) : 0);
  return `${unit === 0 ? bytes : (bytes / 1024 ** unit).toFixed(1)} ${units[unit]}`;
}
