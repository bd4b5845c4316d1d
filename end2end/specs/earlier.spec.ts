// Conversations that are longer than a page: the newest messages load first, earlier ones on demand.

import type { Page } from "@playwright/test";
import type { Chat } from "../fixture/chat.ts";
import { RawSocket } from "../fixture/socket.ts";
import { expect, test } from "../fixture/test.ts";
import { storedMessages } from "../fixture/transcript.ts";
import { afterCall, GREETING } from "../model/script.ts";

const COUNT = 180;
const PAGE = 50;

const range = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, at) => first + at);

/** Stores a conversation of numbered questions and answers, as from another client. */
async function seed(url: string, name: string, count = COUNT): Promise<void> {
  const socket = await RawSocket.open(url, name);
  const messages = range(1, count).map((number) => ({
    id: `m${number}`,
    role: number % 2 ? "user" : "assistant",
    parts: [{ type: "text", text: `Number ${number}. ${"Words of it. ".repeat(20)}` }],
  }));
  socket.send({ type: "cf_agent_chat_messages", messages });
  await expect.poll(async () => (await storedMessages(url, name)).length).toBe(count);
  socket.close();
}

/** The numbers of the messages on the page, in order. */
async function numbers(page: Page): Promise<number[]> {
  const texts = await page.getByRole("log", { name: "Conversation" }).getByRole("article").allTextContents();
  return texts.flatMap((text) => text.match(/Number (\d+)\./)?.[1] ?? []).map(Number);
}

const expectNumbers = (page: Page, expected: number[]) => expect.poll(() => numbers(page)).toEqual(expected);

const earlierLink = (page: Page) => page.getByRole("link", { name: "Show earlier messages" });

/** The position of a message in the window. */
async function topOf(chat: Chat, number: number): Promise<number> {
  const message = chat.messages.filter({ hasText: `Number ${number}.` });
  return (await message.boundingBox())?.y ?? Number.NaN;
}

test("earlier messages come in where they belong, and the reader stays where they are", async ({
  app,
  chat,
  name,
  page,
}) => {
  await seed(app.url, name);
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route(/get-messages\?.*before=/, async (route) => {
    await held;
    await route.continue();
  });
  await chat.open(name);
  await expectNumbers(page, range(COUNT - PAGE + 1, COUNT));
  // Scrolling close to the beginning is enough.
  await page.evaluate(() => scrollTo(0, 0));
  await expect(page.getByRole("status").filter({ hasText: "Loading earlier messages." })).toBeVisible();
  const reading = COUNT - PAGE + 2;
  const before = await topOf(chat, reading);
  release();
  await expectNumbers(page, range(COUNT - 2 * PAGE + 1, COUNT));
  await expect.poll(async () => Math.abs((await topOf(chat, reading)) - before)).toBeLessThan(3);
  // A message of the user is added at the end and moves nothing above it.
  await chat.send("One more question.");
  await expect(chat.answers.last()).toContainText(GREETING);
  await expectNumbers(page, range(COUNT - 2 * PAGE + 1, COUNT));
});

test("the whole conversation is reached by scrolling up alone", async ({ app, chat, name, page }) => {
  await seed(app.url, name);
  await chat.open(name);
  await expect
    .poll(async () => {
      await page.mouse.wheel(0, -4000);
      return (await numbers(page)).length;
    })
    .toBe(COUNT);
  await expectNumbers(page, range(1, COUNT));
});

test("without JavaScript each page links to the one before and back", async ({ app, name, plainPage }) => {
  await seed(app.url, name);
  await plainPage.goto(`${app.url}/chat/${name}`);
  await expectNumbers(plainPage, range(COUNT - PAGE + 1, COUNT));
  const seen = [...(await numbers(plainPage))];
  while (await earlierLink(plainPage).count()) {
    const first = seen[0] ?? 0;
    await earlierLink(plainPage).click();
    await expect.poll(async () => (await numbers(plainPage)).at(-1)).toBe(first - 1);
    seen.unshift(...(await numbers(plainPage)));
  }
  expect(seen).toEqual(range(1, COUNT));
  await plainPage.getByRole("link", { name: "Back to the newest messages" }).click();
  await expectNumbers(plainPage, range(COUNT - PAGE + 1, COUNT));
});

