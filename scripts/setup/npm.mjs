// The npm packages of package-lock.json, installed again only when that file has changed.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Failure, root, run, say } from "../console.mjs";

const STAMP = join(root, "node_modules/.installed-lock.json");

export async function ensurePackages() {
  const lock = await readFile(join(root, "package-lock.json"), "utf8");
  if ((await readFile(STAMP, "utf8").catch(() => null)) === lock) return;
  say("installing npm packages");

  await run("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], {
    missing: "npm was not found on PATH; it comes with Node from https://nodejs.org.",
    failed: "npm could not install the packages (see above); it needs to reach a package registry.",
  });
  await writeFile(STAMP, lock);
}

/** Refuses a Node that is too old for these scripts. */
export function requireNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > 20 || (major === 20 && minor >= 12)) return;
  throw new Failure(`Node 20.12 or newer is needed, this is ${process.versions.node}; get it from https://nodejs.org.`);
}
