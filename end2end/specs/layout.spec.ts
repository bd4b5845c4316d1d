// The page on a small screen, in dark mode, and by keyboard only.

import type { Page } from "@playwright/test";
import type { Chat } from "../fixture/chat.ts";
import { expect, test } from "../fixture/test.ts";
import { GREETING } from "../model/script.ts";

/** The number of pixels by which the page exceeds the screen's width. */
function overflow(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

/** The lightness of the page's background, from 0 (black) to 1 (white). */
function lightness(page: Page): Promise<number> {
  return page.evaluate(() => {
    const canvas = document.createElement("canvas").getContext("2d")!;
    for (const element of [document.documentElement, document.body]) {
      canvas.fillStyle = getComputedStyle(element).backgroundColor;
      canvas.fillRect(0, 0, 1, 1);
    }
    const [red = 0, green = 0, blue = 0] = canvas.getImageData(0, 0, 1, 1).data;
    return (red + green + blue) / (3 * 255);
  });
}

async function askForMarkdown(chat: Chat, name: string): Promise<void> {
  await chat.open(name);
  await chat.send("[[fake:markdown]]");
  await expect(chat.answers).toContainText("smallphone");
  await chat.settled();
}

test("nothing is wider than a screen of 360 pixels", async ({ chat, name, page }) => {
  await page.setViewportSize({ width: 360, height: 640 });
  await chat.openStart();
  expect(await overflow(page)).toBe(0);
  await expect(chat.composer).toBeInViewport();
  await askForMarkdown(chat, name);
  expect(await overflow(page)).toBe(0);
  await expect(chat.composer).toBeInViewport();
  await chat.composer.fill("a very long word: " + "m".repeat(300));
  expect(await overflow(page)).toBe(0);
});

test("the page follows the system between light and dark", async ({ chat, page }) => {
  await page.emulateMedia({ colorScheme: "light" });
  await chat.openStart();
  expect(await lightness(page)).toBeGreaterThan(0.85);
  await page.emulateMedia({ colorScheme: "dark" });
  await expect.poll(() => lightness(page)).toBeLessThan(0.2);
});

test("Enter sends, Shift+Enter breaks the line", async ({ app, chat, name, page, request }) => {
  await chat.open(name);
  await chat.composer.focus();
  await page.keyboard.press("Enter");
  await expect(chat.questions).toHaveCount(0);

  await page.keyboard.type("first line");
  const oneLine = (await chat.composer.boundingBox())!.height;
  await page.keyboard.press("Shift+Enter");
  await page.keyboard.type("second line");
  await expect(chat.composer).toHaveValue("first line\nsecond line");
  await expect.poll(async () => (await chat.composer.boundingBox())!.height).toBeGreaterThan(oneLine);
  await page.keyboard.press("Enter");
  await expect(chat.composer).toHaveValue("");
  await expect(chat.composer).toBeFocused();
  await expect(chat.answers).toContainText(GREETING);
  const stored = await (await request.get(`${app.url}/agents/coderagent/${name}/get-messages`)).json();
  expect(stored[0].parts[0].text).toBe("first line\nsecond line");
});

test("Enter that ends the composing of a character does not send", async ({ chat, name }) => {
  await chat.open(name);
  await chat.composer.fill("かな");
  await chat.composer.dispatchEvent("keydown", { key: "Enter", isComposing: true, bubbles: true });
  await expect(chat.composer).toHaveValue("かな");
  await expect(chat.questions).toHaveCount(0);
});

test("the dialog is used and left by keyboard", async ({ chat, name, page }) => {
  await chat.open(name);
  await chat.send("Hello");
  await expect(chat.answers).toContainText(GREETING);
  await chat.settled();
  const clear = page.getByRole("button", { name: "Clear", exact: true });
  const dialog = page.getByRole("alertdialog", { name: "Clear this conversation?" });
  await clear.focus();
  await page.keyboard.press("Enter");
  await expect(dialog.locator(":focus")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await expect(clear).toBeFocused();
  await expect(chat.questions).toHaveCount(1);
});
