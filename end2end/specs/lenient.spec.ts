// Malformed streams: the page shows the text, and an error where something is missing.

import { RawSocket } from "../fixture/socket.ts";
import { expect, test } from "../fixture/test.ts";
import { storedMessages, storedTexts } from "../fixture/transcript.ts";
import { BEFORE_CALL, GREETING } from "../model/script.ts";
import { AFTER_THOUGHT, MIDSTREAM_ERROR, THOUGHT, WITH_EMOJI } from "../model/trouble.ts";

test("an answer in one piece, and characters in two", async ({ app, chat, name }) => {
  await chat.open(name);
  for (const [behaviour, answer] of [
    ["whole-json", GREETING],
    ["half-emoji", WITH_EMOJI],
  ] as const) {
    await chat.send(`[[fake:${behaviour}]]`);
    await expect(chat.answers.last().locator(".message-body")).toHaveText(answer);
    await chat.settled();
    expect((await storedTexts(app.url, name)).at(-1)).toBe(`assistant: ${answer}`);
  }
  await chat.send("[[fake:whole-json:tool:list:{}]]");
  await expect(chat.answers.last()).toContainText("The tools said:");
  await chat.settled();
  await expect(chat.answers.last()).toContainText(BEFORE_CALL.trim());
  await expect(chat.answers).toHaveCount(3);
  await expect(chat.error).toHaveCount(0);
});

test("thoughts in tags are reasoning", async ({ app, chat, name }) => {
  await chat.open(name);
  await chat.send("[[fake:think]]");
  await expect(chat.answers).toContainText(AFTER_THOUGHT);
  await chat.settled();
  await expect(chat.answers.getByText("Reasoning")).toBeVisible();
  await expect(chat.answers).not.toContainText("think>");
  const parts = (await storedMessages(app.url, name))[1]?.parts ?? [];
  const said = parts.filter(({ type }) => type === "text" || type === "reasoning");
  expect(said.map(({ type, text }) => [type, text])).toEqual([
    ["reasoning", THOUGHT],
    ["text", AFTER_THOUGHT],
  ]);
});

for (const [behaviour, error] of [
  ["error-event", MIDSTREAM_ERROR],
  ["error-chunk", MIDSTREAM_ERROR],
  ["garbage-after-output", "cannot be read"],
] as const) {
  test(`${behaviour} keeps the words before it, and says so`, async ({ chat, model, name }) => {
    await chat.open(name);
    await chat.send(`[[fake:${behaviour}]] ${name}`);
    await expect(chat.error).toContainText(error);
    await expect(chat.retry).toBeVisible();
    await chat.settled();
    await chat.expectWords(3);
    expect(model.requestsWith(name), "what was shown is never said again").toHaveLength(1);
    await chat.send("Are you there?");
    await expect(chat.answers.last()).toContainText(GREETING);
    await expect(chat.error).toHaveCount(0);
    await chat.settled();
  });
}

test("an answer without a word is an error", async ({ chat, name }) => {
  await chat.open(name);
  await chat.send("[[fake:empty]]");
  await expect(chat.error).toContainText("ended without an answer");
  await chat.settled();
  await chat.send("[[fake:greet]] Are you there?");
  await expect(chat.answers.last()).toContainText(GREETING);
  await chat.settled();
});

test("a field that a server does not know is dropped, and never sent to it again", async ({
  app,
  chat,
  model,
  name,
}) => {
  const socket = await RawSocket.open(app.url, name);
  await socket.changeState({ model: "unknown-param:stream_options:words-2-0" });
  await chat.open(name);
  const fields = (text: string) => model.requestsWith(text).map(({ body }) => "stream_options" in body);
  await chat.send(`first ${name}`);
  await chat.expectWords(2);
  await chat.settled();
  expect(fields(name)).toEqual([true, false]);
  await chat.send(`second ${name}`);
  await expect(chat.answers).toHaveCount(2);
  await chat.expectWords(2);
  await chat.settled();
  expect(fields(`second ${name}`)).toEqual([false]);
  await expect(chat.error).toHaveCount(0);
  socket.close();
});