test("a page of earlier messages works in a tab of its own, too", async ({ app, chat, name, page }) => {
  await seed(app.url, name);
  await page.goto(`${app.url}/chat/${name}?before=m131`);
  await page.waitForFunction(() => document.documentElement.hasAttribute("data-hydrated"));
  await expectNumbers(page, range(81, 130));
  await earlierLink(page).click();
  await expectNumbers(page, range(31, 80));
  await page.goBack();
  await expectNumbers(page, range(81, 130));
  await page.getByRole("link", { name: "Back to the newest messages" }).click();
  await expectNumbers(page, range(COUNT - PAGE + 1, COUNT));
  await chat.send("One more question.");
  await expect(chat.answers.last()).toContainText(GREETING);
});

test("a failed load is reported, and succeeds when tried again", async ({ app, chat, consoleWatch, name, page }) => {
  consoleWatch.allowFailedConnections();
  await seed(app.url, name);
  await chat.open(name);
  await page.route(/get-messages\?.*before=/, (route) => route.abort());
  await page.evaluate(() => scrollTo(0, 0));
  await expect(page.getByRole("status").filter({ hasText: "Earlier messages could not be loaded." })).toBeVisible();
  await expectNumbers(page, range(COUNT - PAGE + 1, COUNT));
  await page.unroute(/get-messages\?.*before=/);
  await page.getByRole("link", { name: "Try again" }).click();
  await expectNumbers(page, range(COUNT - 2 * PAGE + 1, COUNT));
});

test("after a lost connection, loaded messages stay and new ones arrive", async ({
  app,
  chatAt,
  name,
  network,
  page,
}) => {
  await seed(app.url, name);
  const chat = chatAt(network.url);
  await chat.open(name);
  await chat.connected();
  await page.evaluate(() => scrollTo(0, 0));
  await expectNumbers(page, range(COUNT - 2 * PAGE + 1, COUNT));
  network.cut();
  const socket = await RawSocket.open(app.url, name);
  const parts = [{ type: "text", text: `Number ${COUNT + 1}.` }];
  socket.send({ type: "cf_agent_chat_messages", messages: [{ id: "late", role: "user", parts }] });
  await expect.poll(async () => (await storedMessages(app.url, name)).length).toBe(COUNT + 1);
  socket.close();
  network.restore();
  await expectNumbers(page, range(COUNT - 2 * PAGE + 1, COUNT + 1));
});

test("another answer is made where the beginning was never loaded, and the beginning stays", async ({
  anotherTab,
  app,
  chat,
  name,
  page,
}) => {
  await seed(app.url, name);
  await chat.open(name);
  const second = await anotherTab();
  await second.open(name);
  await second.connected();
  await chat.connected();
  await chat.send("One more question.");
  for (const tab of [chat, second]) {
    await expect(tab.answers.last()).toContainText(GREETING);
    await tab.settled();
  }
  expect(await storedMessages(app.url, name)).toHaveLength(COUNT + 2);
  await second.page.evaluate(() => scrollTo(0, 0));
  await expectNumbers(second.page, range(COUNT - 2 * PAGE + 1, COUNT));
  await expectNumbers(page, range(COUNT - PAGE + 1, COUNT));
  await chat.reload();
  await expectNumbers(page, range(COUNT - PAGE + 3, COUNT));
  expect((await storedMessages(app.url, name)).map(({ id }) => id).slice(0, COUNT)).toEqual(
    range(1, COUNT).map((number) => `m${number}`),
  );
});

