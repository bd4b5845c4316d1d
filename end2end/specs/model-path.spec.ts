// Answers of a model reached through the OpenAI-compatible path.

import { expect, settingsFor, test } from "../fixture/test.ts";
import { GREETING } from "../model/script.ts";

test("a first message is answered by the model", async ({ chat, model, page }) => {
  await chat.openStart();
  const question = `Hello there ${Date.now()}`;
  await chat.send(question);
  await expect(page).toHaveURL(/\/chat\/[^/?#]+$/);
  await expect(chat.answers).toContainText(GREETING);
  await chat.settled();
  await expect(chat.error).toHaveCount(0);

  const [request, ...others] = model.requestsWith(question);
  expect(others).toEqual([]);
  expect(request?.headers.authorization).toBe("Bearer test");
  expect(request?.body.stream).toBe(true);
  expect(request?.body.messages.at(-1)).toMatchObject({ role: "user" });
});

test("an answer appears as it is written", async ({ chat, model, name }) => {
  await chat.open(name);
  await chat.send(`[[fake:gate:${name}]]`);
  await chat.expectWords(3);
  await expect(chat.stop).toBeVisible();
  model.release(name);
  await chat.expectWords(6);
  await chat.settled();
});

test("the model is given the conversation so far", async ({ chat, model, name }) => {
  await chat.open(name);
  await chat.send(`first ${name}`);
  await expect(chat.answers).toContainText(GREETING);
  await chat.settled();
  await chat.send(`second ${name}`);
  await expect(chat.answers).toHaveCount(2);
  await chat.settled();
  const messages = model.requestsWith(`second ${name}`)[0]?.body.messages.filter(({ role }) => role !== "system");
  expect(messages?.map(({ role }) => role)).toEqual(["user", "assistant", "user"]);
});

test("a model that takes no tools answers without them, and is not asked twice again", async ({
  chatAt,
  model,
  name,
  startApp,
}) => {
  test.setTimeout(90_000);
  // A separate server: it remembers that this model has no tools.
  const app = await startApp({ settings: settingsFor(model) });
  const chat = chatAt(app.url);
  await chat.open(name);
  for (const round of ["first", "second"]) {
    await chat.send(`[[fake:no-tools]] ${round} ${name}`);
    await expect(chat.answers.last()).toContainText(GREETING);
    await chat.settled();
  }
  await expect(chat.answers).toHaveCount(2);
  await expect(chat.error).toHaveCount(0);
  expect(model.requestsWith(`second ${name}`)).toHaveLength(1);
});

test("reasoning is folded away beside its answer, and says how long it took after a reload too", async ({ chat, name, page }) => {
  await chat.open(name);
  await chat.send("[[fake:reasoning]]");
  await expect(chat.answers).toContainText("The answer is 42.");
  await chat.settled();
  const thought = chat.answers.getByText("First think, then answer.");
  await expect(thought).toBeHidden();
  const summary = page.getByText(/^Reasoning, (less than a second|\d+ s)$/);
  await summary.click();
  await expect(thought).toBeVisible();
  const details = page.locator(".message-details");
  await details.getByText("Details").click();
  await expect(details).toContainText("Time");
  const told = async () => [await summary.textContent(), await details.textContent()];
  const live = await told();
  await page.reload();
  await chat.connected();
  await details.getByText("Details").click();
  expect(await told()).toEqual(live);
});

test("Markdown is rendered", async ({ chat, name }) => {
  await chat.open(name);
  await chat.send("[[fake:markdown]]");
  await expect(chat.answers).toContainText("smallphone");
  await chat.settled();
  await expect(chat.answers).toMatchAriaSnapshot(`
    - heading "Reversing a list"
    - paragraph:
      - strong: in place
      - emphasis: original order
    - group "Code, rust":
      - code: /numbers.reverse/
    - group "Table":
      - table:
        - rowgroup:
          - row "method allocates keeps the original"
        - rowgroup:
          - row "reverse no no"
          - row "iter().rev() no yes"
    - list:
      - listitem:
        - text: Prefer
      - listitem:
        - text: Use
    - list:
      - listitem:
        - link "The book":
          - /url: https://doc.rust-lang.org/book/
      - listitem
  `);
});
