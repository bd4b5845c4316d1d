// Processor time of the app's processes, as Linux counts it.

import { readdir, readFile } from "node:fs/promises";

/** Linux counts in hundredths of a second on every platform that Node runs on. */
const SECONDS_PER_TICK = 0.01;

/** Seconds that the process group `group` has used so far, or null where /proc does not tell. */
export async function processorSeconds(group: number): Promise<number | null> {
  const ids = await readdir("/proc").catch(() => null);
  if (!ids) return null;
  const stats = await Promise.all(
    ids.filter((id) => /^\d+$/.test(id)).map((id) => readFile(`/proc/${id}/stat`, "utf8").catch(() => "")),
  );
  let ticks = 0;
  for (const stat of stats) {
    // The fields follow the command's name, which may itself hold spaces and parentheses: state, parent, group, …
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (Number(fields[2]) === group) ticks += Number(fields[11]) + Number(fields[12]);
  }
  return ticks * SECONDS_PER_TICK;
}
