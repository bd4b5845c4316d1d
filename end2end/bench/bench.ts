// The fixture of all benchmarks: the release build with the fake model, and a collector for the figures.

import type { Page } from "@playwright/test";
import { App } from "../fixture/app.ts";
import { RawSocket } from "../fixture/socket.ts";
import { settingsFor, test as base } from "../fixture/test.ts";
import { microseconds } from "../model/server.ts";
import type { Figure } from "./report.ts";

const MEGABYTE = 1_000_000;

interface BenchFixtures {
  /** Records a figure with its samples, for the table at the end. */
  note: (figure: Figure) => void;
  /** A server for this benchmark only, to be measured or restarted. */
  ownApp: App;
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

  ownApp: async ({ model }, use) => {
    const app = await App.start({ settings: settingsFor(model), profile: "release" });
    await use(app);
    await app.dispose();
  },

  note: async ({}, use, testInfo) => {
    const figures: Figure[] = [];
    await use((figure) => figures.push(figure));
    await testInfo.attach("figures", { body: JSON.stringify(figures), contentType: "application/json" });
  },
});

/** The first turns of a process are slower, since its code is compiled. */
async function warmUp(app: App): Promise<void> {
  const socket = await RawSocket.open(app.url, "warm-up");
  for (let turn = 0; turn < 5; turn++) await socket.end(socket.ask("[[fake:words-100-0]]"));
  socket.close();
}

export function isDelta(frame: Record<string, unknown>): boolean {
  return typeof frame.body === "string" && frame.body.includes('"text-delta"');
}

/** The number of the model's deltas in the received frames. */
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

/** Milliseconds since a moment of the process clock. */
export function millisecondsSince(start: number): number {
  return (microseconds() - start) / 1000;
}

/** Megabytes that the page keeps after a collection: objects of JavaScript and the memory of wasm. */
export async function heapOf(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send("HeapProfiler.collectGarbage");
  const { usedSize, backingStorageSize } = await session.send("Runtime.getHeapUsage");
  await session.detach();
  return (usedSize + backingStorageSize) / MEGABYTE;
}

/** `count` sockets to separate agents, not all opened at the same moment, which no server is expected to bear. */
export async function openMany(app: App, count: number): Promise<RawSocket[]> {
  const sockets: RawSocket[] = [];
  while (sockets.length < count) {
    const some = Math.min(20, count - sockets.length);
    sockets.push(...(await Promise.all(Array.from({ length: some }, () => RawSocket.open(app.url, freshName())))));
  }
  return sockets;
}

/** A transcript of `count` messages, each about as long as a paragraph. */
export function paragraphs(count: number): object[] {
  return Array.from({ length: count }, (_, index) => ({
    id: `message-${index}`,
    role: index % 2 === 0 ? "user" : "assistant",
    parts: [{ type: "text", text: `message ${index} ${"lorem ipsum dolor sit amet ".repeat(10)}` }],
  }));
}
