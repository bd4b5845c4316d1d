// Messages that wait for their turns: changed, moved, removed and sent now, the same in all tabs.

import type { Locator, Page } from "@playwright/test";

import { violations } from "../fixture/accessibility.ts";
import { Chat } from "../fixture/chat.ts";
import { expect, test } from "../fixture/test.ts";
import { storedTexts } from "../fixture/transcript.ts";
import { GREETING, words } from "../model/script.ts";

const queueOf = (page: Page): Locator => page.getByRole("region", { name: "Waiting messages" });
const lineOf = (page: Page, text: string): Locator => queueOf(page).getByRole("listitem").filter({ hasText: text });
const press = (page: Page, text: string, name: string): Promise<void> =>
  lineOf(page, text).getByRole("button", { name, exact: true }).click();

test("waiting messages are changed, moved and removed, and every tab shows the same", async ({ app, browser, chat, model, name, page }) => {
  const question = `[[fake:gate:${name}]]`;
  await chat.open(name);
  await chat.send(question);
  await chat.expectWords(3);
  for (const text of ["Second.", "Third.", "Fourth."]) {
    await chat.send(text);
  }
  const lines = queueOf(page).getByRole("listitem");
  await expect(lines).toContainText(["Second.", "Third.", "Fourth."]);
  expect(await violations(page)).toEqual([]);

  const another = await browser.newContext();
  const other = await another.newPage();
  await new Chat(other, app.url).open(name);
  await press(other, "Second.", "Change");
  const field = queueOf(other).getByRole("textbox", { name: "New text" });
  await expect(field).toBeFocused();
  await field.fill("Second, please.");
  await field.press("Enter");
  await expect(lines).toContainText(["Second, please.", "Third.", "Fourth."]);

  await press(page, "Fourth.", "Move first");
  await press(page, "Third.", "Remove");
  for (const tab of [page, other]) {
    await expect(queueOf(tab).getByRole("listitem")).toHaveCount(2);
    await expect(queueOf(tab).getByRole("listitem")).toContainText(["Fourth.", "Second, please."]);
  }
  model.release(name);
  await expect(chat.answers).toHaveCount(3);
  await chat.settled();
  await expect(queueOf(page)).toHaveCount(0);
  const texts = [
    `user: ${question}`,
    `assistant: ${words(6)}`,
    "user: Fourth.",
    `assistant: ${GREETING}`,
    "user: Second, please.",
    `assistant: ${GREETING}`,
  ];
  expect(await storedTexts(app.url, name)).toEqual(texts);
  await expect(chat.messages).toHaveCount(texts.length);
  await expect(new Chat(other, app.url).messages).toContainText(["gate", "word5", "Fourth.", GREETING, "Second, please.", GREETING]);
  await another.close();
});

test("a waiting message that is sent now stops the answer and keeps what it has", async ({ app, chat, name, page }) => {
  const question = `[[fake:gate:${name}]]`;
  await chat.open(name);
  await chat.send(question);
  await chat.expectWords(3);
  await chat.send("Later.");
  await chat.send("At once!");
  await press(page, "At once!", "Send now");
  await expect(chat.answers).toHaveCount(3);
  await chat.settled();
  await expect(queueOf(page)).toHaveCount(0);
  await expect(chat.composer).toBeFocused();
  expect(await storedTexts(app.url, name)).toEqual([
    `user: ${question}`,
    `assistant: ${words(3)}`,
    "user: At once!",
    `assistant: ${GREETING}`,
    "user: Later.",
    `assistant: ${GREETING}`,
  ]);
});
