// Automatic accessibility checks of every page, in light and dark mode.

import { violations } from "../fixture/accessibility.ts";
import { expect, test } from "../fixture/test.ts";

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
      await chat.send('[[fake:tool:set_project_context:{"context":"Rust"}]]');
      await expect(chat.approval).toBeVisible();
      expect(await violations(page)).toEqual([]);
      await chat.refuse.click();
      await expect(chat.tool("set_project_context")).toHaveText(/refused/);
      await chat.settled();
      expect(await violations(page)).toEqual([]);
    });

    test("the connection check, with a cause", async ({ app, consoleWatch, page }) => {
      consoleWatch.allow(/WebSocket connection to .* failed|Failed to load resource.* 400/);
      await page.goto(`${app.url}/doctor?agent=nobody`);
      await expect(page.getByText("The server has no agent of this name.")).toBeVisible({ timeout: 30_000 });
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
