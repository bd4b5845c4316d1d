// What a person reads when the model's server fails, and that the conversation survives it.

import { expect, test } from "../fixture/test.ts";
import { GREETING } from "../model/script.ts";

/** Each failure with words that tell what to do about it. */
const FAILURES: [behaviour: string, advice: RegExp][] = [
  ["error-401", /key/i],
  ["error-402", /credit/i],
  ["error-404", /model/i],
  ["error-429", /again in 7 s|wait 7 s|7 seconds/i],
  ["error-500", /again/i],
];

for (const [behaviour, advice] of FAILURES) {
  test(`${behaviour} is explained, and the next message works`, async ({ chat, name }) => {
    await chat.open(name);
    await chat.send(`[[fake:${behaviour}]]`);
    await expect(chat.error).toContainText(advice);
    await expect(chat.retry).toBeVisible();
    await chat.settled();

    await chat.send("Are you there?");
    await expect(chat.answers.last()).toContainText(GREETING);
    await expect(chat.error).toHaveCount(0);
    await chat.settled();
  });
}

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