test("a clear in another tab empties this one too, including earlier messages", async ({ anotherTab, app, chat, name, page }) => {
  await seed(app.url, name);
  await chat.open(name);
  await chat.connected();
  const second = await anotherTab();
  await second.open(name);
  await second.connected();
  await second.page.getByRole("button", { name: "Clear", exact: true }).click();
  await second.page.getByRole("alertdialog").getByRole("button", { name: "Clear", exact: true }).click();
  await expectNumbers(page, []);
  await expect(earlierLink(page)).toHaveCount(0);
  await chat.send("One more question.");
  for (const tab of [chat, second]) {
    await expect(tab.answers.last()).toContainText(GREETING);
    await expect(tab.messages).toHaveCount(2);
    await expect(earlierLink(tab.page)).toHaveCount(0);
  }
});

test("a call that waits is allowed where the beginning is not loaded", async ({ app, chat, name, page }) => {
  await seed(app.url, name);
  await chat.open(name);
  await chat.send('[[fake:tool:set_project_context:{"context":"Rust."}]]');
  await expect(chat.approval).toBeVisible();
  await chat.reload();
  await expectNumbers(page, range(COUNT - PAGE + 3, COUNT));
  await page.evaluate(() => scrollTo(0, 0));
  await expectNumbers(page, range(COUNT - 2 * PAGE + 3, COUNT));
  await chat.allow.click();
  await expect(chat.answers.last()).toContainText(afterCall('{"saved":true}'));
  await chat.settled();
  await expectNumbers(page, range(COUNT - 2 * PAGE + 3, COUNT));
});

test("of a very long message the beginning is there at once, and all of it at a click", async ({
  app,
  chat,
  name,
  page,
}) => {
  const socket = await RawSocket.open(app.url, name);
  const text = `The beginning. ${"Words of it. ".repeat(40_000)} The end.`;
  socket.send({
    type: "cf_agent_chat_messages",
    messages: [{ id: "m1", role: "user", parts: [{ type: "text", text }] }],
  });
  await expect.poll(async () => (await storedMessages(app.url, name)).length).toBe(1);
  socket.close();
  await chat.open(name);
  await expect(chat.questions).toContainText("The beginning.");
  await expect(chat.questions).not.toContainText("The end.");
  await page.getByRole("button", { name: "Show all (520 kB)" }).click();
  await expect(chat.questions).toContainText("The end.");
});

test("of a message that is too large for the page there is a part, with and without JavaScript, and a link to all of it", async ({
  app,
  chat,
  name,
  page,
  plainPage,
}) => {
  const large = `The beginning. ${"Words of it. ".repeat(300_000)} The end.`;
  const socket = await RawSocket.open(app.url, name);
  for (const number of [1, 2, 3, 4]) {
    const parts = [{ type: "text", text: `Number ${number}. ${large}` }];
    socket.send({ type: "cf_agent_chat_messages", messages: [{ id: `m${number}`, role: "user", parts }] });
  }
  await expect.poll(async () => (await storedMessages(app.url, name)).length).toBe(4);
  socket.close();
  const response = await plainPage.goto(`${app.url}/chat/${name}`);
  expect((await response?.body())?.length).toBeLessThan(1_000_000);
  await expectNumbers(plainPage, [3, 4]);
  await chat.open(name);
  await chat.connected();
  await expectNumbers(page, [3, 4]);
  await expect(chat.questions.last()).not.toContainText("The end.");
  const link = chat.questions.last().getByRole("link", { name: "Open all of it (3.9 MB)" });
  const whole = await fetch(`${app.url}${await link.getAttribute("href")}`);
  expect(whole.headers.get("content-type")).toBe("text/plain; charset=utf-8");
  expect(await whole.text()).toBe(`Number 4. ${large}\n`);
  // What the page sends back never replaces stored messages.
  await chat.send("One more question.");
  await expect(chat.answers.last()).toContainText(GREETING);
  await chat.reload();
  await expectNumbers(page, [3, 4]);
  for (const message of await storedMessages(app.url, name)) {
    if (message.id.length === 2) expect(message.parts[0]?.text).toContain("The end.");
  }
});
