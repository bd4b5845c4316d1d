// The palette, the list of shortcuts, and the borders that can be moved.

import type { Locator, Page } from "@playwright/test";
import { violations } from "../fixture/accessibility.ts";
import { expect, test } from "../fixture/test.ts";

const palette = (page: Page): Locator => page.getByRole("dialog", { name: "Go to" });
const field = (page: Page): Locator => palette(page).getByRole("combobox");
const chosen = (page: Page): Locator => palette(page).getByRole("option", { selected: true });

test("by keyboard to a conversation, a file and a command", async ({ app, chat, name, page, request }) => {
  const put = await request.put(`${app.url}/agents/coderagent/${name}/files/src/palette.rs`, { data: "fn main() {}\n" });
  expect(put.status()).toBe(201);
  await chat.open(name);
  await chat.send(`About ${name} [[fake:words-3-0]]`);
  await chat.expectWords(3);
  await expect(page.getByRole("navigation", { name: "Conversations" }).locator("[aria-current]")).toBeVisible({ timeout: 20_000 });

  await page.keyboard.press("ControlOrMeta+k");
  await expect(field(page)).toBeFocused();
  expect(await violations(page)).toEqual([]);
  await field(page).fill("palette");
  await expect(chosen(page)).toHaveText(/palette\.rs/);
  await page.keyboard.press("Enter");
  await expect(palette(page)).toBeHidden();
  await expect(page.getByRole("complementary", { name: "Files" }).getByText("fn main() {}")).toBeVisible();

  await page.keyboard.press("ControlOrMeta+k");
  await field(page).fill("new conv");
  await expect(chosen(page)).toHaveText(/New conversation/);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(`${app.url}/`);

  await page.keyboard.press("ControlOrMeta+k");
  await field(page).fill(`about ${name}`);
  await expect(chosen(page)).toHaveText(/Conversation$/);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(`${app.url}/chat/${name}`);

  await page.keyboard.press("ControlOrMeta+k");
  await field(page).fill("nothing like this");
  await expect(palette(page).getByRole("status")).toHaveText("Nothing was found.");
  await page.keyboard.press("Escape");
  await expect(palette(page)).toBeHidden();
});

test("a question mark shows the shortcuts, but not where something is written", async ({ chat, page }) => {
  await chat.openStart();
  const sheet = page.getByRole("dialog", { name: "Keyboard shortcuts" });
  await chat.composer.focus();
  await page.keyboard.type("why?");
  await expect(chat.composer).toHaveValue("why?");
  await expect(sheet).toBeHidden();
  const settings = page.getByRole("link", { name: "Settings" });
  await settings.focus();
  await page.keyboard.type("?");
  await expect(sheet).toBeVisible();
  expect(await violations(page)).toEqual([]);
  await page.keyboard.press("Escape");
  await expect(sheet).toBeHidden();
  await expect(settings).toBeFocused();
});

test("borders are moved by keyboard and by pointer, and stay", async ({ chat, name, page }) => {
  await page.setViewportSize({ width: 1440, height: 800 });
  await chat.open(name);
  const list = page.getByRole("navigation", { name: "Conversations" });
  const border = page.getByRole("separator", { name: "Width of the conversations" });
  // A part has no box for the moment in which its code arrives.
  const width = async (part: Locator) => Math.round((await part.boundingBox())?.width ?? 0);
  await expect.poll(() => width(list)).toBeGreaterThan(200);
  const before = await width(list);
  await border.focus();
  await page.keyboard.press("ArrowRight");
  await expect.poll(() => width(list)).toBe(before + 16);
  await expect(border).toHaveAttribute("aria-valuenow", String(before + 16));
  await page.keyboard.press("Home");
  await expect.poll(() => width(list)).toBe(200);

  await page.getByRole("button", { name: "Files", exact: true }).click();
  const files = page.getByRole("complementary", { name: "Files" });
  const inner = page.getByRole("separator", { name: "Width of the files" });
  const handle = (await inner.boundingBox())!;
  await page.mouse.move(handle.x + handle.width / 2, 300);
  await page.mouse.down();
  await page.mouse.move(1440 - 500, 320, { steps: 4 });
  await page.mouse.up();
  await expect.poll(() => width(files)).toBe(500);
  expect(await violations(page)).toEqual([]);

  await chat.reload();
  await expect.poll(() => width(list)).toBe(200);
  await border.focus();
  await page.keyboard.press("Enter");
  await expect.poll(() => width(list)).toBe(before);
});

test("nothing is wider than the window, from 320 to 2,560 pixels", async ({ chat, name, page }) => {
  await chat.open(name);
  await chat.send("[[fake:markdown]]");
  await expect(chat.answers).toContainText("smallphone");
  const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  const widths = [320, 832, 1120, 2560];
  for (const width of widths) {
    await page.setViewportSize({ width, height: 700 });
    expect(await overflow(), `${width}`).toBe(0);
  }
  await page.getByRole("button", { name: "Files", exact: true }).click();
  await expect(page.getByRole("complementary", { name: "Files" })).toBeVisible();
  for (const width of widths) {
    await page.setViewportSize({ width, height: 700 });
    expect(await overflow(), `${width}, with the files`).toBe(0);
  }
});
