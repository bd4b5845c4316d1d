// The npm packages of a folder's package-lock.json, installed again only when that file has changed.
import { readFile, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { Failure, root, run, say } from "../console.mjs";

/** `flags` go to npm, such as `--ignore-scripts` for packages that need no install script. */
export async function ensurePackages(folder = root, ...flags) {
  const stamp = join(folder, "node_modules/.installed-lock.json");
  const lock = await readFile(join(folder, "package-lock.json"), "utf8");
  if ((await readFile(stamp, "utf8").catch(() => null)) === lock) return;
  say(folder === root ? "installing npm packages" : `installing the npm packages of ${relative(root, folder)}`);

  await run("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error", ...flags], {
    cwd: folder,
    missing: "npm was not found on PATH; it comes with Node from https://nodejs.org.",
    failed: "npm could not install the packages (see above); it needs to reach a package registry.",
  });
  await writeFile(stamp, lock);
}

/** Fails when Node is too old for these scripts. */
export function requireNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > 20 || (major === 20 && minor >= 12)) return;
  throw new Failure(`Node 20.12 or newer is needed, this is ${process.versions.node}; get it from https://nodejs.org.`);
}
