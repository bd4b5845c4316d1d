// The model's questions to the user.

import type { Chat } from "../fixture/chat.ts";
import { violations } from "../fixture/accessibility.ts";
import { expect, test } from "../fixture/test.ts";

const OPTIONS = ["Rust", "Go"];
const ASK = `[[fake:tool:ask_user:${JSON.stringify({ question: "Which **language**?", options: OPTIONS })}]]`;

const question = (chat: Chat) => chat.transcript.getByRole("group", { name: "Coder asks you" });
const words = (chat: Chat) => question(chat).getByRole("textbox", { name: "Or in your own words" });

async function ask(chat: Chat, name: string): Promise<void> {
  await chat.open(name);
  await chat.send(ASK);
  await expect(question(chat)).toBeVisible();
  await chat.settled();
}

test("an option answers a question, and the turn continues", async ({ chat, name, page }) => {
  await ask(chat, name);
  await expect(chat.answers).toMatchAriaSnapshot(`
    - group:
      - text: Question waits for your answer
    - group "Coder asks you":
      - paragraph:
        - text: Which
        - strong: language
      - button "Rust"
      - button "Go"
      - text: Or in your own words
      - textbox "Or in your own words"
      - button "Answer the question"
  `);
  await question(chat).getByRole("button", { name: "Go" }).focus();
  await page.keyboard.press("Enter");
  await expect(question(chat)).toHaveCount(0);
  await expect(chat.tool("Question")).toBeFocused();
  await expect(chat.answers).toContainText('The tools said: {"answer":"Go"}');
  await expect(chat.tool("Question")).toHaveText(/answered/);
  await chat.settled();
  await chat.reload();
  await expect(chat.tool("Question")).toHaveText(/answered/);
  await expect(question(chat)).toHaveCount(0);
});

test("a question is answered in the user's own words, after a reload", async ({ chat, name, page }) => {
  await ask(chat, name);
  await chat.reload();
  await words(chat).fill("Neither: C.");
  await page.keyboard.press("Enter");
  await expect(chat.answers).toContainText('The tools said: {"answer":"Neither: C."}');
  await chat.settled();
});

test("a question that another tab answers, or that is left behind, is not asked any more", async ({
  anotherTab,
  chat,
  name,
}) => {
  const second = await anotherTab();
  await second.open(name);
  await ask(chat, name);
  await question(second).getByRole("button", { name: "Rust" }).click();
  await expect(question(chat)).toHaveCount(0);
  await expect(chat.answers).toContainText('The tools said: {"answer":"Rust"}');
  await chat.settled();

  await chat.send(ASK);
  await expect(question(chat)).toBeVisible();
  await chat.settled();
  await chat.send("Never mind.");
  await expect(question(chat)).toHaveCount(0);
  await expect(chat.answers).toHaveCount(3);
  await chat.settled();
  await expect(chat.tool("Question").last()).toHaveText(/not answered/);
});

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme });

    test("a question is accessible", async ({ chat, name, page }) => {
      await ask(chat, name);
      expect(await violations(page)).toEqual([]);
    });
  });
}
