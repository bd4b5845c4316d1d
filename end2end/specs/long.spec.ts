// Conversations that exceed the context window: the request is repeated with less, and messages that are too long
// alone are left out.

import type { App } from "../fixture/app.ts";
import type { Chat } from "../fixture/chat.ts";
import { expect, settingsFor, test } from "../fixture/test.ts";
import { textOf } from "../model/request.ts";
import { GREETING } from "../model/script.ts";

/** The fake model's context window in tokens: the agent's own prompt and tools take about half of it. */
const WINDOW = 12_000;

const put = (app: App, name: string, path: string, data: string) =>
  fetch(`${app.url}/agents/coderagent/${name}/files/${path}`, { method: "PUT", body: data });

const leaveOut = (chat: Chat) => chat.error.getByRole("button", { name: "Leave that message out and retry" });
const leftOut = (chat: Chat) => chat.questions.filter({ hasText: "Left out: the model does not get this message." });
const putBack = (chat: Chat) => chat.questions.getByRole("button", { name: "Put back" });

test("older outputs are left out, and the model is asked once more", async ({ app, chat, model, name }) => {
  for (const file of [1, 2, 3, 4]) {
    expect((await put(app, name, `${file}.txt`, `line ${file} of it\n`.repeat(900))).status).toBe(201);
  }
  await chat.open(name);
  await chat.send(`[[fake:overflow-${WINDOW}:steps-4:tool:read:{"path":"#.txt"}]] ${name}`);
  await expect(chat.answers).toContainText("The tools said:");
  await chat.settled();
  await expect(chat.error).toHaveCount(0);
  const requests = model.requestsWith(name).map(({ body }) => body.messages.map(textOf).join("\n"));
  expect(requests.length, "five answers, and some refusals before them").toBeGreaterThan(5);
  expect(requests.length).toBeLessThanOrEqual(10);
  expect(requests.at(-1)).toContain("output left out");
  expect(requests.at(-1), "the last step is kept").toContain("line 4 of it");
});

test("a message that is too long by itself is named, left out by a button, and put back by another", async ({
  chatAt,
  model,
  name,
  startApp,
}) => {
  test.setTimeout(90_000);
  const app = await startApp({ settings: { ...settingsFor(model), MODEL: `overflow-${WINDOW}` } });
  const chat = chatAt(app.url);
  await chat.open(name);
  await chat.send(`First ${name}`);
  await expect(chat.answers).toContainText(GREETING);
  await chat.settled();

  await chat.send(`Look at all of this: ${"word ".repeat(WINDOW)}`);
  await expect(chat.error).toContainText(`too long for the model, which takes ${WINDOW} tokens`);
  await expect(chat.error).toContainText(`The longest message is “Look at all of this: word word`);
  await chat.settled();
  await chat.reload();
  await expect(leaveOut(chat), "it is still offered after a reload").toBeVisible();
  await leaveOut(chat).click();
  await expect(chat.answers.last()).toContainText(GREETING);
  await chat.settled();
  await expect(chat.error).toHaveCount(0);
  await expect(chat.questions).toHaveCount(2);
  await expect(leftOut(chat)).toHaveCount(1);
  await expect(leftOut(chat)).toContainText("Look at all of this");

  await chat.send(`Second ${name}`);
  await expect(chat.answers).toHaveCount(3);
  await expect(chat.answers.last()).toContainText(GREETING);
  await chat.settled();
  await expect(chat.error).toHaveCount(0);
  const without = model.requestsWith(`Second ${name}`);
  expect(without, "nothing was too long").toHaveLength(1);
  expect(without[0]?.body.messages.map(textOf).join("\n")).not.toContain("word word");

  await chat.reload();
  await expect(leftOut(chat), "also after a reload").toHaveCount(1);
  await putBack(chat).click();
  await expect(leftOut(chat)).toHaveCount(0);
  await expect(putBack(chat)).toHaveCount(0);
  await chat.send(`Third ${name}`);
  await expect(chat.answers).toHaveCount(4);
  await expect(chat.answers.last()).toContainText(GREETING);
  await chat.settled();
  // It is too long for a request, so the model gets its beginning and its end to summarise, and then the summary.
  const requests = model.requestsWith(`First ${name}`).map(({ body }) => body.messages.map(textOf).join("\n"));
  const cut = requests.filter((text) => text.includes("Look at all of this: word word")).at(-1);
  expect(cut, "its beginning and its end").toContain("characters are left out here");
  expect(model.requestsWith(`Third ${name}`).at(-1)?.body.messages.map(textOf).join("\n")).toContain("<summary>");
});

test("a second tab shows excluded messages and can include them again", async ({
  chatAt,
  context,
  model,
  name,
  startApp,
}) => {
  const app = await startApp({ settings: { ...settingsFor(model), MODEL: `overflow-${WINDOW}` } });
  const chat = chatAt(app.url);
  await chat.open(name);
  await chat.send(`Look at all of this: ${"word ".repeat(WINDOW)}`);
  await expect(leaveOut(chat)).toBeVisible();
  const page = await context.newPage();
  await page.goto(`${app.url}/chat/${name}`);
  await expect(page.getByRole("button", { name: "Leave that message out and retry" })).toBeVisible();
  await leaveOut(chat).click();
  await expect(chat.answers.last()).toContainText(GREETING);
  await chat.settled();
  const back = page.getByRole("button", { name: "Put back" });
  await expect(back).toBeVisible();
  await back.click();
  for (const tab of [page, chat.page]) await expect(tab.getByRole("button", { name: "Put back" })).toHaveCount(0);
});
