// The server stops and restarts without losing any message.

import type { App } from "../fixture/app.ts";
import type { Chat } from "../fixture/chat.ts";
import { expect, settingsFor, test } from "../fixture/test.ts";
import { storedTexts } from "../fixture/transcript.ts";
import { GREETING, words } from "../model/script.ts";

/** The longest delay between two attempts to connect, plus time to connect. */
const RECONNECTED = { timeout: 20_000 };

async function goneAndBack(chat: Chat, app: App, end: () => Promise<void>): Promise<void> {
  await end();
  await expect(chat.connection).not.toHaveText("Connected");
  await app.launch();
}

test("a restart keeps the conversation, and its page reconnects by itself", async ({ chatAt, model, name, startApp }) => {
  const app = await startApp({ settings: settingsFor(model) });
  const chat = chatAt(app.url);
  await chat.open(name);
  await chat.send("Remember the green door.");
  await expect(chat.answers).toContainText(GREETING);
  await chat.settled();

  await goneAndBack(chat, app, () => app.stop());
  await expect(chat.connection).toHaveText("Connected", RECONNECTED);
  await expect(chat.questions).toHaveText(/green door/);
  await chat.send("[[fake:words-5-0]]");
  await chat.expectWords(5);
  await chat.settled();

  const transcript = [
    "user: Remember the green door.",
    `assistant: ${GREETING}`,
    "user: [[fake:words-5-0]]",
    `assistant: ${words(5)}`,
  ];
  expect(await storedTexts(app.url, name)).toEqual(transcript);
  await chat.reload();
  await expect(chat.answers).toHaveCount(2);
  await chat.expectWords(5);
});

test("an answer cut off by a crash is completed, exactly once", async ({ chatAt, model, name, startApp }) => {
  test.setTimeout(120_000);
  const app = await startApp({ settings: settingsFor(model) });
  const chat = chatAt(app.url);
  const question = `[[fake:gate:${name}]]`;
  await chat.open(name);
  await chat.send(question);
  await chat.expectWords(3);

  await goneAndBack(chat, app, () => app.kill());
  model.release(name);
  await chat.expectWords(6, 60_000);
  await chat.settled();
  await expect(chat.answers).toHaveCount(1);
  await expect(chat.error).toHaveCount(0);
  expect(await storedTexts(app.url, name)).toEqual([`user: ${question}`, `assistant: ${words(6)}`]);
  await chat.reload();
  await chat.expectWords(6);
});
