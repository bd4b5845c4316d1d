// Turns that are stopped, queued, retried and cleared.

import { expect, test } from "../fixture/test.ts";
import { storedTexts } from "../fixture/transcript.ts";
import { GREETING, words } from "../model/script.ts";

test("Stop keeps the partial answer, ends the model call, and the next turn works", async ({ app, chat, model, name }) => {
  const question = `[[fake:gate:${name}]]`;
  await chat.open(name);
  await chat.send(question);
  await chat.expectWords(3);
  await chat.stop.click();
  await chat.settled();
  await expect(chat.composer).toBeEnabled();
  await expect.poll(() => model.requestsWith(name)[0]?.abandoned).toBe(true);
  await chat.expectWords(3);
  await expect(chat.error).toHaveCount(0);

  await chat.send("And now?");
  await expect(chat.answers).toHaveCount(2);
  await expect(chat.answers.last()).toContainText(GREETING);
  await chat.settled();
  expect(await storedTexts(app.url, name)).toEqual([
    `user: ${question}`,
    `assistant: ${words(3)}`,
    "user: And now?",
    `assistant: ${GREETING}`,
  ]);
});

test("a message sent while a turn runs waits for its own turn", async ({ app, chat, model, name }) => {
  const question = `[[fake:gate:${name}]]`;
  // Other tests share the model.
  const second = `Second, please, ${name}.`;
  await chat.open(name);
  await chat.send(question);
  await chat.expectWords(3);
  await chat.send(second);
  await chat.send("Third, please.");
  // They are shown once.
  await expect(chat.queue).toContainText([second, "Third, please."]);
  await expect(chat.questions).toHaveCount(1);
  expect(model.requestsWith(second)).toEqual([]);

  model.release(name);
  await expect(chat.answers).toHaveCount(3);
  await chat.settled();
  await expect(chat.queue).toHaveCount(0);
  await expect(chat.messages).toContainText(["gate", "word5", second, GREETING, "Third, please.", GREETING]);
  expect(await storedTexts(app.url, name)).toEqual([
    `user: ${question}`,
    `assistant: ${words(6)}`,
    `user: ${second}`,
    `assistant: ${GREETING}`,
    "user: Third, please.",
    `assistant: ${GREETING}`,
  ]);
});

test("a selection in code stays while the code grows", async ({ chat, model, name, page }) => {
  await chat.open(name);
  await chat.send(`[[fake:code:${name}]]`);
  const code = chat.answers.getByRole("group", { name: "Code" }).getByRole("code");
  await expect(code).toHaveText(words(3).trim());
  await code.evaluate((code) => {
    const text = code.firstChild!;
    getSelection()!.setBaseAndExtent(text, 6, text, 11);
  });
  model.release(name);
  await expect(code).toHaveText(words(6).trim());
  await chat.settled();
  expect(await page.evaluate(() => getSelection()!.toString())).toBe("word1");
  await chat.reload();
  await expect(code).toHaveText(words(6).trim());
});

test("Retry asks again after the model failed", async ({ app, chat, name }) => {
  const question = `[[fake:error-once-402:${name}]]`;
  await chat.open(name);
  await chat.send(question);
  await expect(chat.error).toBeVisible();
  await chat.settled();
  await chat.retry.click();
  await expect(chat.answers.last()).toContainText(GREETING);
  await expect(chat.error).toHaveCount(0);
  await expect(chat.questions).toHaveCount(1);
  await chat.settled();
  expect(await storedTexts(app.url, name)).toEqual([`user: ${question}`, `assistant: ${GREETING}`]);
});

test("Clear asks first, then empties the conversation for good", async ({ app, chat, name, page }) => {
  await chat.open(name);
  await chat.send("Forget me.");
  await expect(chat.answers).toContainText(GREETING);
  await chat.settled();
  const dialog = page.getByRole("alertdialog", { name: "Clear this conversation?" });

  await page.getByRole("button", { name: "Clear", exact: true }).click();
  await dialog.getByRole("button", { name: "Keep" }).click();
  await expect(dialog).toBeHidden();
  await expect(chat.questions).toHaveCount(1);

  await page.getByRole("button", { name: "Clear", exact: true }).click();
  await dialog.getByRole("button", { name: "Clear", exact: true }).click();
  await expect(dialog).toBeHidden();
  await expect(chat.questions).toHaveCount(0);
  await expect(chat.answers).toHaveCount(0);
  await expect.poll(() => storedTexts(app.url, name)).toEqual([]);
});

test("New conversation opens an empty one", async ({ chat, name, page }) => {
  await chat.open(name);
  await chat.send("Hello");
  await expect(chat.answers).toContainText(GREETING);
  await chat.settled();
  await page.getByRole("link", { name: "New conversation" }).click();
  await expect(page.getByRole("heading", { name: "What shall we build?" })).toBeVisible();
  await chat.send("Hello again");
  await expect(page).toHaveURL(/\/chat\/[^/?#]+$/);
  await expect(page).not.toHaveURL(new RegExp(`${name}$`));
  await expect(chat.questions).toHaveText([/Hello again/]);
});
