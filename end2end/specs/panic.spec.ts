// A panic silently ends the running work of every conversation in its isolate. None of it may be lost.

import { expect, settingsFor, test } from "../fixture/test.ts";
import { storedTexts } from "../fixture/transcript.ts";
import { words } from "../model/script.ts";

test("answers continue after a panic in another request", async ({ chatAt, context, model, name, startApp }) => {
  test.setTimeout(120_000);
  const app = await startApp({ settings: settingsFor(model) });
  const question = `[[fake:gate:${name}]]`;
  const chat = chatAt(app.url);
  await chat.open(name);
  await chat.send(question);
  await chat.expectWords(3);

  // Only the development build, which the tests use, can be made to panic.
  const response = await context.request.get(`${app.url}/debug/panic`);
  expect(response.status()).toBe(500);
  model.release(name);

  await chat.expectWords(6, 60_000);
  await chat.settled();
  await expect(chat.answers).toHaveCount(1);
  await expect(chat.error).toHaveCount(0);
  expect(await storedTexts(app.url, name)).toEqual([`user: ${question}`, `assistant: ${words(6)}`]);
});
