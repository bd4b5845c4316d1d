// A working day with the keyboard alone: nothing in this file uses a pointer or moves the focus by a script.

import type { Locator, Page } from "@playwright/test";
import { textFile } from "../fixture/attachments.ts";
import { expect, settingsFor, test } from "../fixture/test.ts";

/** More stops than any page of this day has. */
const MOST_STOPS = 150;

const isFocused = (locator: Locator): Promise<boolean> =>
  locator.evaluateAll((elements) => elements.includes(document.activeElement as HTMLElement));

/** Presses Tab, or Shift+Tab, until one of the elements has the focus. */
async function reach(page: Page, locator: Locator, key: "Tab" | "Shift+Tab" = "Tab"): Promise<void> {
  for (let stop = 0; stop < MOST_STOPS; stop += 1) {
    if (await isFocused(locator)) return;
    await page.keyboard.press(key);
  }
  throw new Error(`the keyboard does not reach ${locator}`);
}

async function press(page: Page, locator: Locator, key: "Tab" | "Shift+Tab" = "Tab"): Promise<void> {
  await reach(page, locator, key);
  await page.keyboard.press("Enter");
}

test("start, attach, send, approve, edit, branch, search, rename, delete and take it back", async ({ chatAt, model, page, startApp }) => {
  test.slow();
  const app = await startApp({ settings: settingsFor(model) });
  const chat = chatAt(app.url);
  const list = page.getByRole("navigation", { name: "Conversations" });
  const button = (name: string | RegExp, within: Page | Locator = page) => within.getByRole("button", { name, exact: typeof name === "string" });

  // Start, with a file
  await chat.openStart();
  await reach(page, button("Attach files"));
  // Its code may not have come yet.
  await expect(async () => {
    const chooser = page.waitForEvent("filechooser", { timeout: 2_000 });
    await page.keyboard.press("Enter");
    await (await chooser).setFiles(textFile("notes.txt", "remember the milk\n"));
  }).toPass();
  await expect(page.getByRole("list", { name: "Attached files" })).toContainText("notes.txt");
  await reach(page, chat.composer, "Shift+Tab");
  await page.keyboard.type('Write it down [[fake:tool:write:{"path":"todo.txt","text":"milk\\n"}]]');
  await page.keyboard.press("Enter");

  // Approve
  await expect(chat.allow).toBeVisible();
  await press(page, chat.allow, "Shift+Tab");
  await expect(chat.approval).toHaveCount(0);
  await chat.settled();
  await expect(chat.answers).toContainText("The tools said");

  // Edit
  await press(page, button("Edit", chat.questions.first()), "Shift+Tab");
  const field = chat.transcript.getByRole("textbox", { name: "Your message" });
  await expect(field).toBeFocused();
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.type("Better [[fake:words-3-0]]");
  await page.keyboard.press("Enter");
  await chat.expectWords(3);
  await chat.settled();

  // Branch, and back
  const branches = chat.transcript.getByRole("group", { name: "Branches" });
  await press(page, button("Previous branch", branches), "Shift+Tab");
  await expect(branches).toContainText("Branch 1 of 2");
  await expect(chat.answers).toContainText("The tools said");
  await press(page, button("Next branch", branches));
  await expect(branches).toContainText("Branch 2 of 2");

  // Another conversation
  await page.keyboard.press("ControlOrMeta+k");
  const palette = page.getByRole("dialog", { name: "Go to" });
  await expect(palette.getByRole("combobox")).toBeFocused();
  await page.keyboard.type("new conv");
  await expect(palette.getByRole("option", { selected: true })).toContainText("New conversation");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(`${app.url}/`);
  await reach(page, chat.composer);
  await page.keyboard.type("Pears [[fake:words-5-0]]");
  await page.keyboard.press("Enter");
  await chat.expectWords(5);
  await chat.settled();

  // Search
  const search = page.getByRole("searchbox", { name: "Search conversations" });
  await reach(page, search, "Shift+Tab");
  await expect(list.getByRole("listitem")).toHaveCount(2, { timeout: 20_000 });
  await expect(async () => {
    await page.keyboard.press("ControlOrMeta+a");
    await page.keyboard.type("word4");
    await expect(list.getByText("1 conversation")).toBeVisible();
  }).toPass();
  await page.keyboard.press("Escape");

  // Rename
  const heading = button(/, rename$/, page.getByRole("banner"));
  await press(page, heading);
  await expect(page.getByRole("textbox", { name: "Title" })).toBeFocused();
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.type("Fruit");
  await page.keyboard.press("Enter");
  await expect(button("Fruit, rename", page.getByRole("banner"))).toBeFocused();
  await expect(list.getByRole("link", { name: "Fruit" })).toBeVisible();

  // Delete, and take it back
  await press(page, button("Actions for Fruit", list), "Shift+Tab");
  const remove = page.getByRole("menuitem", { name: "Delete", exact: true });
  await expect(page.getByRole("menuitem").first()).toBeFocused();
  while (!(await isFocused(remove))) await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(list.getByRole("link", { name: "Fruit" })).toBeHidden();
  await press(page, button(/^Undo/, page.getByRole("group", { name: "Deleted conversations" })));
  await expect(list.getByRole("link", { name: "Fruit" })).toBeFocused();
});
