// A text file is changed in place, beside the conversation.

import type { Page } from "@playwright/test";

import { violations } from "../fixture/accessibility.ts";
import { expect, test } from "../fixture/test.ts";

const drawer = (page: Page) => page.getByRole("complementary", { name: "Files" });
const field = (page: Page) => drawer(page).getByRole("textbox", { name: "Content of notes.txt" });
const press = (page: Page, name: string) => drawer(page).getByRole("button", { name, exact: true }).click();

async function look(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Files", exact: true }).click();
  await drawer(page).getByRole("button", { name: /^notes\.txt/ }).click();
}

test("a text is changed, its draft outlives a reload, and what others wrote is not overwritten unseen", async ({ app, chat, consoleWatch, name, page }) => {
  consoleWatch.allow(/Failed to load resource.* 412/);
  const address = `${app.url}/agents/coderagent/${name}/files/notes.txt`;
  const put = (body: string) => fetch(address, { method: "PUT", body });
  const stored = async () => (await fetch(address)).text();
  await put("one\r\ntwo\r\n");
  await chat.open(name);
  await look(page);
  await press(page, "Edit");
  await expect(field(page)).toBeFocused();
  await expect(field(page)).toHaveValue("one\ntwo\n");
  await field(page).fill("one\ntwo, or three\n");
  expect(await violations(page)).toEqual([]);
  await field(page).press("Control+s");
  await expect(field(page)).toBeHidden();
  await expect(drawer(page).getByRole("group", { name: "Content of notes.txt" })).toContainText("two, or three");
  expect(await stored(), "the line ends stay").toBe("one\r\ntwo, or three\r\n");

  // Escape leaves; what was written stays, also after a reload.
  await press(page, "Edit");
  await field(page).fill("mine\n");
  await field(page).press("Escape");
  await expect(drawer(page).getByRole("note")).toContainText("not saved");
  await chat.reload();
  await look(page);
  await put("one\r\ntheirs\r\n");
  await press(page, "Continue");
  await expect(field(page)).toHaveValue("mine\n");
  await press(page, "Save");
  const conflict = drawer(page).getByRole("alert");
  await expect(conflict.getByRole("group", { name: "What was changed" })).toContainText("+theirs");
  expect(await violations(page)).toEqual([]);
  expect(await stored()).toBe("one\r\ntheirs\r\n");
  await press(page, "Keep editing");
  await expect(field(page)).toBeFocused();
  await press(page, "Save");
  await press(page, "Save mine instead");
  await expect(field(page)).toBeHidden();
  expect(await stored()).toBe("mine\r\n");
  await expect(drawer(page).getByRole("note")).toHaveCount(0);
});
