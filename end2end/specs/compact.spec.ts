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
  const reads = page.getByRole("dialog", { name: "What the model reads", exact: true });
  await expect(reads).toContainText(/Context: .* tokens/);
  await expect(reads.getByRole("listitem")).toHaveText([/^how Coder works .* tokens/, /^tools .* tokens/, /^messages .* tokens/]);
  // With the keyboard: the first part has the focus.
  await page.keyboard.press("Enter");
  await expect(reads.getByText("You are Coder, a coding assistant")).toBeVisible();
  await reads.getByText("tools", { exact: true }).click();
  await expect(reads.locator("pre:visible").last()).toContainText('"properties"');
  await reads.getByText("messages", { exact: true }).click();
  await expect(reads.getByText("The messages on this page, from the summary on")).toBeVisible();
  expect(await violations(page)).toEqual([]);
  await page.keyboard.press("Escape");
  await expect(reads).toHaveCount(0);
  await expect(chat.composer).toBeFocused();

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

  // The agent says from now on that its storage is nearly full. A summary frees nothing.
  let used = 9_100_000_000;
  await page.routeWebSocket(/\/agents\/coderagent\//, (socket) => {
    const agent = socket.connectToServer();
    agent.onMessage((message) => {
      const text = message.toString();
      if (!text.includes('"cf_agent_state"')) return socket.send(text);
      const frame = JSON.parse(text);
      const nearFull = { limited: "storage", used, most: 10_000_000_000 };
      socket.send(JSON.stringify({ ...frame, state: { ...frame.state, nearFull } }));
    });
  });
  await chat.reload();
  await expect(line(page)).toBeVisible();
  const full = page.getByText("This conversation takes 9100 MB, of at most 10000 MB");
  await expect(full).toBeVisible();
  await expect(full).toContainText("export the conversation and go on in a new one, or clear it");
  expect(await violations(page)).toEqual([]);
  await page.getByRole("button", { name: "Dismiss", exact: true }).click();
  await expect(full).toHaveCount(0);
  await expect(chat.composer).toBeFocused();
  used = 9_600_000_000;
  await chat.send("And now?");
  await expect(page.getByText("This conversation takes 9600 MB")).toBeVisible();
  await expect(chat.answers.last()).toContainText(GREETING);
  await chat.settled();
  const sent = JSON.stringify(model.requests.at(-1)?.body.messages);
  expect(sent).toContain("<summary>");
  expect(sent).not.toContain(`Hello ${name}`);
  await expect(chat.messages).toHaveCount(4);
});
