// Earlier messages are summarised for the model, and stay on the page.

import type { Locator, Page } from "@playwright/test";
import { violations } from "../fixture/accessibility.ts";
import { expect, test } from "../fixture/test.ts";
import { GREETING } from "../model/script.ts";

const line = (page: Page): Locator => page.getByText("Earlier messages were summarised", { exact: true });
const said = (page: Page): Locator => page.locator(".composer-said");

test("a conversation is summarised on request, and the summary can be read", async ({ chat, model, name, page }) => {
  await chat.open(name);
  await chat.composer.fill("/compact");
  await chat.composer.press("Enter");
  await expect(said(page)).toContainText("There is nothing new to summarise.");
  await chat.send(`Hello ${name}`);
  await expect(chat.answers).toContainText(GREETING);
  await chat.settled();
  await expect(line(page)).toHaveCount(0);
  await chat.composer.fill("/context");
  await chat.composer.press("Enter");
  await expect(said(page)).toContainText(/The last request had about .* of .* tokens: how Coder works .* · tools .* · messages/);

  await chat.composer.fill("/compact the names [[fake:words-5-0]]");
  await chat.composer.press("Enter");
  await expect(said(page)).toContainText("The model summarises the conversation.");
  await expect(line(page)).toBeVisible();
  await chat.settled();
  await expect(chat.messages).toHaveCount(2);
  await line(page).click();
  const summary = page.getByRole("group").filter({ has: line(page) });
  await expect(summary).toContainText("The model gets this summary in the place of the messages above.");
  await expect(summary).toContainText("word4");
  expect(await violations(page)).toEqual([]);

  await chat.reload();
  await expect(line(page)).toBeVisible();
  await chat.send("And now?");
  await expect(chat.answers.last()).toContainText(GREETING);
  await chat.settled();
  const sent = JSON.stringify(model.requests.at(-1)?.body.messages);
  expect(sent).toContain("<summary>");
  expect(sent).not.toContain(`Hello ${name}`);
  await expect(chat.messages).toHaveCount(4);
});
