// Automatic accessibility checks of every page, by day and by night.

import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect, test } from "../fixture/test.ts";

/** What is wrong, as lines short enough to read in a failure. */
async function violations(page: Page): Promise<string[]> {
  const results = await new AxeBuilder({ page }).analyze();
  return results.violations.map(
    ({ id, help, nodes }) => `${id}: ${help} (${nodes.map(({ target }) => target.join(" ")).join(", ")})`,
  );
}

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme });

    test("the start page", async ({ chat, page }) => {
      await chat.openStart();
      expect(await violations(page)).toEqual([]);
    });

    test("a conversation with reasoning, markdown, a queued message and a dialog", async ({
      chat,
      model,
      name,
      page,
    }) => {
      await chat.open(name);
      await chat.send("[[fake:reasoning]]");
      await expect(chat.answers).toContainText("42");
      await chat.settled();
      await chat.send("[[fake:markdown]]");
      await expect(chat.answers.last()).toContainText("smallphone");
      await chat.settled();
      expect(await violations(page)).toEqual([]);

      await chat.send(`[[fake:gate:${name}]]`);
      await chat.expectWords(3);
      await chat.send("Next.");
      await expect(chat.questions.last()).toContainText("Queued");
      expect(await violations(page)).toEqual([]);
      model.release(name);
      await expect(chat.answers).toHaveCount(4);
      await chat.settled();

      await page.getByRole("button", { name: "Clear", exact: true }).click();
      await expect(page.getByRole("alertdialog")).toBeVisible();
      expect(await violations(page)).toEqual([]);
    });

    test("a conversation with a tool call that waits", async ({ chat, name, page }) => {
      await chat.open(name);
      await chat.send('[[fake:tool:update_project_context:{"context":"Rust"}]]');
      await expect(chat.approval).toBeVisible();
      expect(await violations(page)).toEqual([]);
      await chat.refuse.click();
      await expect(chat.tool("update_project_context")).toHaveText(/refused/);
      await chat.settled();
      expect(await violations(page)).toEqual([]);
    });

    test("a conversation with an error", async ({ chat, name, page }) => {
      await chat.open(name);
      await chat.send("[[fake:error-402]]");
      await expect(chat.error).toBeVisible();
      await chat.settled();
      expect(await violations(page)).toEqual([]);
    });
  });
}
