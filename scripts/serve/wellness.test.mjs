import assert from "node:assert/strict";
import { test } from "node:test";
import { Wellness } from "./wellness.mjs";

const WELL = { status: 200, text: '{"status":"ok"}' };

/** Examines each `[answer, bytes left]` in turn and returns the log. */
async function told(...looks) {
  const lines = [];
  let left;
  const wellness = new Wellness("/data", { write: (level, words) => lines.push(`${level}: ${words}`) }, async () => left);
  for (const [answer, bytes] of looks) {
    left = bytes;
    await wellness.look(answer);
  }
  return lines;
}

test("a server that is well is not spoken of", async () => {
  assert.deepEqual(await told([WELL, 1e9], [WELL, 1e9]), []);
});

test("a full disk is told once, and once that there is room again", async () => {
  assert.deepEqual(await told([WELL, 1e9], [WELL, 4096], [WELL, 0], [WELL, 1e9], [WELL, 1e9]), [
    "warn: The disk of /data is full: what is sent now cannot be kept. Make room on it; the server goes on by itself.",
    "info: There is room on the disk of /data again.",
  ]);
});

test("what /health says is told when it changes, whatever form it has", async () => {
  const bad = (text, status = 500) => [{ status, text }, 1e9];
  assert.deepEqual(await told(bad('{"error":"no key"}'), bad('{"error":"no key"}'), bad("a\n page", 507), [WELL, 1e9]), [
    "warn: /health says 500: no key",
    "warn: /health says 507: a page",
    "info: /health says that all is well again.",
  ]);
});
