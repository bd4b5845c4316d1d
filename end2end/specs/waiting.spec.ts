// A model that begins slowly: the page shows what it waits for, and for how long.

import type { Chat } from "../fixture/chat.ts";
import { expect, settingsFor, test } from "../fixture/test.ts";
import { GREETING } from "../model/script.ts";

const WAITS = /^Waiting for openrouter\/auto, (\d+) s$/;

/** The seconds that the page has counted. */
async function counted(chat: Chat): Promise<number> {
  await expect(chat.activity).toHaveText(WAITS);
  return Number(WAITS.exec((await chat.activity.textContent()) ?? "")?.[1]);
}

for (const [what, behaviour] of [
  ["keeps the stream alive", "slow-first"],
  ["is silent", "silent-first"],
] as const) {
  test(`a model that ${what} is announced as waiting until it speaks`, async ({ chat, model, name }) => {
    await chat.open(name);
    await chat.send(`[[fake:${behaviour}:7000:gate:${name}]]`);
    const first = await counted(chat);
    expect(first, "a short wait is not worth a word").toBeGreaterThanOrEqual(2);
    await expect.poll(() => counted(chat)).toBeGreaterThan(first);
    await chat.expectWords(3);
    await expect(chat.stop).toBeVisible();
    await expect(chat.activity).toBeHidden();
    model.release(name);
    await chat.expectWords(6);
    await chat.settled();
  });

  test(`a model that ${what} is stopped while it is waited for`, async ({ chat, model, name }) => {
    await chat.open(name);
    await chat.send(`[[fake:${behaviour}:60000]] ${name}`);
    await counted(chat);
    await chat.stop.click();
    await chat.settled();
    await expect(chat.activity).toBeHidden();
    await expect.poll(() => model.requestsWith(name)[0]?.abandoned).toBe(true);
    await expect(chat.error).toHaveCount(0);
    await chat.send("[[fake:greet]] And now?");
    await expect(chat.answers.last()).toContainText(GREETING);
    await chat.settled();
  });
}

test("a model that does not begin in time is given up, with the name of the setting", async ({
  chatAt,
  model,
  name,
  startApp,
}) => {
  const app = await startApp({ settings: { ...settingsFor(model), FIRST_TOKEN_TIMEOUT: "3" } });
  const chat = chatAt(app.url);
  await chat.open(name);
  await chat.send(`[[fake:silent-first:60000]] ${name}`);
  await expect(chat.error).toContainText("did not begin to answer within 3 seconds");
  await expect(chat.error).toContainText("FIRST_TOKEN_TIMEOUT");
  await chat.settled();
  await expect.poll(() => model.requestsWith(name)[0]?.abandoned).toBe(true);

  await chat.send(`[[fake:slow-first:5000]] ${name}`);
  await expect(chat.answers.last(), "a sign of life is enough").toContainText(GREETING);
  await expect(chat.error).toHaveCount(0);
  await chat.settled();
});
