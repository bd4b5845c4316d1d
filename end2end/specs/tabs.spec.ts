// Two tabs on one conversation show the same content, and both can act.

import { expect, test } from "../fixture/test.ts";
import { GREETING } from "../model/script.ts";

test("a second tab sees the question and the answer as it is written, and may stop it", async ({
  anotherTab,
  chat,
  name,
}) => {
  const second = await anotherTab();
  await chat.open(name);
  await second.open(name);
  await second.connected();
  await chat.send(`[[fake:gate:${name}]]`);
  await chat.expectWords(3);
  await expect(second.questions).toContainText("gate");
  await second.expectWords(3);

  await second.stop.click();
  for (const tab of [chat, second]) {
    await tab.settled();
    await tab.expectWords(3);
    await expect(tab.answers).toHaveCount(1);
  }

  await second.send("My turn.");
  for (const tab of [chat, second]) {
    await expect(tab.answers).toHaveCount(2);
    await expect(tab.answers.last()).toContainText(GREETING);
    await tab.settled();
    await expect(tab.questions).toHaveCount(2);
  }
});

test("a tab opened in the middle of an answer sees it whole", async ({ anotherTab, chat, model, name }) => {
  await chat.open(name);
  await chat.send(`[[fake:gate:${name}]]`);
  await chat.expectWords(3);
  const second = await anotherTab();
  await second.open(name);
  await second.expectWords(3);
  await expect(second.stop).toBeVisible();
  model.release(name);
  for (const tab of [chat, second]) {
    await tab.expectWords(6);
    await tab.settled();
    await expect(tab.answers).toHaveCount(1);
  }
});

test("clearing in one tab empties the other", async ({ anotherTab, chat, name, page }) => {
  const second = await anotherTab();
  await chat.open(name);
  await second.open(name);
  await second.connected();
  await chat.send("Hello");
  await expect(second.answers).toContainText(GREETING);
  await chat.settled();
  await page.getByRole("button", { name: "Clear", exact: true }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Clear", exact: true }).click();
  await expect(chat.questions).toHaveCount(0);
  await expect(second.questions).toHaveCount(0);
});
