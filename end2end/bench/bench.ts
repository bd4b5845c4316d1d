// The fixture of all benchmarks: the release build before the fake model, and a place for the figures.

import { App } from "../fixture/app.ts";
import { RawSocket } from "../fixture/socket.ts";
import { settingsFor, test as base } from "../fixture/test.ts";
import type { Figure } from "./report.ts";

interface BenchFixtures {
  /** Notes one figure with its samples, for the table at the end. */
  note: (figure: Figure) => void;
}

export const bench = base.extend<BenchFixtures>({
  app: [
    async ({ model }, use) => {
      const app = await App.start({ settings: settingsFor(model), profile: "release" });
      await warmUp(app);
      await use(app);
      await app.dispose();
    },
    { scope: "worker", timeout: 180_000 },
  ],

  note: async ({}, use, testInfo) => {
    const figures: Figure[] = [];
    await use((figure) => figures.push(figure));
    await testInfo.attach("figures", { body: JSON.stringify(figures), contentType: "application/json" });
  },
});

/** The first turns of a process pay for compiling its code. */
async function warmUp(app: App): Promise<void> {
  const socket = await RawSocket.open(app.url, "warm-up");
  for (let turn = 0; turn < 5; turn++) await socket.end(socket.ask("[[fake:words-100-0]]"));
  socket.close();
}

export function isDelta(frame: Record<string, unknown>): boolean {
  return typeof frame.body === "string" && frame.body.includes('"text-delta"');
}

/** How many deltas of the model the received frames carry. */
export function wordsIn(socket: RawSocket): number {
  return socket.frames
    .filter(isDelta)
    .reduce((sum, { body }) => sum + (String(body).match(/word\d+/g)?.length ?? 0), 0);
}

let serial = 0;
export function freshName(): string {
  return `bench-${process.pid}-${serial++}`;
}

/** `count` samples, one after the other. */
export async function samples(count: number, measure: () => Promise<number>): Promise<number[]> {
  const taken: number[] = [];
  for (let index = 0; index < count; index++) taken.push(await measure());
  return taken;
}
