// Beside the web app of opencode, in one run: both answer from a fake model, in the same browser.
//
// The neighbour is no part of this project. Start one, and give its address:
//
//     NEIGHBOUR=http://127.0.0.1:4096 npm run bench -- neighbour
//
// Its provider, of the kind `@ai-sdk/openai-compatible`, has the base URL http://127.0.0.1:4097/v1, where this benchmark
// answers as the model (`NEIGHBOUR_MODEL_PORT` names another port), and its `model` is one of that provider.

import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { expect, type Locator, type Page } from "@playwright/test";
import type { App } from "../fixture/app.ts";
import { FakeModel, microseconds } from "../model/server.ts";
import { bench, freshName, heapOf, millisecondsSince } from "./bench.ts";
import { quantile } from "./quantile.ts";

const NEIGHBOUR = process.env.NEIGHBOUR;
const MODEL_PORT = Number(process.env.NEIGHBOUR_MODEL_PORT ?? 4097);
const PAGES = 5;
const TURNS = 10;
/** Milliseconds after which a page that can be written in has loaded everything, and an answer is over. */
const REST = 3_000;
const KILOBYTE = 1_000;

declare global {
  interface Window {
    firstText: Promise<number>;
  }
}

/** An app to be measured. */
interface Rival {
  /** The address of a new conversation. */
  fresh: () => Promise<string>;
  field: (page: Page) => Locator;
  /** The element that the answers are in. */
  answers: string;
}

const ours = (app: App): Rival => ({
  fresh: async () => `${app.url}/chat/${freshName()}`,
  field: (page) => page.getByRole("textbox", { name: "Message" }),
  answers: "[role=log]",
});

const neighbour = (origin: string, folder: string): Rival => ({
  fresh: async () => {
    const response = await fetch(`${origin}/session?directory=${encodeURIComponent(folder)}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: "{}",
    });
    const { id } = (await response.json()) as { id: string };
    return `${origin}/${Buffer.from(folder).toString("base64url")}/session/${id}`;
  },
  field: (page) => page.locator("[contenteditable=true], textarea").first(),
  answers: "body",
});

/** The figures of an app, by name. */
type Figures = Record<"first input" | "transferred" | "heap" | "Enter to first text", number[]>;

/** What the issue of the page demands of ours, as a part of the neighbour's. */
const PARTS: Record<keyof Figures, { part: number; unit: string }> = {
  "first input": { part: 1 / 4, unit: "ms" },
  "transferred": { part: 1 / 10, unit: "kB" },
  "heap": { part: 1 / 5, unit: "MB" },
  "Enter to first text": { part: 1 / 8, unit: "ms" },
};

bench("beside a neighbour", async ({ app, browser, note }) => {
  bench.skip(!NEIGHBOUR, "NEIGHBOUR is not set: there is nothing to measure beside");
  bench.setTimeout(600_000);
  const model = await FakeModel.start(MODEL_PORT);
  const folder = await mkdtemp(path.join(os.tmpdir(), "neighbour-"));
  const rivals = { ours: ours(app), neighbour: neighbour(NEIGHBOUR!, folder) };
  const figures = { ours: none(), neighbour: none() };
  // In turns, so that a busy moment of the machine hits both.
  for (let round = 0; round < PAGES; round++) {
    for (const who of ["ours", "neighbour"] as const) {
      const page = await browser.newPage();
      await load(page, rivals[who], figures[who]);
      await page.close();
    }
  }
  for (const who of ["ours", "neighbour"] as const) {
    const page = await browser.newPage();
    await talk(page, rivals[who], figures[who]);
    await page.close();
  }
  await model.close();
  await rm(folder, { recursive: true, force: true });
  for (const name of Object.keys(PARTS) as (keyof Figures)[]) {
    const { part, unit } = PARTS[name];
    const theirs = figures.neighbour[name];
    note({ name: `${name}, neighbour`, unit, samples: theirs });
    note({ name, unit, samples: figures.ours[name], target: quantile(theirs, 0.5) * part, against: `${name}, neighbour` });
  }
});

const none = (): Figures => ({ "first input": [], "transferred": [], "heap": [], "Enter to first text": [] });

/** Opens a new conversation with an empty cache, and writes a letter as soon as it stays. */
async function load(page: Page, rival: Rival, figures: Figures): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  await session.send("Network.setCacheDisabled", { cacheDisabled: true });
  let bytes = 0;
  session.on("Network.loadingFinished", ({ encodedDataLength }) => (bytes += encodedDataLength));
  const address = await rival.fresh();
  const start = microseconds();
  await page.goto(address, { waitUntil: "commit" });
  const field = rival.field(page);
  await expect(async () => {
    await field.press("a", { timeout: 1_000 });
    expect(await contentOf(field)).toContain("a");
  }).toPass({ intervals: [20], timeout: 60_000 });
  figures["first input"].push(millisecondsSince(start));
  await page.waitForTimeout(REST);
  figures.transferred.push(bytes / KILOBYTE);
}

/** Asks again and again in one conversation. The first answer is not measured: it loads more of the page. */
async function talk(page: Page, rival: Rival, figures: Figures): Promise<void> {
  await page.goto(await rival.fresh());
  const field = rival.field(page);
  for (let turn = 0; turn <= TURNS; turn++) {
    await field.click();
    await page.keyboard.type(`[[fake:words-2-0]] ${turn}`);
    await page.evaluate(watchForText, rival.answers);
    await page.keyboard.press("Enter");
    const taken = await page.evaluate(() => window.firstText);
    if (turn > 0) figures["Enter to first text"].push(taken);
    await page.waitForTimeout(REST);
  }
  figures.heap.push(await heapOf(page));
}

async function contentOf(field: Locator): Promise<string> {
  return field.evaluate((element) => (element as HTMLTextAreaElement).value ?? element.textContent ?? "");
}

/** Runs in the page: measures from the press of Enter to the first word of the next answer in the document. */
function watchForText(answers: string): void {
  const words = () => document.querySelector(answers)?.textContent?.match(/word0/g)?.length ?? 0;
  const before = words();
  window.firstText = new Promise((resolve) => {
    let sent = 0;
    document.addEventListener("keydown", (event) => (sent = event.timeStamp), { once: true, capture: true });
    const observer = new MutationObserver(() => {
      if (words() === before) return;
      observer.disconnect();
      resolve(performance.now() - sent);
    });
    observer.observe(document.body, { childList: true, characterData: true, subtree: true });
  });
}
