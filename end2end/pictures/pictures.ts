// The pictures of the README, taken from the page with the demo model. The server is of their own, so that they show nothing else.

import { stat } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Page } from "@playwright/test";
import type { App } from "../fixture/app.ts";
import type { Chat } from "../fixture/chat.ts";
import { Files } from "../fixture/files.ts";
import { expect, test } from "../fixture/test.ts";

const WIDE = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 844 };

/** A larger picture makes the README slow to open. */
const MAX_BYTES = 200_000;

/** What the conversations are about, and their files. */
const EARLIER = { ideas: "Make a plan", fizzbuzz: "Write fizzbuzz in Rust" };
const FILES = {
  "Cargo.toml": '[package]\nname = "hello"\nversion = "0.1.0"\n',
  "src/main.rs": 'fn main() {\n    println!("Hello, world!");\n}\n',
  "src/greeting.rs": 'pub const GREETING: &str = "Hello";\n',
};

async function take(page: Page, name: string): Promise<void> {
  const path = fileURLToPath(new URL(`../../docs/${name}.png`, import.meta.url));
  await page.mouse.move(0, 0);
  await page.screenshot({ path, animations: "disabled", caret: "hide" });
  expect((await stat(path)).size, `the size of ${name}.png`).toBeLessThan(MAX_BYTES);
}

/** Says something and waits for the end of the answer. */
async function say(chat: Chat, text: string, count: number): Promise<void> {
  await chat.send(text);
  await expect(chat.answers).toHaveCount(count);
  await chat.settled();
}

async function prepare(app: App, chat: Chat): Promise<void> {
  for (const [name, text] of Object.entries(EARLIER)) {
    await chat.open(name);
    await say(chat, text, 1);
  }
  for (const [path, body] of Object.entries(FILES)) {
    const put = await fetch(`${app.url}/agents/coderagent/hello/files/${path}`, { method: "PUT", body });
    expect(put.status).toBe(201);
  }
}

test("pictures", async ({ chatAt, page, startApp }) => {
  const app = await startApp();
  const chat = chatAt(app.url);
  await page.setViewportSize(WIDE);
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
  await prepare(app, chat);

  await chat.open("hello");
  await chat.send("Create hello.js");
  await chat.allow.click();
  await chat.settled();
  await chat.send("Add a TODO to it");
  await expect(chat.approval).toBeVisible();
  const files = new Files(page);
  await files.open();
  await expect(files.entry("hello.js")).toBeVisible();
  await expect(page.getByRole("navigation", { name: "Conversations" }).getByRole("link", { name: /waiting for you|waits|needs/ })).toBeVisible({ timeout: 20_000 });
  await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
  await take(page, "conversation");

  await files.press("Close the files");
  await page.setViewportSize(PHONE);
  await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
  await take(page, "phone");

  await page.setViewportSize(WIDE);
  await page.emulateMedia({ colorScheme: "dark" });
  await chat.open("fizzbuzz");
  await expect.poll(() => page.evaluate(() => [...CSS.highlights].some(([, ranges]) => ranges.size > 0))).toBe(true);
  await take(page, "dark");
});
