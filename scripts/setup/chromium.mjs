// A Chromium for the browser tests: the system's, else Playwright's, else Debian's through apt.
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { exitCodeOf, Failure, root, say } from "../console.mjs";
import { install, onPath } from "./apt.mjs";

const PROGRAMS = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** The path of the browser. */
export async function ensureChromium() {
  if (process.env.CHROMIUM) {
    if (existsSync(process.env.CHROMIUM)) return process.env.CHROMIUM;
    throw new Failure(`CHROMIUM names ${process.env.CHROMIUM}, which does not exist.`);
  }
  const present = (await onPath(...PROGRAMS)) ?? playwrights();
  if (present) return present;
  say("installing Chromium for the browser tests");
  await exitCodeOf(join(root, "node_modules/.bin/playwright"), ["install", "chromium"], { timeout: 300_000 });
  const downloaded = playwrights();
  if (downloaded) return downloaded;
  const mend = "The browser tests need Chromium: install it with your system's package manager, or set CHROMIUM to one";
  say("Playwright's download cannot be reached");
  await install("chromium", mend);
  const installed = await onPath(...PROGRAMS);
  if (installed) return installed;
  throw new Failure(`${mend}.`);
}

function playwrights() {
  const { chromium } = createRequire(join(root, "package.json"))("@playwright/test");
  const path = chromium.executablePath();
  return path && existsSync(path) ? path : null;
}
