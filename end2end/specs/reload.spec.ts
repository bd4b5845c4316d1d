// The page of a conversation without scripts, and after it was closed and reopened.

import { expect, test } from "../fixture/test.ts";
import { storedTexts } from "../fixture/transcript.ts";
import { GREETING, words } from "../model/script.ts";

test("the transcript is in the HTML before any script", async ({ app, chat, name, request }) => {
  await chat.open(name);
  await chat.send("Remember the blue door.");
  await expect(chat.answers).toContainText(GREETING);
  await chat.settled();

  const html = await (await request.get(`${app.url}/chat/${name}`)).text();
  const markup = html.replace(/<(script|template)\b[\s\S]*?<\/\1>/g, "");
  expect(markup).toContain("Remember the blue door.");
  expect(markup).toContain(GREETING);
});

test("a conversation is readable with JavaScript off", async ({ app, chat, name, plainPage }) => {
  await chat.open(name);
  await chat.send("[[fake:markdown]]");
  await expect(chat.answers).toContainText("smallphone");
  await chat.settled();

  await plainPage.goto(`${app.url}/chat/${name}`);
  await expect(plainPage.getByRole("log", { name: "Conversation" })).toMatchAriaSnapshot(`
    - article "You"
    - article "Coder":
      - heading "Reversing a list"
      - group "Table":
        - table
  `);
  await plainPage.goto(app.url);
  await expect(plainPage.getByRole("heading", { name: "What shall we build?" })).toBeVisible();
});

test("what is written before the code of a page arrives is sent with it", async ({ chat, consoleWatch, name, page }) => {
  consoleWatch.allow(/Failed to load resource|Failed to fetch|ERR_FAILED/);
  await chat.open(name);
  await chat.send("[[fake:markdown]]");
  await expect(chat.answers).toContainText("smallphone");
  await chat.settled();

  const code = /\/pkg\/conversation\.\w+\.wasm/;
  await page.route(code, (route) => route.abort());
  await chat.reload();
  await expect(chat.answers.getByRole("heading", { name: "Reversing a list" })).toBeVisible();
  await chat.composer.fill("Written early");
  await page.unroute(code);
  // Without its code nothing hears the button.
  await expect(async () => {
    await page.getByRole("button", { name: "Send", exact: true }).click();
    await expect(chat.answers).toHaveCount(2, { timeout: 500 });
  }).toPass();
  await expect(chat.messages.nth(2)).toContainText("Written early");
  await chat.settled();
  await expect(chat.answers.first().getByRole("heading", { name: "Reversing a list" })).toBeVisible();
});

test("a reload keeps the conversation", async ({ chat, name }) => {
  await chat.open(name);
  await chat.send("Remember the red door.");
  await expect(chat.answers).toContainText(GREETING);
  await chat.settled();
  await chat.reload();
  await expect(chat.messages).toContainText(["Remember the red door.", GREETING]);
});

test("a reload during an answer continues where it was", async ({ app, chat, model, name }) => {
  const question = `[[fake:gate:${name}]]`;
  await chat.open(name);
  await chat.send(question);
  await chat.expectWords(3);
  await chat.reload();
  await chat.expectWords(3);
  await expect(chat.stop).toBeVisible();
  model.release(name);
  await chat.expectWords(6);
  await chat.settled();
  await expect(chat.answers).toHaveCount(1);
  expect(await storedTexts(app.url, name)).toEqual([`user: ${question}`, `assistant: ${words(6)}`]);
});

test("leaving in the middle of an answer does not stop it", async ({ app, chat, model, name, page }) => {
  const question = `[[fake:gate:${name}]]`;
  await chat.open(name);
  await chat.send(question);
  await chat.expectWords(3);
  await page.goto("about:blank");
  model.release(name);
  await expect.poll(() => storedTexts(app.url, name)).toEqual([`user: ${question}`, `assistant: ${words(6)}`]);
});
