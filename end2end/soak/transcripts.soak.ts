// Nothing is lost, nothing is answered twice, and the order is kept, although connections drop and the server is
// killed.

import { writeFile } from "node:fs/promises";
import { App } from "../fixture/app.ts";
import { memoryOf } from "../fixture/processes.ts";
import { expect, settingsFor, test } from "../fixture/test.ts";
import { figures } from "./figures.ts";
import { StormRecord } from "./record.ts";
import { settings } from "./settings.ts";
import { storm } from "./storm.ts";

/** Milliseconds between two measurements of the server's memory. */
const LOOK = 500;
/** Milliseconds besides the traffic. The waits have their own deadlines, which explain more and add up to less. */
const LONGEST = 1_200_000;
/** The same for each restart. */
const LONGEST_RESTART = 90_000;

test("transcripts outlive dropped connections and a killed server", async ({ model }, testInfo) => {
  const size = settings();
  test.setTimeout(size.seconds * 1000 + LONGEST + size.restarts * LONGEST_RESTART);
  const { connections, agents, seconds, restarts, seed, profile } = size;
  console.log(`${connections} connections, ${agents} agents, ${seconds} s, ${restarts} restarts, ${profile} build, seed ${seed}`);
  const app = await App.start({ settings: settingsFor(model), profile });
  const record = new StormRecord();
  let peak = 0;
  let calls = 0;
  const look = setInterval(() => {
    // A request contains the whole transcript: keeping them would fill this process's memory.
    calls += model.requests.splice(0).length;
    if (app.isUp) void memoryOf(app.pid).then((memory) => (peak = Math.max(peak, memory?.all ?? 0)));
  }, LOOK);
  try {
    await storm(app, record, size).catch((error: Error) => record.faults.unshift(error.message));
    calls += model.requests.splice(0).length;
    console.log(figures(record, { calls, peak }));
    record.faults.push(...model.faults.map((fault) => `a request to the model: ${fault}`));
    if (record.faults.length > 0) {
      await writeFile(testInfo.outputPath("server.log"), app.log);
      console.log(`The server's log: ${testInfo.outputPath("server.log")}; once more with --seed ${seed}`);
    }
    expect(record.faults.join("\n"), "nothing lost, doubled or out of order").toBe("");
  } finally {
    clearInterval(look);
    await app.dispose();
  }
});
