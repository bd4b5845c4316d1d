// The page sleeps, the clock jumps, and the page catches up.

import { expect, test } from "../fixture/test.ts";
import { GREETING } from "../model/script.ts";

const HOUR = 3600 * 1000;

test("a page that was frozen while an answer went on has all of it when it thaws", async ({ chat, model, name }) => {
  await chat.open(name);
  await chat.send(`[[fake:gate:${name}]]`);
  await chat.expectWords(3);
  const browser = await chat.page.context().newCDPSession(chat.page);
  await browser.send("Page.setWebLifecycleState", { state: "frozen" });
  model.release(name);
  await browser.send("Page.setWebLifecycleState", { state: "active" });
  await chat.expectWords(6);
  await chat.settled();
  await expect(chat.answers).toHaveCount(1);
});

for (const [what, jump] of [
  ["forward", HOUR],
  ["back", -HOUR],
] as const) {
  test(`a silent connection is noticed although the clock was set ${what}`, async ({
    chatAt,
    consoleWatch,
    model,
    name,
    network,
  }) => {
    consoleWatch.allowFailedConnections();
    const chat = chatAt(network.url);
    await chat.page.addInitScript(() => {
      const real = Date.now.bind(Date);
      let jumped = 0;
      Date.now = () => real() + jumped;
      Object.assign(globalThis, { jump: (millis: number) => (jumped = millis) });
    });
    await chat.open(name);
    await chat.connected();
    await chat.send(`[[fake:gate:${name}]]`);
    await chat.expectWords(3);
    await chat.page.evaluate((millis) => (globalThis as unknown as { jump(millis: number): void }).jump(millis), jump);
    network.swallow();
    await expect(chat.connection).not.toHaveText("Connected", { timeout: 15_000 });
    model.release(name);
    network.restore();
    await expect(chat.connection).toHaveText("Connected", { timeout: 20_000 });
    await chat.expectWords(6);
    await chat.settled();
  });
}

test("two browsers show the same conversation and the same state of it", async ({ app, browser, chat, model, name }) => {
  await chat.open(name);
  await chat.send(`[[fake:gate:${name}]]`);
  await chat.expectWords(3);
  const another = await browser.newContext();
  const { Chat } = await import("../fixture/chat.ts");
  const other = new Chat(await another.newPage(), app.url);
  await other.open(name);
  await other.expectWords(3);
  await expect(other.stop).toBeVisible();
  await other.send("hello");
  await expect(other.queue).toContainText("hello");
  model.release(name);
  for (const page of [chat, other]) {
    await expect(page.answers).toHaveCount(2);
    await expect(page.answers.nth(1)).toContainText(GREETING);
    await page.settled();
  }
  expect(await other.transcript.ariaSnapshot()).toBe(await chat.transcript.ariaSnapshot());
  await another.close();
});
