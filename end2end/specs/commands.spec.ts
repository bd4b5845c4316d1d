// Commands after a `/` and files after an `@`, in the field where messages are written.

import type { Locator, Page } from "@playwright/test";
import { violations } from "../fixture/accessibility.ts";
import type { App } from "../fixture/app.ts";
import type { Chat } from "../fixture/chat.ts";
import { expect, test } from "../fixture/test.ts";
import { GREETING } from "../model/script.ts";

const list = (page: Page): Locator => page.getByRole("listbox", { name: /^(Commands|Values|Files)$/ });
const option = (page: Page, name: string | RegExp): Locator => list(page).getByRole("option", { name });
const chosen = (page: Page): Locator => list(page).getByRole("option", { selected: true });
const said = (page: Page): Locator => page.locator(".composer-said");
const title = (page: Page): Locator => page.getByRole("heading", { level: 1 });

const agent = (app: App, name: string): string => `${app.url}/agents/coderagent/${name}`;

async function put(app: App, name: string, path: string, text: string): Promise<void> {
  const address = `${agent(app, name)}/files/${path.split("/").map(encodeURIComponent).join("/")}`;
  expect((await fetch(address, { method: "PUT", body: text })).ok).toBe(true);
}

/** Opens the conversation with one answer in it. */
async function begin(chat: Chat, name: string): Promise<void> {
  await chat.open(name);
  await chat.send(`Hello ${name}`);
  await expect(chat.answers).toContainText(GREETING);
  await chat.settled();
}

test("a slash offers the commands, which are chosen by keyboard", async ({ chat, name, page }) => {
  await begin(chat, name);
  await chat.composer.pressSequentially("/");
  await expect(option(page, "/rename [title] Rename this conversation")).toBeVisible();
  await expect(chosen(page)).toHaveText(/^\/new/);
  await expect(chat.composer).toHaveAttribute("aria-activedescendant", "suggestion-0");
  await expect(chat.composer).toHaveAttribute("aria-controls", "suggestions");
  expect(await violations(page)).toEqual([]);

  await chat.composer.press("ArrowUp");
  await expect(chosen(page)).toHaveText(/^\/help/);
  await chat.composer.pressSequentially("ren");
  await expect(list(page).getByRole("option")).toHaveCount(1);
  await chat.composer.press("Tab");
  await expect(chat.composer).toHaveValue("/rename ");
  await chat.composer.pressSequentially(`About ${name}`);
  await chat.composer.press("Enter");
  await expect(title(page)).toHaveText(`About ${name}`);
  await expect(chat.composer).toHaveValue("");
  await expect(chat.composer).toBeFocused();
  await expect(chat.questions).toHaveCount(1);

  await chat.composer.pressSequentially("/he");
  await chat.composer.press("Enter");
  const sheet = page.getByRole("dialog", { name: "Keyboard shortcuts" });
  await expect(sheet).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(sheet).toBeHidden();
  await chat.composer.pressSequentially("/clear");
  await chat.composer.press("Enter");
  await page.getByRole("alertdialog").getByRole("button", { name: "Clear", exact: true }).click();
  await expect(chat.messages).toHaveCount(0);
  await chat.composer.pressSequentially("/new");
  await chat.composer.press("Enter");
  await expect(page).toHaveURL(/\/$/);
  await chat.composer.pressSequentially("/");
  await expect(option(page, /^\/settings/)).toBeVisible();
  await expect(option(page, /^\/stop/), "there is no conversation").toHaveCount(0);
  await option(page, /^\/settings/).click();
  await expect(page).toHaveURL(/\/settings$/);
});

