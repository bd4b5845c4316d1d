// Branches: what followed a message is kept when the conversation continues in another way.

import { violations } from "../fixture/accessibility.ts";
import type { App } from "../fixture/app.ts";
import { expect, test } from "../fixture/test.ts";

const textAt = async (app: App, name: string, path: string) =>
  (await fetch(`${app.url}/agents/coderagent/${name}/files/${path}`)).text();

test("an edited message, another answer and a branch keep what was there", async ({
  anotherTab,
  chat,
  name,
  page,
}) => {
  await chat.open(name);
  await chat.send("First [[fake:words-2-0]]");
  await chat.expectWords(2);
  await chat.settled();
  await chat.send("Second [[fake:echo]]");
  await expect(chat.answers).toHaveCount(2);
  await chat.settled();
  const branches = chat.transcript.getByRole("group", { name: "Branches" });
  await expect(branches).toHaveCount(0);

  // Edit
  await chat.questions.last().getByRole("button", { name: "Edit" }).click();
  const field = chat.transcript.getByRole("textbox", { name: "Your message" });
  await field.fill("Third [[fake:words-4-0]]");
  await field.press("Enter");
  await chat.expectWords(4);
  await chat.settled();
  await expect(branches).toHaveText(/Branch 2 of 2/);
  expect(await violations(page)).toEqual([]);

  // Back, in another tab, too
  const other = await anotherTab();
  await other.open(name);
  await branches.getByRole("button", { name: "Previous branch" }).click();
  await expect(chat.questions.last()).toContainText("Second");
  await expect(branches).toHaveText(/Branch 1 of 2/);
  await expect(branches.getByRole("button", { name: "Previous branch" })).toBeFocused();
  await expect(other.questions.last()).toContainText("Second");
  await chat.reload();
  await expect(branches).toHaveText(/Branch 1 of 2/);
  await branches.getByRole("button", { name: "Next branch" }).click();
  await chat.expectWords(4);

  // Branch off after the first answer
  await chat.answers.first().getByRole("button", { name: "Branch from here" }).click();
  await expect(chat.messages).toHaveCount(2);
  await expect(chat.composer).toBeFocused();
  await chat.send("Fourth [[fake:words-3-0]]");
  await chat.expectWords(3);
  await chat.settled();
  await expect(branches).toHaveText(/Branch 3 of 3/);
});

test("a branch has its own changes of files", async ({ app, chat, name }) => {
  const write = async (text: string) => {
    await expect(chat.allow).toBeVisible();
    await chat.allow.click();
    await chat.settled();
    expect(await textAt(app, name, "a.txt")).toBe(text);
  };
  const ask = (text: string) => `[[fake:tool:write:${JSON.stringify({ path: "a.txt", text })}]]`;
  await chat.open(name);
  await chat.send(ask("one\n"));
  await write("one\n");
  await chat.questions.last().getByRole("button", { name: "Edit" }).click();
  const field = chat.transcript.getByRole("textbox", { name: "Your message" });
  await field.fill(ask("two\n"));
  await expect(chat.questions.last().getByRole("checkbox", { name: /Also undo/ })).toBeChecked();
  await field.press("Enter");
  await write("two\n");
  const branches = chat.transcript.getByRole("group", { name: "Branches" });
  await branches.getByRole("button", { name: "Previous branch" }).click();
  await expect(branches).toHaveText(/Branch 1 of 2/);
  expect(await textAt(app, name, "a.txt")).toBe("one\n");
  await branches.getByRole("button", { name: "Next branch" }).click();
  await expect(branches).toHaveText(/Branch 2 of 2/);
  expect(await textAt(app, name, "a.txt")).toBe("two\n");
});
