// What a long conversation costs its reader.

import { expect, type CDPSession, type Page } from "@playwright/test";
import { RawSocket } from "../fixture/socket.ts";
import { microseconds } from "../model/server.ts";
import { bench, freshName, heapOf, millisecondsSince, paragraphs, samples } from "./bench.ts";

const DELTAS = 5000;
const ROUNDS = 3;
/** Milliseconds between two words: as a quick model writes. */
const PACE = 1;
const CALLS = 1000;
/** Calls in one turn. */
const STEPS = 20;

declare global {
  interface Window {
    /** Milliseconds of each task that held the page's thread for over 50 ms. */
    longTasks: number[];
  }
}

for (const what of ["prose", "code"]) {
  bench(`an answer of ${DELTAS} words of ${what} in the page`, async ({ chat, note, page }) => {
    await page.addInitScript(observeLongTasks);
    const longest: number[] = [];
    const long: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      await chat.open(freshName());
      await chat.send("Good morning");
      await chat.settled();
      // Pieces of the page that the first answer fetched are compiled before the measured answer begins.
      await page.evaluate(() => window.longTasks.splice(0));
      await chat.send(`[[fake:long-${what}-${DELTAS}-${PACE}]]`);
      await expect(chat.answers.last()).toContainText(`word${DELTAS - 1}`, { timeout: 60_000 });
      await chat.settled();
      const tasks = await page.evaluate(() => window.longTasks);
      longest.push(Math.max(0, ...tasks));
      long.push(tasks.length);
    }
    note({ name: `longest task while ${DELTAS} words of ${what} arrive (0: none over 50)`, unit: "ms", samples: longest, target: 50 });
    note({ name: `tasks over 50 ms while ${DELTAS} words of ${what} arrive`, unit: "", samples: long });
  });
}

/** Runs in the page. */
function observeLongTasks(): void {
  window.longTasks = [];
  const observer = new PerformanceObserver((list) => window.longTasks.push(...list.getEntries().map(({ duration }) => duration)));
  observer.observe({ type: "longtask" });
}

bench("a page with 2,000 messages", async ({ app, chat, note, page }) => {
  const name = freshName();
  const socket = await RawSocket.open(app.url, name);
  socket.send({ type: "cf_agent_chat_messages", messages: paragraphs(2000) });
  socket.send({ type: "cf_agent_stream_resume_request", probeId: "stored" });
  await socket.frame(({ probeId }) => probeId === "stored");
  socket.close();
  const address = `${app.url}/chat/${name}`;
  const firstBytes = await samples(9, async () => {
    const start = microseconds();
    const response = await fetch(address);
    const taken = millisecondsSince(start);
    await response.text();
    return taken;
  });
  note({ name: "first byte of the page with 2,000 messages", unit: "ms", samples: firstBytes, target: 100 });
  await chat.open(name);
  note({ name: "heap of the page with 2,000 messages", unit: "MB", samples: [await heapOf(page)] });
});

bench(`a page with ${CALLS} tool calls`, async ({ chat, note, page }) => {
  await chat.open(freshName());
  for (let called = 0; called < CALLS; called += STEPS) {
    // Equal calls in a row would end with the question whether to continue.
    await chat.send(`[[fake:steps-${STEPS}:tool:find:{"glob":"*.#"}]]`);
    await expect(chat.answers).toHaveCount(called / STEPS + 1);
    await chat.settled();
  }
  note({ name: `heap of the page after ${CALLS} tool calls`, unit: "MB", samples: [await heapOf(page)] });
});

bench("first input", async ({ app, note, page }) => {
  const session = await page.context().newCDPSession(page);
  await session.send("Network.setCacheDisabled", { cacheDisabled: true });
  note({ name: "first input accepted", unit: "ms", samples: await samples(5, () => firstInput(page, app.url)), target: 500 });
  await slow(session);
  const name = "first input accepted at 1.6 Mbit/s, 150 ms, CPU / 4";
  note({ name, unit: "ms", samples: await samples(3, () => firstInput(page, app.url)), target: 1500 });
});

/** Milliseconds until a letter that is typed into the composer stays there. */
async function firstInput(page: Page, origin: string): Promise<number> {
  await page.goto("about:blank");
  const start = microseconds();
  await page.goto(`${origin}/chat/${freshName()}`, { waitUntil: "commit" });
  const composer = page.getByRole("textbox", { name: "Message" });
  await composer.pressSequentially("a");
  await expect(composer).toHaveValue("a");
  const taken = millisecondsSince(start);
  await expect(page.locator("html[data-hydrated]")).toBeAttached({ timeout: 60_000 });
  await expect(composer).toHaveValue("a");
  return taken;
}

async function slow(session: CDPSession): Promise<void> {
  const bytesPerSecond = 1_600_000 / 8;
  const network = { offline: false, latency: 150, downloadThroughput: bytesPerSecond, uploadThroughput: bytesPerSecond };
  await session.send("Network.emulateNetworkConditions", network);
  await session.send("Emulation.setCPUThrottlingRate", { rate: 4 });
}
