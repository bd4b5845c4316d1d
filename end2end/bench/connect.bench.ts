// The time from the first byte of a connection to the agent's identity.

import type { App } from "../fixture/app.ts";
import { RawSocket, type Frame } from "../fixture/socket.ts";
import { microseconds } from "../model/server.ts";
import { bench, freshName, samples } from "./bench.ts";

const isIdentity = ({ type }: Frame) => type === "cf_agent_identity";
const AWAKE = "connect to identity, agent awake";

async function identity(app: App, name: string): Promise<number> {
  const start = microseconds();
  const socket = await RawSocket.open(app.url, name);
  await socket.frame(isIdentity);
  const at = socket.arrivals[socket.frames.findIndex(isIdentity)]!.at;
  socket.close();
  return (at - start) / 1000;
}

bench("connect to an agent that is awake, or new", async ({ app, note }) => {
  const name = freshName();
  const keepsAwake = await RawSocket.open(app.url, name);
  note({ name: AWAKE, unit: "ms", samples: await samples(25, () => identity(app, name)) });
  keepsAwake.close();
  const fresh = await samples(25, () => identity(app, freshName()));
  note({ name: "connect to identity, new agent", unit: "ms", samples: fresh, against: AWAKE });
});

bench("connect to an agent that is stored", async ({ ownApp, note }) => {
  const names = Array.from({ length: 20 }, freshName);
  for (const name of names) {
    const socket = await RawSocket.open(ownApp.url, name);
    await socket.end(socket.ask("[[fake:words-5-0]]"));
    socket.close();
  }
  await ownApp.restart();
  const asleep = [...names];
  const stored = await samples(names.length, () => identity(ownApp, asleep.pop()!));
  note({ name: "connect to identity, stored agent", unit: "ms", samples: stored, against: AWAKE });
});
