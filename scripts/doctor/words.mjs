// Titles, causes and fixes: those the page has too, and those of what only a terminal can check.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../console.mjs";

const read = (path) => JSON.parse(readFileSync(join(root, path), "utf8"));
const shared = read("common/src/doctor/words.json");
const closes = read("common/src/client/closes.json");
const own = read("scripts/doctor/words.json");

export const titles = { ...own.checks, ...shared.checks };
export const causes = { ...own.causes, ...shared.causes };

/** The server's words, or what its close code means. */
export function closeWords(code, reason) {
  return reason || closes[code] || `the server closed it with code ${code}`;
}

export const waiting = { word: "waiting" };
export const passed = (millis) => ({ word: "passed", millis });
export const failed = (millis, finding) => ({ word: "failed", millis, finding });
export const skipped = { word: "skipped" };
export const notAsked = { word: "not asked" };

/** An outcome as the page's report has it. */
export function lineOf(check, { word, millis, finding }) {
  const lines = [`[${word}] ${titles[check]}${millis === undefined ? "" : ` (${millis} ms)`}`];
  if (finding) {
    const [cause, fix] = causes[finding.cause];
    for (const [head, text] of [["Seen", finding.seen], ["Cause", cause], ["Fix", fix]]) {
      if (text) lines.push(`    ${head}: ${text}`);
    }
  }
  return lines.join("\n");
}
