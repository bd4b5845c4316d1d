// A Node that is new enough for wrangler and for copies of databases: the system's, or npm's in `.tools`.
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { exitCodeOf, root, run, say } from "../console.mjs";

const VERSION = "24.21.0";
// The package that the npm package `node` would choose in its install script, which npm may be configured not to run.
const PACKAGE = `${process.platform === "darwin" && process.arch === "arm64" ? "node-bin" : "node"}-${process.platform}-${process.arch}`;

/** The path of that Node. */
export async function ensureNode() {
  if (isNewEnough()) return process.execPath;
  const home = join(root, ".tools", `node-${VERSION}`);
  const program = join(home, "node_modules", PACKAGE, "bin/node");
  if (existsSync(program)) return program;
  say(`installing Node ${VERSION} (the system's is ${process.versions.node})`);
  await mkdir(join(root, ".tools"), { recursive: true });
  // Uses a draft folder that is moved at the end: an interrupted attempt leaves nothing that looks finished.
  const draft = await mkdtemp(join(root, ".tools/node-"));
  try {
    await run("npm", ["install", "--prefix", draft, "--no-save", "--no-audit", "--no-fund", "--loglevel=error", `${PACKAGE}@${VERSION}`], {
      failed: "npm could not install a newer Node (see above); install Node 24 or newer from https://nodejs.org.",
    });
    await rename(draft, home).catch((error) => {
      // Another script was faster.
      if (!existsSync(program)) throw error;
    });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return program;
}

/** True when this is that Node; otherwise it runs the same script again, and ends with it. */
export async function isRunByNewNode() {
  if (isNewEnough()) return true;
  const code = await exitCodeOf(await ensureNode(), ["--no-warnings", ...process.argv.slice(1)]);
  process.exitCode = Number.isInteger(code) ? code : 1;
  return false;
}

/** wrangler needs 22.12, and `backup` of node:sqlite needs 22.16. Of 23, it exists in 24. */
function isNewEnough() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  return major >= 24 || (major === 22 && minor >= 16);
}
