// The Dockerfile, without Docker: what its last stage copies is enough to serve, even for an unprivileged user. And
// the unit for systemd, as far as systemd can verify it without running it.

import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmod, cp, mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { freePort } from "../fixture/app.ts";
import { expect, test } from "../fixture/test.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** The id of an unprivileged user. */
const NOBODY = 65_534;

interface Stage {
  copies: { from: string[]; to: string }[];
  environment: Record<string, string>;
  command: string[];
  lines: string[];
}

async function lastStage(): Promise<Stage> {
  const text = (await readFile(path.join(ROOT, "Dockerfile"), "utf8")).replace(/\\\n\s*/g, " ");
  const lines = text.slice(text.lastIndexOf("\nFROM ")).split("\n");
  const after = (word: string) => lines.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1));
  const copies = after("COPY").map((line) => {
    const paths = line.split(" ").filter((part) => !part.startsWith("--"));
    return { from: paths.slice(0, -1), to: paths.at(-1)! };
  });
  const pairs = after("ENV").flatMap((line) => line.split(" ")).map((pair) => pair.split("=", 2) as [string, string]);
  return { copies, environment: Object.fromEntries(pairs), command: JSON.parse(after("CMD")[0]!), lines };
}

test("the content of the image serves, unprivileged and without the rest of the checkout", async () => {
  test.setTimeout(180_000);
  const stage = await lastStage();
  const image = await mkdtemp(path.join(os.tmpdir(), "coder-image-"));
  const data = path.join(image, "data");
  try {
    const home = path.join(image, "coder");
    for (const { from, to } of stage.copies) {
      for (const source of from) {
        const inside = path.relative("/coder", source);
        const target = path.join(home, to, to.endsWith("/") ? path.basename(source) : "");
        // The tests use the development build.
        await cp(path.join(ROOT, inside.replace("build/release", "build/dev")), target, { recursive: true, dereference: true });
      }
    }
    await mkdir(data);
    await chmod(image, 0o755);
    const asNobody = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
    if (asNobody.uid) spawnSync("chown", [`${NOBODY}:${NOBODY}`, data]);
    const port = await freePort();
    const child = spawn(process.execPath, stage.command.slice(1), {
      cwd: home,
      ...asNobody,
      stdio: ["ignore", "pipe", "pipe"],
      env: { PATH: process.env.PATH, ...stage.environment, HOST: "127.0.0.1", PORT: String(port), DATA_DIR: data, PROVIDER: "demo" },
    });
    let log = "";
    const ready = new Promise<void>((resolve, reject) => {
      const read = (piece: Buffer) => {
        log += piece.toString();
        if (log.includes("Ready: ")) resolve();
      };
      child.stdout.on("data", read);
      child.stderr.on("data", read);
      child.once("close", (code) => reject(new Error(`it ended with ${code}:\n${log}`)));
    });
    try {
      await ready;
      // The health check of the image, word for word.
      const [, , ...check] = healthCheck(stage);
      const healthy = spawn(process.execPath, ["-e", check[0]!], { env: { PATH: process.env.PATH, PORT: String(port) } });
      expect((await once(healthy, "close"))[0], log).toBe(0);
    } finally {
      const ended = once(child, "close");
      child.kill("SIGTERM");
      await ended;
    }
  } finally {
    await rm(image, { recursive: true, force: true });
  }
});

function healthCheck({ lines }: Stage): string[] {
  const line = lines.find((line) => line.startsWith("HEALTHCHECK "))!;
  return JSON.parse(line.slice(line.indexOf("[")));
}

test("the image keeps its data in a volume and runs as nobody's account", async () => {
  const { lines, environment } = await lastStage();
  expect(lines).toContain(`VOLUME ${environment.DATA_DIR}`);
  expect(lines.find((line) => line.startsWith("USER "))).toMatch(/^USER \d+$/);
  const ignored = (await readFile(path.join(ROOT, ".dockerignore"), "utf8")).split("\n");
  for (const name of [".dev.vars*", ".git", ".data", "build", "target", "**/node_modules"]) expect(ignored).toContain(name);
});

test("systemd takes the unit and finds little to blame", async () => {
  const unit = path.join(ROOT, "deploy/coder.service");
  test.skip(spawnSync("systemd-analyze", ["--version"]).status !== 0, "systemd is not on this machine");
  const judged = spawnSync("systemd-analyze", ["security", "--offline=true", "--threshold=20", unit], { encoding: "utf8" });
  expect(judged.status, `${judged.stdout}${judged.stderr}`).toBe(0);
});
