// The memory of an agent that only keeps a connection.

import { memoryOf } from "../fixture/processes.ts";
import { RawSocket } from "../fixture/socket.ts";
import { bench, freshName, openMany } from "./bench.ts";

/** Milliseconds until the server is idle. */
const REST = 2_500;
const KILOBYTE = 1000;

bench("memory", async ({ ownApp, note }) => {
  const weight = async () => {
    await new Promise((resolve) => setTimeout(resolve, REST));
    return (await memoryOf(ownApp.pid))?.server ?? null;
  };
  const first = await RawSocket.open(ownApp.url, freshName());
  await first.end(first.ask("[[fake:words-5-0]]"));
  const one = await weight();
  if (one === null) return;
  note({ name: "memory with one agent", unit: "kB", samples: [one / KILOBYTE] });
  const idle: RawSocket[] = [];
  for (const agents of [200, 1000]) {
    idle.push(...(await openMany(ownApp, agents - idle.length)));
    const all = (await weight()) ?? NaN;
    const name = `memory of an idle agent with one connection, ${agents} of them`;
    note({ name, unit: "kB", samples: [(all - one) / agents / KILOBYTE] });
  }
  for (const socket of [first, ...idle]) socket.close();
});
