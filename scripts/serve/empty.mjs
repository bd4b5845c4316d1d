// Removes the files of conversations that were only viewed, or deleted: workerd creates an empty file for each.
import { open, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";

/** The size of a database without tables: one page. */
const ONE_PAGE = 4096;
/** The offset in the page of the number of tables. */
const CELLS_AT = 103;
/** workerd's file about all objects of a class. */
const METADATA = "metadata.sqlite";

/** Removes the files of conversations without content. No runtime may use the folder. */
export async function removeEmpty(storage) {
  const entries = await readdir(storage, { recursive: true }).catch(() => []);
  const databases = entries.filter((name) => name.endsWith(".sqlite") && !name.endsWith(METADATA));
  for (const name of databases) {
    const path = join(storage, name);
    if (!(await isEmpty(path))) continue;
    for (const beside of ["", "-shm", "-wal"]) await rm(`${path}${beside}`, { force: true });
  }
}

/** A write-ahead log counts as content: after a crash it may contain everything. */
async function isEmpty(path) {
  const size = await sizeOf(path);
  if ((await sizeOf(`${path}-wal`)) > 0) return false;
  // A full disk may leave a file without a byte.
  if (size !== ONE_PAGE) return size === 0;
  const file = await open(path, "r");
  try {
    const page = Buffer.alloc(ONE_PAGE);
    await file.read(page, 0, ONE_PAGE, 0);
    return page.toString("latin1", 0, 15) === "SQLite format 3" && page.readUInt16BE(CELLS_AT) === 0;
  } finally {
    await file.close();
  }
}

async function sizeOf(path) {
  return (await stat(path).catch(() => null))?.size ?? 0;
}
