// Many agents that answer simultaneously.

import { processorSeconds } from "../fixture/processes.ts";
import { microseconds } from "../model/server.ts";
import { bench, millisecondsSince, openMany, wordsIn } from "./bench.ts";

const DELTAS = 200;
/** Milliseconds between two words of the model. */
const PACE = 20;

for (const agents of [50, 200]) {
  bench(`${agents} agents at once`, async ({ app, note }) => {
    const sockets = await openMany(app, agents);
    const before = await processorSeconds(app.pid);
    const start = microseconds();
    await Promise.all(sockets.map((socket) => socket.end(socket.ask(`[[fake:words-${DELTAS}-${PACE}]]`))));
    const took = millisecondsSince(start) / 1000;
    const after = await processorSeconds(app.pid);
    if (sockets.some((socket) => wordsIn(socket) !== DELTAS)) throw new Error("an agent lost or repeated a delta");
    note({
      name: `${agents} agents, ${DELTAS} deltas each at ${1000 / PACE}/s`,
      unit: "s",
      samples: [took],
      target: (DELTAS * PACE) / 1000,
    });
    if (before !== null && after !== null) {
      note({ name: `${agents} agents, processor time`, unit: "s", samples: [after - before] });
    }
    for (const socket of sockets) socket.close();
  });
}
