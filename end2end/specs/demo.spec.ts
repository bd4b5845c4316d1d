// The first minute without a key or a model server: the demo model answers.

import { expect, test } from "../fixture/test.ts";

test("the start page offers a place to begin", async ({ chatAt, demoApp, page }) => {
  await chatAt(demoApp.url).openStart();
  await expect(page.getByRole("main")).toMatchAriaSnapshot(`
    - heading "What shall we build?"
    - list "Suggestions":
      - listitem:
        - button "Write fizzbuzz in Rust"
      - listitem:
        - button "Create hello.js"
      - listitem:
        - button "Make a plan"
  `);
  await expect(page.getByRole("textbox", { name: "Message" })).toBeVisible();
});

test("the start page says that the demo model answers, and only where it does", async ({ chat, chatAt, demoApp, page, request }) => {
  const note = page.getByRole("note", { name: "Demo model" });
  // It is in the page before any code runs.
  expect(await (await request.get(demoApp.url)).text()).toContain('aria-label="Demo model"');
  await chatAt(demoApp.url).openStart();
  await expect(note).toContainText("OPENROUTER_API_KEY");
  await expect(note).toContainText("OPENROUTER_BASE_URL");
  await expect(note.getByRole("link")).toHaveAttribute("href", "https://openrouter.ai/keys");

  await chat.openStart();
  await expect(page.getByRole("heading", { name: "What shall we build?" })).toBeVisible();
  await expect(note).toHaveCount(0);
});

test("a first message starts a conversation, and the demo model introduces itself", async ({ chatAt, demoApp, page }) => {
  const chat = chatAt(demoApp.url);
  await chat.openStart();
  await chat.send("How do I reverse a list?");
  await expect(page).toHaveURL(/\/chat\/[^/?#]+$/);
  await expect(chat.questions).toHaveText(/How do I reverse a list\?/);
  await expect(chat.stop).toBeVisible();
  await expect(chat.answers).toContainText(/demo model/i);
  await chat.settled();
  await expect(chat.answers).toContainText("OPENROUTER_API_KEY");
  await expect(chat.answers.getByRole("code").first()).toBeVisible();

  const answer = await chat.answers.innerText();
  await chat.reload();
  await expect(chat.questions).toHaveText(/How do I reverse a list\?/);
  expect(await chat.answers.innerText()).toBe(answer);
});

test("a suggestion begins a conversation", async ({ chatAt, demoApp, page }) => {
  const chat = chatAt(demoApp.url);
  await chat.openStart();
  const suggestion = page.getByRole("list", { name: "Suggestions" }).getByRole("button").first();
  await suggestion.click();
  await expect(page).toHaveURL(/\/chat\/[^/?#]+$/);
  await expect(chat.questions).toHaveCount(1);
  await chat.settled();
  await expect(chat.answers).toContainText("FizzBuzz");
  await expect(chat.answers, "it can answer what it offers").not.toContainText("cannot really answer");
});

test("the demo model says the same thing twice", async ({ chatAt, demoApp, name }) => {
  const chat = chatAt(demoApp.url);
  const answers: string[] = [];
  for (const conversation of [`${name}-1`, `${name}-2`]) {
    await chat.open(conversation);
    await chat.send("Explain ownership.");
    await expect(chat.answers).toContainText(/\w/);
    await chat.settled();
    answers.push(await chat.answers.innerText());
  }
  expect(answers[0]).toBe(answers[1]);
});
