// A reliable server: whichever of its processes is killed, nothing is left behind and everything restarts.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { request } from "node:http";
import type { App } from "../fixture/app.ts";
import { refusedStart } from "../fixture/app.ts";
import { processesOf } from "../fixture/processes.ts";
import { RawSocket } from "../fixture/socket.ts";
import { settingsFor } from "../fixture/test.ts";
import { storedMessages } from "../fixture/transcript.ts";
import { expect, test } from "../fixture/test.ts";

test.skip(process.platform !== "linux", "the processes are found in /proc");
// wrangler manages its own processes.
test.skip(({ runtime }) => runtime !== "workerd", "one of plain workerd");

const DEMO = { settings: { PROVIDER: "demo" } };

for (const victim of ["guard", "workerd"]) {
  test(`a server whose ${victim} is killed serves again, with everything it had`, async ({ model, name, startApp }) => {
    const app = await startApp({ settings: settingsFor(model) });
    const socket = await RawSocket.open(app.url, name);
    await socket.end(socket.ask("Hello."));
    const before = await storedMessages(app.url, name);
    expect(before).toHaveLength(2);

    const old = await all(app);
    process.kill(old.get(victim)!, "SIGKILL");
    await expect.poll(() => app.log).toContain("The server is back.");
    expect(await storedMessages(app.url, name)).toEqual(before);
    expect(alive([old.get("guard")!, old.get("workerd")!]), "nothing of the old group is left").toEqual([]);
  });
}

test("a server whose start script is killed outright ends whole", async ({ startApp }) => {
  const app = await startApp(DEMO);
  const tree = [...(await all(app)).values()];
  expect(tree.length, "node, guard and workerd").toBe(3);
  process.kill(app.pid, "SIGKILL");
  await expect.poll(() => alive(tree)).toEqual([]);
  await app.kill();
  await app.launch();
});

test("a server whose npm is killed outright ends whole", async ({ startApp }) => {
  // Its port is free again and known to work.
  const app = await startApp(DEMO);
  await app.stop();
  const npm = spawn("npm", ["start"], { env: app.environment, stdio: ["ignore", "pipe", "inherit"], detached: true });
  let output = "";
  npm.stdout.on("data", (piece: Buffer) => (output += piece.toString()));
  await expect.poll(() => output, { timeout: 30_000 }).toContain("Ready:");
  const tree = (await processesOf(npm.pid!))!.map(({ id }) => id);
  npm.kill("SIGKILL");
  await expect.poll(() => alive(tree), { timeout: 20_000 }).toEqual([]);
  await app.launch();
});

test("a runtime that hangs is started again", async ({ name, startApp }) => {
  const app = await startApp({ settings: { PROVIDER: "demo", HEALTH_DEADLINE: "1" } });
  const hung = (await all(app)).get("workerd")!;
  process.kill(hung, "SIGSTOP");
  await expect.poll(() => app.log, { timeout: 20_000 }).toContain("did not answer for 1 s");
  await expect.poll(() => app.log).toContain("The server is back.");
  expect(alive([hung])).toEqual([]);
  const socket = await RawSocket.open(app.url, name);
  await socket.end(socket.ask("Hello."));
});

test("the signal to end lets a request end, takes no new ones, and gives 0", async ({ name, startApp }) => {
  const app = await startApp({ settings: { PROVIDER: "demo", DRAIN_SECONDS: "15" } });
  const upload = request(`${app.url}/agents/coderagent/${name}/files/late.txt`, { method: "PUT", agent: false });
  const answered = once(upload, "response");
  upload.write("the first half, ");
  // When the server answers another request, it has accepted this one.
  await fetch(`${app.url}/health`);
  const ended = app.ended();
  process.kill(app.pid, "SIGTERM");
  await expect.poll(() => isServed(app)).toBe(false);
  upload.end("and the second one");
  const [response] = await answered;
  expect(response.statusCode).toBeLessThan(300);
  expect(await ended).toBe(0);
});

test("a second signal stops the server at once, despite open sockets", async ({ name, startApp }) => {
  const app = await startApp({ settings: { PROVIDER: "demo", DRAIN_SECONDS: "60" } });
  const socket = await RawSocket.open(app.url, name);
  const tree = [...(await all(app)).values()];
  const ended = app.ended();
  process.kill(app.pid, "SIGTERM");
  await expect.poll(() => isServed(app)).toBe(false);
  process.kill(app.pid, "SIGTERM");
  expect(await ended).toBe(0);
  await expect.poll(() => alive(tree)).toEqual([]);
  socket.close();
});

test("a data folder has one server, also while a killed one is still ending", async ({ startApp }) => {
  const app = await startApp(DEMO);
  const second = await refusedStart(app.dataFolder, DEMO);
  expect(second).toEqual({ code: 1, output: expect.stringContaining(`is in use by the server on port ${app.port}; end that one first`) });
  expect(second.output).not.toMatch(/^ +at /m);

  const processes = await all(app);
  // Neither can end while it is stopped.
  const left = [processes.get("guard")!, processes.get("workerd")!];
  for (const id of left) process.kill(id, "SIGSTOP");
  process.kill(app.pid, "SIGKILL");
  const third = await refusedStart(app.dataFolder, DEMO);
  expect(third).toEqual({ code: 1, output: expect.stringContaining("is in use by the server on port") });

  for (const id of left) process.kill(id, "SIGCONT");
  await expect.poll(() => alive(left)).toEqual([]);
  await app.kill();
  await app.launch();
});

/** The processes of the app, by program. */
async function all(app: App): Promise<Map<string, number>> {
  return new Map((await processesOf(app.pid))!.map(({ id, command }) => [command, id]));
}

/** Whether a new connection gets an answer. The system may accept it although nobody answers. */
function isServed(app: App): Promise<boolean> {
  return new Promise((settle) => {
    const asked = request(`${app.url}/health`, { agent: false, timeout: 1_000 }, (response) => {
      response.resume();
      settle(true);
    });
    asked.once("error", () => settle(false));
    asked.once("timeout", () => asked.destroy(new Error("no answer")));
    asked.end();
  });
}

/** The running processes among these. An ended one stays in the table until its parent waits for it, possibly forever. */
function alive(ids: number[]): number[] {
  return ids.filter((id) => {
    try {
      return !/^State:\tZ/m.test(readFileSync(`/proc/${id}/status`, "utf8"));
    } catch {
      return false;
    }
  });
}
