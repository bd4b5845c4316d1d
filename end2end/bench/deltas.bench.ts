// The cost of an answer's words at the model's maximum speed.

import { processorSeconds } from "../fixture/processes.ts";
import { RawSocket } from "../fixture/socket.ts";
import { microseconds } from "../model/server.ts";
import { bench, freshName, millisecondsSince, wordsIn } from "./bench.ts";

const DELTAS = 5000;
const ROUNDS = 3;

for (const tabs of [1, 20]) {
  const to = tabs === 1 ? "1 tab" : `${tabs} tabs`;
  bench(`deltas to ${to}`, async ({ app, note }) => {
    const took: number[] = [];
    const used: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const name = freshName();
      const sockets = await Promise.all(Array.from({ length: tabs }, () => RawSocket.open(app.url, name)));
      const before = await processorSeconds(app.pid);
      const start = microseconds();
      const id = sockets[0]!.ask(`[[fake:words-${DELTAS}-0]]`);
      await Promise.all(sockets.map((socket) => socket.end(id)));
      took.push(millisecondsSince(start) / 1000);
      const after = await processorSeconds(app.pid);
      if (before !== null && after !== null) used.push(((after - before) * 1_000_000) / DELTAS);
      if (sockets.some((socket) => wordsIn(socket) !== DELTAS)) throw new Error("a tab did not get every delta once");
      for (const socket of sockets) socket.close();
    }
    const against = (what: string) => (tabs === 1 ? {} : { against: `${what} to 1 tab` });
    const [whole, delta] = [`${DELTAS} deltas at once`, "processor time of one delta"];
    note({ name: `${whole} to ${to}`, unit: "s", samples: took, ...against(whole) });
    if (used.length > 0) note({ name: `${delta} to ${to}`, unit: "µs", samples: used, ...against(delta) });
  });
}
