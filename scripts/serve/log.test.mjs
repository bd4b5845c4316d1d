import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { Failure } from "../console.mjs";
import { Log, LogFile, logFrom, readLine } from "./log.mjs";

/** A log with a manual clock, and the lines it printed. */
function recorded(options = {}) {
  const lines = [];
  const clock = { now: Date.parse("2026-01-01T00:00:00Z") };
  const log = new Log({ ...options, print: (level, line) => lines.push(`${level}: ${line}`), now: () => clock.now });
  return { log, lines, clock };
}

test("a repeated error is logged once a second, with the count of the others", () => {
  const { log, lines, clock } = recorded();
  for (let time = 0; time < 25; time++) {
    log.write("error", `disk full at block ${time}`);
    clock.now += 100;
  }
  clock.now += 1_000;
  log.flush();
  assert.deepEqual(lines, [
    "error: disk full at block 0",
    "error: disk full at block 9 (9 times more)",
    "error: disk full at block 10",
    "error: disk full at block 19 (9 times more)",
    "error: disk full at block 20",
    "error: disk full at block 24 (4 times more)",
  ]);
});

test("pending counts are logged at the end, and another text counts as another error", () => {
  const { log, lines } = recorded();
  for (const words of ["one", "two", "one", "one"]) log.write("warn", words);
  log.flush();
  assert.deepEqual(lines, ["warn: one", "warn: two"]);
  log.flush(true);
  assert.deepEqual(lines.slice(2), ["warn: one (2 times more)"]);
});

test("lines that are not errors, and records, are logged each time", () => {
  const { log, lines } = recorded();
  for (const _ of [1, 2]) {
    log.write("info", "hello");
    log.write("error", { event: "turn", outcome: "failed" });
  }
  assert.equal(lines.length, 4);
});

test("lines below LOG_LEVEL are not logged", () => {
  const { log, lines } = recorded({ level: "warn" });
  for (const level of ["debug", "info", "warn", "error"]) log.write(level, level);
  assert.deepEqual(lines, ["warn: warn", "error: error"]);
});

test("JSON logs have one object per line, with the fields of the event", () => {
  const { log, lines } = recorded({ format: "json" });
  log.write("info", "two\nlines");
  log.write("warn", { event: "turn", milliseconds: 5 });
  assert.deepEqual(
    lines.map((line) => JSON.parse(line.replace(/^\w+: /, ""))),
    [
      { time: "2026-01-01T00:00:00.000Z", level: "info", message: "two\nlines" },
      { time: "2026-01-01T00:00:00.000Z", level: "warn", event: "turn", milliseconds: 5 },
    ],
  );
});

test("lines of the runtime keep their level, and plain ones are errors", () => {
  for (const [line, expected] of [
    ['{"timestamp":1,"level":"log","message":"hello"}', ["info", "hello"]],
    ['{"timestamp":1,"level":"warn","message":"careful"}', ["warn", "careful"]],
    ['{"timestamp":1,"level":"debug","message":"detail"}', ["debug", "detail"]],
    ['{"timestamp":"1","level":"error","message":"gone","source":"x:1"}', ["error", "gone"]],
    ['{"timestamp":1,"level":"log","message":"{\\"event\\":\\"turn\\"}"}', ["info", { event: "turn" }]],
    ['{"level":"log"', ["error", '{"level":"log"']],
    ["workerd: cannot bind", ["error", "workerd: cannot bind"]],
    ["null", ["error", "null"]],
  ]) {
    assert.deepEqual(readLine(line), expected, line);
  }
});

test("a full log file is rotated, and only a few old files are kept", () => {
  const folder = mkdtempSync(join(tmpdir(), "coder-log-"));
  try {
    const path = join(folder, "log");
    const file = new LogFile(path, { size: 100, files: 3 });
    for (let line = 0; line < 40; line++) file.write(`line ${line} ${"x".repeat(30)}`);
    for (const name of [path, `${path}.1`, `${path}.2`]) assert.ok(statSync(name).size <= 100, name);
    assert.ok(!existsSync(`${path}.3`));
    assert.match(readFileSync(path, "utf8"), /line 39/);
    assert.equal(statSync(path).mode & 0o077, 0, "for this user's eyes");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("a log file that could not be rotated is written again once it can be", () => {
  const folder = mkdtempSync(join(tmpdir(), "coder-log-"));
  try {
    const path = join(folder, "log");
    const file = new LogFile(path, { size: 100, files: 2 });
    file.write("x".repeat(90));
    // A folder that is not empty cannot be replaced by a file.
    mkdirSync(join(folder, "log.1/in"), { recursive: true });
    for (let line = 0; line < 3; line++) file.write(`lost ${line} ${"x".repeat(30)}`);
    rmSync(join(folder, "log.1"), { recursive: true });
    file.write("back");
    file.write("again");
    assert.match(readFileSync(`${path}.1`, "utf8"), /back\n$/);
    assert.equal(readFileSync(path, "utf8"), "again\n");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("an output that cannot be written or read does not end the server", { skip: !existsSync("/dev/full") && "no device that is always full" }, () => {
  const program = `
    import { Log } from ${JSON.stringify(import.meta.resolve("./log.mjs"))};
    const log = new Log({});
    for (const level of ["info", "error"]) log.write(level, "words");
    setTimeout(() => process.exit(7), 50);
  `;
  const full = openSync("/dev/full", "w");
  const { status } = spawnSync(process.execPath, ["--input-type=module", "-e", program], { stdio: ["ignore", full, full] });
  closeSync(full);
  assert.equal(status, 7);
});

test("invalid settings are refused", () => {
  for (const environment of [{ LOG_LEVEL: "loud" }, { LOG_FORMAT: "xml" }, { LOG_FILE: "/nowhere/at/all" }]) {
    assert.throws(() => logFrom(environment), Failure, JSON.stringify(environment));
  }
});
