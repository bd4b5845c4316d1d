// What people do with single messages: copy, change, ask again, link, continue; and what they select or scroll while an answer grows.

import type { Chat } from "../fixture/chat.ts";
import { expect, test } from "../fixture/test.ts";
import { storedTexts } from "../fixture/transcript.ts";
import { GREETING, words } from "../model/script.ts";

const press = (chat: Chat, message: "answers" | "questions", name: string) =>
  chat[message].last().getByRole("button", { name, exact: true }).click();

/** The clipboard as the page reads it. */
const copied = (chat: Chat) => chat.page.evaluate(() => navigator.clipboard.readText());

test("code in a list is copied while the answer grows around it", async ({ chat, context, model, name, page }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await chat.open(name);
  await chat.send(`[[fake:listed:${name}]]`);
  const copy = chat.answers.getByRole("button", { name: "Copy", exact: true });
  await expect(chat.answers).toContainText("word5");
  for (const _ of [1, 2, 3]) await copy.click();
  await expect(chat.answers.locator(".code").getByRole("button", { name: "Copied" })).toBeVisible();
  expect(await copied(chat)).toBe("let a = 1;\nlet b = 2;");
  model.release(name);
  await chat.settled();
  await expect(page.getByRole("button", { name: "Copied", exact: true })).toHaveCount(0);
});

test("code is copied where the browser has no clipboard", async ({ chat, context, name, page }) => {
  await context.grantPermissions(["clipboard-read"]);
  await page.addInitScript(() => {
    (window as unknown as { own: Clipboard }).own = navigator.clipboard;
    Object.defineProperty(Navigator.prototype, "clipboard", { value: undefined });
  });
  await chat.open(name);
  await chat.send("[[fake:markdown]]");
  await expect(chat.answers).toContainText("smallphone");
  await chat.settled();
  await chat.answers.locator(".code").getByRole("button", { name: "Copy", exact: true }).click();
  await expect(chat.answers.getByRole("button", { name: "Copied" })).toBeFocused();
  const text = await page.evaluate(() => (window as unknown as { own: Clipboard }).own.readText());
  expect(text).toContain("numbers.reverse();");
  expect(text).not.toContain("```");
});

