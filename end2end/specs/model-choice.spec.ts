// Beside what is written: which model answers, how much it reasons, how full its window is, and what it cost.

import type { Page } from "@playwright/test";
import { violations } from "../fixture/accessibility.ts";
import { expect, settingsFor, test } from "../fixture/test.ts";

const button = (page: Page) => page.getByRole("button", { name: /^Model: / });
const box = (page: Page) => page.getByRole("dialog", { name: "Model" });
const field = (page: Page) => box(page).getByRole("combobox", { name: "Search models" });

test("a model is looked for and chosen, with its effort, for all tabs", async ({ anotherTab, chat, model, name, page }) => {
  await chat.open(name);
  await expect(button(page), "the server's own").toHaveText("auto");
  await button(page).click();
  await expect(field(page)).toBeFocused();
  await expect(box(page).getByRole("option").first()).toHaveText(/auto current.*default/);
  await expect(box(page).getByRole("option", { name: /Fake Mini/ })).toHaveText(/400k context · \$0\.25 in, \$2\.00 out per 1M tokens/);
  await expect(box(page).getByRole("option", { name: /No Tools/ })).toContainText("free");
  expect(await violations(page)).toEqual([]);
  await field(page).fill("flash");
  await expect(box(page).getByRole("option")).toHaveCount(1);
  await page.keyboard.press("Enter");
  await expect(box(page)).toBeHidden();
  await expect(button(page)).toHaveText("Fake Flash");
  await expect(button(page)).toBeFocused();

  await page.keyboard.press("Enter");
  await box(page).getByRole("radio", { name: "Low" }).check();
  await page.keyboard.press("Escape");
  await expect(box(page)).toBeHidden();
  await expect(button(page)).toHaveText("Fake Flash · low");
  await chat.send(name);
  await chat.settled();
  expect(model.requestsWith(name)[0]!.body).toMatchObject({ model: "google/fake-flash" });
  const second = await anotherTab();
  await second.open(name);
  await expect(button(second.page)).toHaveText(/· low$/);
  await button(second.page).click();
  await field(second.page).fill("nothing like this");
  await expect(box(second.page).getByRole("status")).toHaveText("No model is called like this.");
  await field(second.page).fill("");
  await box(second.page).getByRole("option").first().click();
  await expect(button(page)).toHaveText("auto · low");
});

test("the meter says how full the window is, and what was spent", async ({ chat, name, page }) => {
  await chat.open(name);
  await expect(chat.usage).toHaveCount(0);
  await chat.composer.fill("/model fake/no-tools");
  await chat.composer.press("Enter");
  await expect(button(page)).toHaveText("No Tools");
  await chat.send(`[[fake:usage]] ${name}`);
  await expect(chat.usage).toHaveText(/^\d+ % · \$0\.\d+$/);
  await chat.usage.focus();
  const more = page.getByRole("tooltip");
  await expect(more).toContainText(/Context: \d+(\.\d)?k? of 8\.1k tokens, \d+ %\./);
  await expect(more).toContainText(/This conversation: .* tokens/);
  expect(await violations(page)).toEqual([]);
  await page.keyboard.press("Escape");
  await expect(more).toBeHidden();
  await chat.usage.hover();
  await expect(more).toBeVisible();
});

test("the demo model has a readable name", async ({ chatAt, name, startApp }) => {
  const app = await startApp({ settings: { MODEL: "demo" } });
  const chat = chatAt(app.url);
  await chat.open(name);
  await expect(button(chat.page)).toHaveText("Demo model");
  await button(chat.page).click();
  await expect(box(chat.page).getByRole("option")).toHaveText(/^Demo model current.*free$/);
});

test("it says why there are no models", async ({ chatAt, model, name, startApp }) => {
  const app = await startApp({ settings: settingsFor(model) });
  const chat = chatAt(app.url);
  const list = model.modelList;
  model.modelList = null;
  try {
    await chat.open(name);
    await button(chat.page).click();
    await expect(box(chat.page).getByRole("status")).toContainText("503");
  } finally {
    model.modelList = list;
  }
});

for (const colorScheme of ["light", "dark"] as const) {
  for (const width of [390, 1280]) {
    test.describe(`${colorScheme}, ${width} px`, () => {
      test.use({ colorScheme, viewport: { width, height: 844 } });

      test("the boxes fit and are accessible", async ({ chat, name, page }) => {
        await chat.open(name);
        await chat.send(`[[fake:usage]] ${name}`);
        await expect(chat.usage).toBeVisible();
        for (const name of [/^Model: /, /^Mode: /]) {
          await page.getByRole("button", { name }).click();
          const open = page.getByRole("dialog");
          await expect(open).toBeVisible();
          const place = (await open.boundingBox())!;
          expect(place.x).toBeGreaterThanOrEqual(0);
          expect(place.x + place.width).toBeLessThanOrEqual(width);
          expect(place.y).toBeGreaterThanOrEqual(0);
          expect(await violations(page)).toEqual([]);
          await page.keyboard.press("Escape");
          await expect(open).toBeHidden();
        }
      });
    });
  }
}
