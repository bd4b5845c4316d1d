// Checks whether Cloudflare would accept a build, as far as possible without an account.
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "../console.mjs";
import { busyMilliseconds, checkSizes, folderSize, STARTUP_MILLISECONDS } from "./size.mjs";
import { refuse } from "./wrangler.mjs";

/** The folder with wrangler's configuration for the deployment. */
const FOLDER = join(root, "build/deploy");

/** Writes wrangler's configuration and returns its path. */
export async function writeConfiguration(config) {
  await mkdir(FOLDER, { recursive: true });
  const path = join(FOLDER, "wrangler.json");
  await writeFile(path, JSON.stringify(config, null, 2));
  return path;
}

/** The bundled Worker. */
const BUNDLE = join(FOLDER, "worker.bundle");

/** Bundles the Worker and prints its size. */
export async function checkUpload(wrangler, path, config) {
  const packed = join(FOLDER, "packed");
  await rm(packed, { recursive: true, force: true });
  const answer = await wrangler.ask(["deploy", "--dry-run", "--config", path, "--outdir", packed, "--outfile", BUNDLE]);
  if (answer.code !== 0) refuse("The Worker could not be packed; run `npm run build -- --release` and try again.", answer);
  return checkSizes(await folderSize(packed), await folderSize(config.assets.directory));
}

/** Starts the bundled Worker here and prints how long its global code takes: Cloudflare's own figure comes with the deployment. */
export async function checkStartup(wrangler) {
  const profile = join(FOLDER, "startup.cpuprofile");
  await rm(profile, { force: true });
  const answer = await wrangler.ask(["check", "startup", "--worker", BUNDLE, "--outfile", profile]);
  if (answer.code !== 0) refuse("The Worker does not start; `npm start` says why.", answer);
  const took = await busyMilliseconds(profile);
  // Not a failure: a busy machine is slow, and Cloudflare measures for itself.
  const doubt = took > STARTUP_MILLISECONDS ? "; Cloudflare may refuse it. Deploy the release build" : "";
  return `${took} ms of ${STARTUP_MILLISECONDS} ms, on this machine${doubt}`;
}

/** The version of the build, as in `GET /version`; null for a build of an older checkout. */
export async function builtVersion(profile) {
  const text = await readFile(join(root, "build", profile, "version.json"), "utf8").catch(() => null);
  return text && JSON.parse(text);
}
