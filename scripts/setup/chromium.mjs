// A Chromium for the browser tests: the system's, else Playwright's, else Debian's through apt.
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { exitCodeOf, Failure, output, root, run, say } from "../console.mjs";

const PROGRAMS = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** The path of the browser. */
export async function ensureChromium() {
  if (process.env.CHROMIUM) {
    if (existsSync(process.env.CHROMIUM)) return process.env.CHROMIUM;
    throw new Failure(`CHROMIUM names ${process.env.CHROMIUM}, which does not exist.`);
  }
  const present = (await onPath()) ?? playwrights();
  if (present) return present;
  say("installing Chromium for the browser tests");
  await exitCodeOf(join(root, "node_modules/.bin/playwright"), ["install", "chromium"], { timeout: 300_000 });
  const downloaded = playwrights();
  if (downloaded) return downloaded;
  const mend = "The browser tests need Chromium: install it with your system's package manager, or set CHROMIUM to one";
  if (process.getuid?.() !== 0) throw new Failure(`${mend} (as root this script could use apt).`);
  say("Playwright's download is out of reach; installing Debian's chromium with apt");
  const options = { failed: `${mend} (apt could not, see above).`, missing: `${mend} (there is no apt here).` };
  await run("apt-get", ["update", "-qq"], options);
  await run("apt-get", ["install", "-y", "-qq", "--no-install-recommends", "chromium"], options);
  const installed = await onPath();
  if (installed) return installed;
  throw new Failure(`${mend}.`);
}

async function onPath() {
  for (const program of PROGRAMS) {
    const path = await output("sh", ["-c", `command -v ${program}`]);
    if (path) return path.trim();
  }
  return null;
}

function playwrights() {
  const { chromium } = createRequire(join(root, "package.json"))("@playwright/test");
  const path = chromium.executablePath();
  return path && existsSync(path) ? path : null;
}
