// The errors that a user reads when the model's server fails; the conversation survives them.

import type { Chat } from "../fixture/chat.ts";
import { expect, settingsFor, test } from "../fixture/test.ts";
import { GREETING } from "../model/script.ts";

/** Failures, and the advice in their texts. */
type Failures = [behaviour: string, advice: RegExp][];

const FINAL: Failures = [
  ["error-401", /key/i],
  ["error-402", /credit/i],
  ["error-404", /model/i],
];

/** Failures that the agent retries by itself, unless retries are off. */
const PASSING: Failures = [
  ["error-429", /again in 7 s|wait 7 s|7 seconds/i],
  ["error-500", /again/i],
];

async function failAndGoOn(chat: Chat, behaviour: string, advice: RegExp): Promise<void> {
  await chat.send(`[[fake:${behaviour}]]`);
  await expect(chat.error).toContainText(advice);
  await expect(chat.retry).toBeVisible();
  await chat.settled();

  await chat.send("[[fake:greet]] Are you there?");
  await expect(chat.answers.last()).toContainText(GREETING);
  await expect(chat.error).toHaveCount(0);
  await chat.settled();
}

for (const [behaviour, advice] of FINAL) {
  test(`${behaviour} is explained, and the next message works`, async ({ chat, name }) => {
    await chat.open(name);
    await failAndGoOn(chat, behaviour, advice);
  });
}

test("a failure that may pass is explained where nothing is tried again", async ({ chatAt, model, name, startApp }) => {
  const app = await startApp({ settings: { ...settingsFor(model), MODEL_RETRIES: "0" } });
  const chat = chatAt(app.url);
  await chat.open(name);
  for (const [behaviour, advice] of PASSING) await failAndGoOn(chat, behaviour, advice);
});

test("an answer that breaks off keeps its words and says so", async ({ chat, name }) => {
  await chat.open(name);
  await chat.send("[[fake:drop-midstream]]");
  await expect(chat.error).toContainText(/lost|cut off|dropped|interrupted/i);
  await expect(chat.retry).toBeVisible();
  await chat.settled();
  await chat.expectWords(3);
});

test("an error is still there after a reload", async ({ chat, name }) => {
  await chat.open(name);
  await chat.send("[[fake:error-402]]");
  await expect(chat.error).toContainText(/credit/i);
  await chat.settled();
  await chat.reload();
  await expect(chat.error).toContainText(/credit/i);
  await expect(chat.retry).toBeVisible();
});
