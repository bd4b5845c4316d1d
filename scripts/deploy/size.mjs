// The size of the upload, and Cloudflare's limits: https://developers.cloudflare.com/workers/platform/limits/
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { Failure } from "../console.mjs";

const MIB = 1024 * 1024;
/** The limit for a Worker before compression, on every plan. */
export const WORKER_BYTES = 64 * MIB;
/** The limit for a static file, and for their number on the free plan. */
const ASSET_BYTES = 25 * MIB;
const ASSETS = 20_000;
/** The limit for running a Worker's global code, in milliseconds. */
export const STARTUP_MILLISECONDS = 1_000;

/** Bytes and number of files in a folder, without the files that wrangler adds for people. */
export async function folderSize(folder) {
  const sizes = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || /\.map$|^README\.md$/.test(entry.name)) continue;
    const path = join(entry.parentPath, entry.name);
    sizes.push({ path, bytes: (await stat(path)).size });
  }
  return { files: sizes.length, bytes: sizes.reduce((sum, { bytes }) => sum + bytes, 0), largest: sizes.sort((a, b) => b.bytes - a.bytes)[0] };
}

/** Fails when the Worker or its files are too large; otherwise prints their sizes. */
export function checkSizes(worker, site) {
  if (worker.bytes > WORKER_BYTES) {
    throw new Failure(
      `The Worker has ${mebibytes(worker.bytes)} and Cloudflare takes ${mebibytes(WORKER_BYTES)}; its largest file is ${worker.largest.path}. ` +
        "Deploy the release build, and look with `npm run build -- --release` what grew.",
    );
  }
  if (site.files > ASSETS) throw new Failure(`There are ${site.files} static files and Cloudflare takes ${ASSETS}; remove some from style/public.`);
  if (site.largest && site.largest.bytes > ASSET_BYTES) {
    throw new Failure(`${site.largest.path} has ${mebibytes(site.largest.bytes)} and Cloudflare takes static files of ${mebibytes(ASSET_BYTES)}; make it smaller.`);
  }
  return `${mebibytes(worker.bytes)} of ${mebibytes(WORKER_BYTES)}, and ${site.files} static files of ${mebibytes(site.bytes)}`;
}

/** How long the processor was busy in a CPU profile, in milliseconds. */
export async function busyMilliseconds(profile) {
  const { nodes, samples, timeDeltas } = JSON.parse(await readFile(profile, "utf8"));
  const idle = new Set(nodes.filter(({ callFrame }) => ["(idle)", "(program)"].includes(callFrame.functionName)).map(({ id }) => id));
  const busy = timeDeltas.filter((_, index) => !idle.has(samples[index]));
  return Math.round(busy.reduce((sum, micros) => sum + micros, 0) / 1000);
}

export const mebibytes = (bytes) => `${(bytes / MIB).toFixed(1)} MiB`;