test("the model, its effort and the mode are chosen by a command", async ({ app, chat, name, page }) => {
  await chat.open(name);
  const mode = page.getByRole("button", { name: /^Mode: / });
  const model = page.getByRole("button", { name: /^Model: / });
  await expect(mode).toHaveText("Ask before changes");
  await chat.composer.pressSequentially("/mode");
  await chat.composer.press("Enter");
  await expect(list(page).getByRole("option")).toHaveText([/^ask/, /^auto-edit/, /^review/]);
  await chat.composer.press("ArrowDown");
  await chat.composer.press("Enter");
  await expect(mode).toHaveText("Change files freely");
  await expect(said(page)).toHaveText("Coder changes files without asking.");

  await chat.composer.pressSequentially("/model sonnet");
  await expect(chosen(page)).toContainText("200k context · $3.00 in, $15.00 out per 1M tokens");
  await chat.composer.press("Enter");
  await expect(model).toHaveText("Fake Sonnet");
  await chat.composer.fill("/effort high");
  await chat.composer.press("Escape");
  await chat.composer.press("Enter");
  await expect(model).toHaveText("Fake Sonnet · high");
  await chat.composer.fill("/model nothing-like-this");
  await chat.composer.press("Enter");
  await expect(said(page)).toContainText("There is no model");
  await chat.reload();
  await expect(model).toHaveText("Fake Sonnet · high");
  await chat.composer.fill("/export");
  const [download] = await Promise.all([page.waitForEvent("download"), chat.composer.press("Enter")]);
  expect(download.suggestedFilename()).toBe("conversation.zip");
  expect(app.url).toBeTruthy();
});