test("an answer is copied as it was written, linked to, and made anew", async ({ app, chat, context, name, page }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await chat.open(name);
  await chat.send("[[fake:markdown]]");
  await expect(chat.answers).toContainText("smallphone");
  await chat.settled();
  await chat.answers.getByRole("button", { name: "Copy the message" }).click();
  await expect.poll(() => copied(chat)).toContain("A list is reversed **in place**");
  await chat.answers.getByRole("button", { name: "Copy a link to this message" }).click();
  await expect.poll(() => copied(chat)).toContain(`/chat/${name}#message-`);
  const link = await copied(chat);

  await press(chat, "answers", "Regenerate");
  await expect(chat.answers).toHaveCount(1);
  await chat.settled();
  await expect(chat.answers).toContainText("smallphone");
  expect(await storedTexts(app.url, name)).toHaveLength(2);

  await chat.send("Another");
  await expect(chat.answers).toHaveCount(2);
  await chat.settled();
  await page.goto("about:blank");
  const anew = link.replace(/#.*/, `#${await idOf(chat, link)}`);
  await page.goto(anew);
  await chat.interactive();
  await expect(page.locator("[data-linked]")).toContainText("Another");
});

/** The id of the element of the question "Another" on the page of a link. */
async function idOf(chat: Chat, link: string): Promise<string> {
  await chat.page.goto(link);
  await chat.interactive();
  return (await chat.questions.last().getAttribute("id"))!;
}

test("a question is changed: the conversation is cut back, and it is answered anew", async ({ app, chat, name }) => {
  await chat.open(name);
  await chat.send("First");
  await expect(chat.answers).toContainText(GREETING);
  await chat.settled();
  await chat.send("Second");
  await expect(chat.answers).toHaveCount(2);
  await chat.settled();
  await chat.questions.first().getByRole("button", { name: "Edit" }).click();
  const field = chat.transcript.getByRole("textbox", { name: "Your message" });
  await expect(field).toBeFocused();
  await expect(field).toHaveValue("First");
  await field.press("Escape");
  await expect(field).toHaveCount(0);
  await expect(chat.questions.first()).toBeFocused();
  await chat.questions.first().getByRole("button", { name: "Edit" }).click();
  await field.fill("[[fake:words-4-0]] Other");
  await field.press("Enter");
  await chat.expectWords(4);
  await chat.settled();
  expect(await storedTexts(app.url, name)).toEqual(["user: [[fake:words-4-0]] Other", `assistant: ${words(4)}`]);
  await expect(chat.messages).toHaveCount(2);
});

test("a stopped answer says so, and is continued", async ({ chat, name }) => {
  await chat.open(name);
  await chat.send(`[[fake:gate:${name}]]`);
  await chat.expectWords(3);
  await chat.stop.click();
  await chat.settled();
  await expect(chat.answers).toContainText("Stopped");
  await press(chat, "answers", "Continue");
  await expect(chat.answers).toHaveCount(2);
  await chat.settled();
  await expect(chat.answers.last()).not.toContainText("Stopped");
  await expect(chat.transcript.getByRole("button", { name: "Continue", exact: true })).toHaveCount(0);
});

test("a selection in a paragraph stays while the paragraph grows", async ({ chat, model, name, page }) => {
  await chat.open(name);
  await chat.send(`[[fake:gate:${name}]]`);
  await chat.expectWords(3);
  // As Markdown, once its code has come.
  await chat.answers.locator(".block p").first().evaluate((paragraph) => {
    getSelection()!.setBaseAndExtent(paragraph.firstChild!, 6, paragraph.firstChild!, 11);
  });
  model.release(name);
  await chat.expectWords(6);
  await chat.settled();
  expect(await page.evaluate(() => getSelection()!.toString())).toBe("word1");
});

test("one notch of the wheel ends the following of the answer", async ({ chat, model, name, page }) => {
  await page.setViewportSize({ width: 800, height: 300 });
  await chat.open(name);
  await chat.send(`[[fake:gate-400-200:${name}]]`);
  await chat.expectWords(400, 30_000);
  const below = () =>
    page.evaluate(() => document.scrollingElement!.scrollHeight - document.scrollingElement!.scrollTop - innerHeight);
  await expect.poll(below).toBeLessThan(2);
  await page.mouse.move(400, 100);
  await page.mouse.wheel(0, -40);
  await expect.poll(below).toBeGreaterThan(20);
  const top = await page.evaluate(() => document.scrollingElement!.scrollTop);
  model.release(name);
  await chat.expectWords(600, 30_000);
  await chat.settled();
  expect(await page.evaluate(() => document.scrollingElement!.scrollTop)).toBe(top);
});

test("long code is folded, and coloured without a change of the page", async ({ chat, name, page }) => {
  await chat.open(name);
  const code = Array.from({ length: 100 }, (_, line) => `let number${line} = "text"; // ${line}`).join("\n");
  await chat.send(`[[fake:echo]]\n\n\`\`\`rust\n${code}\n\`\`\`\n`);
  const block = chat.answers.getByRole("group", { name: "Code, rust" });
  await expect(block).toContainText("number99");
  await chat.settled();
  const kinds = () =>
    page.evaluate(() => [...CSS.highlights].filter(([, highlight]) => highlight.size > 0).map(([kind]) => kind).sort());
  await expect.poll(kinds).toEqual(expect.arrayContaining(["code-comment", "code-keyword", "code-string"]));
  expect(await block.locator("code *").count()).toBe(0);
  expect((await block.boundingBox())!.height).toBeLessThan(600);
  await chat.answers.getByRole("button", { name: "Show all 100 lines" }).click();
  await expect(block).toBeFocused();
  expect((await block.boundingBox())!.height).toBeGreaterThan(1500);
  const saved = page.waitForEvent("download");
  await chat.answers.getByRole("button", { name: "Download the code" }).click();
  expect((await saved).suggestedFilename()).toBe("code.rs");
});
