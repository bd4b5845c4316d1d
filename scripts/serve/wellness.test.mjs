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

test("a healthy server logs nothing", async () => {
  assert.deepEqual(await told([WELL, 1e9], [WELL, 1e9]), []);
});

test("a full disk is logged once, and once more when there is space again", async () => {
  assert.deepEqual(await told([WELL, 1e9], [WELL, 4096], [WELL, 0], [WELL, 1e9], [WELL, 1e9]), [
    "warn: The disk of /data is full: new messages cannot be stored. Free some space; the server recovers by itself.",
    "info: There is room on the disk of /data again.",
  ]);
});

test("the answer of /health is logged when it changes, in any format", async () => {
  const bad = (text, status = 500) => [{ status, text }, 1e9];
  assert.deepEqual(await told(bad('{"error":"no key"}'), bad('{"error":"no key"}'), bad("a\n page", 507), [WELL, 1e9]), [
    "warn: /health says 500: no key",
    "warn: /health says 507: a page",
    "info: /health reports that the server is healthy again.",
  ]);
});