test("the commands for a repository and an issue become requests to the model", async ({ chat, name, page }) => {
  await chat.open(name);
  await chat.composer.fill("/import");
  await chat.composer.press("Escape");
  await chat.composer.press("Enter");
  await expect(said(page)).toHaveText("Write the repository after the name: /import owner/name");
  await chat.composer.fill("/import rust-lang/cargo");
  await chat.composer.press("Enter");
  await expect(chat.questions).toHaveText(/Open the repository rust-lang\/cargo in the workspace/);
  await chat.settled();
  await chat.composer.fill("/issue #12");
  await chat.composer.press("Enter");
  await expect(chat.questions.last()).toHaveText(/Work on issue #12 of the opened repository/);
  await chat.settled();
});

test("what is no command is said, and sent the second time", async ({ chat, name, page }) => {
  await chat.open(name);
  await chat.composer.fill("/stpo");
  await chat.composer.press("Enter");
  await expect(said(page)).toHaveText("There is no command /stpo. Did you mean /stop? Send it once more to send it as a message.");
  await expect(chat.composer).toHaveValue("/stpo");
  await chat.composer.press("Enter");
  await expect(chat.questions).toHaveText(/\/stpo/);
  await expect(chat.answers).toContainText(GREETING);
  await chat.settled();
  for (const text of ["/usr/bin is full", "// comment", "/new\nline"]) {
    await chat.composer.fill(text);
    await page.getByRole("button", { name: "Send", exact: true }).click();
    await expect(chat.questions.last()).toContainText(text.split("\n")[0]!);
    await chat.settled();
  }
});

test("Escape closes the list, then stops the answer", async ({ chat, name, page }) => {
  await chat.open(name);
  await chat.send("[[fake:words-400-40]]");
  await expect(chat.stop).toBeVisible();
  await chat.composer.pressSequentially("/");
  await expect(list(page)).toBeVisible();
  await chat.composer.press("Escape");
  await expect(list(page)).toBeHidden();
  await expect(chat.stop).toBeVisible();
  await chat.composer.press("Escape");
  await chat.settled();
  await expect(chat.composer).toHaveValue("/");
});

test("an input method is left alone while it composes", async ({ chat, name, page }) => {
  await chat.open(name);
  await chat.composer.focus();
  await page.keyboard.type("/");
  await expect(list(page)).toBeVisible();
  const options = await list(page).getByRole("option").count();
  const session = await page.context().newCDPSession(page);
  await session.send("Input.imeSetComposition", { text: "mo", selectionStart: 2, selectionEnd: 2 });
  await expect(chat.composer).toHaveValue("/mo");
  await expect(list(page).getByRole("option")).toHaveCount(options);
  await session.send("Input.insertText", { text: "mo" });
  await expect(option(page, /^\/mode /)).toBeVisible();
  await expect(option(page, /^\/new/)).toHaveCount(0);
});

test("the last answer's changes are undone and made again", async ({ app, chat, consoleWatch, name, page }) => {
  consoleWatch.allow(/status of 409/);
  await chat.open(name);
  const say = async (text: string) => {
    await chat.composer.fill(text);
    await chat.composer.press("Enter");
  };
  await say("/undo");
  await expect(said(page)).toHaveText("No file change of an answer is left to undo.");
  await say("/mode auto-edit");
  await expect(page.getByRole("button", { name: /^Mode: / })).toHaveText("Change files freely");
  await chat.send(`[[fake:tool:write:${JSON.stringify({ path: "a.txt", text: "two\n" })}]]`);
  await expect(chat.answers).toContainText("The tools said:");
  await chat.settled();
  const status = async () => (await fetch(`${agent(app, name)}/files/a.txt`)).status;
  expect(await status()).toBe(200);
  await say("/undo");
  await expect(said(page)).toHaveText("The changes are undone.");
  expect(await status()).toBe(404);
  await say("/redo");
  await expect(said(page)).toHaveText("The changes are made again.");
  expect(await status()).toBe(200);

  await put(app, name, "a.txt", "three\n");
  await say("/undo");
  await expect(said(page)).toContainText("the same lines were changed in a.txt");
  await expect(page.getByRole("complementary", { name: "Files" }).getByRole("heading", { name: "History" })).toBeVisible();
});

test("files are mentioned, also those with odd names", async ({ app, chat, model, name, page }) => {
  for (const path of ["src/main.rs", "docs/main page.md", "a\u202Eb.txt", "other.txt"]) await put(app, name, path, "x\n");
  await chat.open(name);
  await chat.composer.pressSequentially("Look at @main");
  await expect(list(page).getByRole("option")).toHaveText(["src/main.rs", "docs/main page.md"]);
  expect(await violations(page)).toEqual([]);
  await chat.composer.press("Enter");
  await expect(chat.composer).toHaveValue("Look at @src/main.rs ");
  await expect(list(page)).toBeHidden();
  await chat.composer.pressSequentially("and @pag");
  await option(page, "docs/main page.md").click();
  await expect(chat.composer).toHaveValue('Look at @src/main.rs and @"docs/main page.md" ');
  await expect(chat.composer).toBeFocused();
  await chat.composer.pressSequentially("and @a");
  await option(page, /hidden character U\+202E/).click();
  const text = 'Look at @src/main.rs and @"docs/main page.md" and @"a\\u202eb.txt" ';
  await expect(chat.composer).toHaveValue(text);
  await page.keyboard.press("ControlOrMeta+z");
  await expect(chat.composer, "it can be undone").toHaveValue(/and @a$/);
  await chat.composer.fill(`${text}${name}`);
  await chat.composer.press("Enter");
  await expect(chat.answers).toContainText(GREETING);
  expect(JSON.stringify(model.requestsWith(name)[0]!.body)).toContain("@src/main.rs");
  await chat.composer.fill("me@main");
  await expect(list(page)).toBeHidden();
});

test("a command that is sent before its code is there waits for it", async ({ chat, name, page }) => {
  await begin(chat, name);
  let isHeld = true;
  await page.route(/\/suggest\..*\.wasm/, async (route) => {
    await expect.poll(() => isHeld).toBe(false);
    await route.continue();
  });
  await chat.composer.fill(`/rename Held ${name}`);
  await chat.composer.press("Enter");
  await expect(chat.composer).toHaveValue(`/rename Held ${name}`);
  isHeld = false;
  await expect(title(page)).toHaveText(`Held ${name}`);
  await expect(chat.composer).toHaveValue("");
  await expect(chat.questions).toHaveCount(1);
});

test("an Enter before the code of the list is there takes what the list would have shown", async ({ chat, name, page }) => {
  await chat.open(name);
  let isHeld = true;
  await page.route(/\/suggest\..*\.wasm/, async (route) => {
    await expect.poll(() => isHeld).toBe(false);
    await route.continue();
  });
  await chat.composer.fill("/mode");
  await chat.composer.press("Enter");
  isHeld = false;
  await expect(list(page).getByRole("option")).toHaveText([/^ask/, /^auto-edit/, /^review/]);
});

test.describe("on glass", () => {
  test.use({ hasTouch: true, isMobile: true, viewport: { width: 390, height: 844 } });

  test("entries are taken by touch", async ({ app, chat, name, page }) => {
    await put(app, name, "src/main.rs", "x\n");
    await chat.open(name);
    await chat.composer.tap();
    await chat.composer.pressSequentially("@ma");
    await option(page, "src/main.rs").tap();
    await expect(chat.composer).toHaveValue("@src/main.rs ");
    await expect(chat.composer).toBeFocused();
    await chat.composer.fill("/hist");
    await option(page, /^\/history/).tap();
    await expect(page.getByRole("heading", { name: "History" })).toBeVisible();
  });
});
