// Model calls that fail before their first token are repeated, and the page reports it meanwhile.

import type { Chat } from "../fixture/chat.ts";
import { expect, settingsFor, test } from "../fixture/test.ts";
import { storedTexts } from "../fixture/transcript.ts";
import { GREETING, words } from "../model/script.ts";

/** The longest delay between two attempts to connect, a start on a busy machine, and the delay before the next attempt. */
const ANSWERED_AFTER_RESTART = 60_000;

/** The delay before the next attempt, on a busy machine. */
const ANSWERED = 25_000;

/** The page shows why it waits for the next attempt, its number, and when it starts. */
async function saysItWaits(chat: Chat): Promise<void> {
  await expect(chat.activity).toHaveText(/\(503\): Service Unavailable\. Try 2 of 5( in (1 min )?\d+ s| now)$/);
}

test("an overloaded provider is asked again when it says", async ({ app, chat, model, name }) => {
  const question = `[[fake:status-503-once:6:words-4-0]] ${name}`;
  await chat.open(name);
  await chat.send(question);
  await saysItWaits(chat);
  await chat.expectWords(4, ANSWERED);
  await chat.settled();
  await expect(chat.activity).toBeHidden();
  await expect(chat.answers).toHaveCount(1);
  await expect(chat.error).toHaveCount(0);
  const [refused, answered, ...others] = model.requestsWith(name);
  expect(others).toEqual([]);
  expect(answered!.receivedAt - refused!.receivedAt, "not before that").toBeGreaterThan(5_900_000);
  expect(await storedTexts(app.url, name)).toEqual([`user: ${question}`, `assistant: ${words(4)}`]);
});

for (const [what, opensBefore] of [
  ["a tab that was open before", true],
  ["a tab that is opened during the wait", false],
] as const) {
  test(`${what} tells the same, and may stop it`, async ({ anotherTab, chat, model, name }) => {
    await chat.open(name);
    /** Submits a question, and returns the other tab. */
    const ask = async (question: string): Promise<Chat> => {
      const other = await anotherTab();
      const open = async () => {
        await other.open(name);
        await other.connected();
      };
      if (opensBefore) await open();
      await chat.send(question);
      await saysItWaits(chat);
      if (!opensBefore) await open();
      return other;
    };
    const watches = await ask(`[[fake:status-503-once:15:words-4-0]] first ${name}`);
    await saysItWaits(watches);
    for (const tab of [chat, watches]) {
      await tab.expectWords(4, ANSWERED);
      await tab.settled();
      await expect(tab.activity).toBeHidden();
      await expect(tab.answers).toHaveCount(1);
    }
    const stops = await ask(`[[fake:status-503-once:90:words-4-0]] second ${name}`);
    await saysItWaits(stops);
    await stops.stop.click();
    for (const tab of [chat, stops]) {
      await tab.settled();
      await expect(tab.activity).toBeHidden();
      await expect(tab.error).toHaveCount(0);
    }
    expect(model.requestsWith(`second ${name}`)).toHaveLength(1);
  });
}

test("a connection that is lost before the first token is made again", async ({ chat, model, name }) => {
  await chat.open(name);
  await chat.send(`[[fake:drop-once]] ${name}`);
  await expect(chat.answers).toContainText(GREETING);
  await chat.settled();
  await expect(chat.error).toHaveCount(0);
  expect(model.requestsWith(name)).toHaveLength(2);
});

test("Stop ends the wait for the next try", async ({ chat, model, name }) => {
  await chat.open(name);
  await chat.send(`[[fake:status-503-always:90]] ${name}`);
  await saysItWaits(chat);
  await chat.stop.click();
  await chat.settled();
  await expect(chat.activity).toBeHidden();
  await expect(chat.error).toHaveCount(0);
  await chat.send("[[fake:greet]] And now?");
  await expect(chat.answers.last()).toContainText(GREETING);
  await chat.settled();
  expect(model.requestsWith(`status-503-always:90]] ${name}`), "the refused one, and as a part of the next").toHaveLength(2);
});

test("a server killed while it waits for the next try still answers, once", async ({ chatAt, model, name, startApp }) => {
  test.setTimeout(120_000);
  const app = await startApp({ settings: settingsFor(model) });
  const chat = chatAt(app.url);
  const question = `[[fake:status-503-once:8:words-4-0]] ${name}`;
  await chat.open(name);
  await chat.send(question);
  await saysItWaits(chat);
  await app.kill();
  await expect(chat.connection).not.toHaveText("Connected");
  expect(model.requestsWith(name)).toHaveLength(1);
  await app.launch();
  await chat.expectWords(4, ANSWERED_AFTER_RESTART);
  await chat.settled();
  await expect(chat.answers).toHaveCount(1);
  await expect(chat.error).toHaveCount(0);
  const [refused, answered, ...others] = model.requestsWith(name);
  expect(others).toEqual([]);
  expect(answered!.receivedAt - refused!.receivedAt, "when it was due").toBeGreaterThan(7_900_000);
  expect(await storedTexts(app.url, name)).toEqual([`user: ${question}`, `assistant: ${words(4)}`]);
});

test("a provider that stays overloaded is given up after as many tries as are set", async ({
  chatAt,
  model,
  name,
  startApp,
}) => {
  const app = await startApp({ settings: { ...settingsFor(model), MODEL_RETRIES: "1" } });
  const chat = chatAt(app.url);
  await chat.open(name);
  await chat.send(`[[fake:status-503-always:1]] ${name}`);
  await expect(chat.error).toContainText("Service Unavailable");
  await expect(chat.retry).toBeVisible();
  await chat.settled();
  expect(model.requestsWith(name)).toHaveLength(2);
});

for (const [what, gone] of [
  ["gone", "error-404"],
  ["overloaded", "status-503-always"],
] as const) {
  test(`a fallback model answers when the first is ${what}`, async ({ chatAt, model, name, startApp }) => {
    const settings = { MODEL: gone, MODEL_FALLBACKS: "error-404, words-5-0", MODEL_RETRIES: "0" };
    const app = await startApp({ settings: { ...settingsFor(model), ...settings } });
    const chat = chatAt(app.url);
    await chat.open(name);
    await chat.send(`Hello ${name}`);
    await chat.expectWords(5);
    await chat.settled();
    await expect(chat.error).toHaveCount(0);
    const asked = model.requestsWith(name).map(({ body }) => body.model);
    expect(asked).toEqual(gone === "error-404" ? [gone, "words-5-0"] : [gone, "error-404", "words-5-0"]);
  });
}
