// The app from the user's point of view.

import { brotliCompressSync, gzipSync } from "node:zlib";
import { expect } from "../fixture/test.ts";
import { bench, freshName, samples } from "./bench.ts";

interface Seen {
  sent: number;
  inDocument: number;
  painted: number;
}

declare global {
  interface Window {
    seen: Promise<Seen>;
  }
}

bench("text on the screen", async ({ chat, note, page }) => {
  const seen: Seen[] = [];
  await chat.open(freshName());
  await chat.connected();
  for (let turn = 0; turn < 25; turn++) {
    await chat.composer.fill(`[[fake:words-2-0]] ${turn}`);
    await page.evaluate(watchForAnswer);
    await page.keyboard.press("Enter");
    seen.push(await page.evaluate(() => window.seen));
    await expect(chat.answers).toHaveCount(turn + 1);
    await chat.settled();
  }
  note({
    name: "Enter to first text in the document",
    unit: "ms",
    samples: seen.map(({ sent, inDocument }) => inDocument - sent),
  });
  note({
    name: "Enter to first text on the screen",
    unit: "ms",
    samples: seen.map(({ sent, painted }) => painted - sent),
    target: 30,
  });
});

/** Runs in the page: records when Enter is pressed, when the first word of the next answer appears, and the frame after it. */
function watchForAnswer(): void {
  const answers = () => document.querySelector("[role=log]")?.textContent?.match(/word0/g)?.length ?? 0;
  const before = answers();
  window.seen = new Promise((resolve) => {
    let sent = 0;
    document.addEventListener("keydown", (event) => (sent = event.timeStamp), { once: true, capture: true });
    const observer = new MutationObserver(() => {
      if (answers() === before) return;
      observer.disconnect();
      const inDocument = performance.now();
      requestAnimationFrame(() => resolve({ sent, inDocument, painted: performance.now() }));
    });
    observer.observe(document.body, { childList: true, characterData: true, subtree: true });
  });
}

bench("page", async ({ app, note, page, chat }) => {
  const ready = await samples(7, async () => {
    await chat.openStart();
    return page.evaluate(() => performance.now());
  });
  note({ name: "navigation to a usable page", unit: "ms", samples: ready });

  const bodies = new Map<string, Promise<Buffer>>();
  page.on("response", (response) => {
    if (!/\.(js|wasm|css)(\?|$)/.test(response.url())) return;
    const body = response.body();
    // A prefetch may be aborted when its page closes.
    body.catch(() => {});
    bodies.set(response.url(), body);
  });
  await page.goto("about:blank");
  await (await page.context().newCDPSession(page)).send("Network.setCacheDisabled", { cacheDisabled: true });
  await page.goto(`${app.url}/chat/${freshName()}`);
  await chat.interactive();
  const first = await Promise.all([...bodies].filter(([url]) => !isPiece(url)).map(([, body]) => body));
  const size = (contents: Buffer[], pack: (content: Buffer) => Buffer) =>
    contents.reduce((sum, content) => sum + pack(content).length, 0) / 1000;
  const gzip = (content: Buffer) => gzipSync(content, { level: 9 });
  const brotli = (content: Buffer) => brotliCompressSync(content);
  note({ name: "first load: scripts, wasm and styles, raw", unit: "kB", samples: [size(first, (content) => content)] });
  note({ name: "first load: scripts, wasm and styles, gzip", unit: "kB", samples: [size(first, gzip)] });
  note({ name: "first load: scripts, wasm and styles, brotli", unit: "kB", samples: [size(first, brotli)], target: 350 });

  await page.goto(`${app.url}/doctor`);
  await chat.interactive();
  const pieces = await Promise.all([...bodies].filter(([url]) => isPiece(url)).map(([, body]) => body));
  expect(pieces).not.toHaveLength(0);
  note({ name: "on demand: the pieces of single pages, brotli", unit: "kB", samples: [size(pieces, brotli)] });
});

/** Whether a file belongs to single pages; the files of every page are called `app`. */
function isPiece(url: string): boolean {
  return !new URL(url).pathname.startsWith("/pkg/app.");
}
