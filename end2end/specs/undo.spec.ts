// What an answer changed in the files is shown, undone and redone under the answer, in calls, and before another answer.

import { createHash } from "node:crypto";
import { violations } from "../fixture/accessibility.ts";
import type { App } from "../fixture/app.ts";
import type { Chat } from "../fixture/chat.ts";
import { Files } from "../fixture/files.ts";
import { RawSocket } from "../fixture/socket.ts";
import { expect, test } from "../fixture/test.ts";
import { storedTexts } from "../fixture/transcript.ts";

const at = (app: App, name: string, path: string) => `${app.url}/agents/coderagent/${name}/files/${path}`;
const put = (app: App, name: string, path: string, body: string) => fetch(at(app, name, path), { method: "PUT", body });
const textAt = async (app: App, name: string, path: string) => {
  const response = await fetch(at(app, name, path));
  return response.status === 200 ? response.text() : response.status;
};
const call = (tool: string, input: object) => `[[fake:tool:${tool}:${JSON.stringify(input)}]]`;
const hashOf = (text: string) => createHash("sha256").update(text).digest("hex");

/** Has Coder write a file. */
async function write(chat: Chat, path: string, text: string, before?: string): Promise<void> {
  const count = await chat.answers.count();
  await chat.send(call("write", before === undefined ? { path, text } : { path, text, hash: hashOf(before) }));
  await chat.allow.click();
  await expect(chat.answers).toHaveCount(count + 1);
  await chat.settled();
  await expect(files(chat, count)).toBeVisible();
}

/** The buttons under an answer that changed files. */
const files = (chat: Chat, answer: number) => chat.answers.nth(answer).getByRole("group", { name: "Changed files" });
const press = (chat: Chat, answer: number, name: string) =>
  files(chat, answer).getByRole("button", { name, exact: true }).click();

test("under an answer its changes are shown, undone and redone, in every tab, and the model gets one note", async ({
  anotherTab,
  app,
  chat,
  model,
  name,
  page,
}) => {
  const second = await anotherTab();
  await chat.open(name);
  const path = `${name}.txt`;
  await write(chat, path, "new\n");
  await second.open(name);
  await second.connected();
  const drawer = new Files(second.page);
  await drawer.open();
  await expect(drawer.entry(path)).toBeVisible();

  await press(chat, 0, "Show changes");
  await expect(chat.answers.first().getByRole("insertion").last()).toHaveText("+new\n");
  expect(await violations(page)).toEqual([]);
  await press(chat, 0, "Hide changes");
  await press(chat, 0, "Undo its changes");
  await expect(files(chat, 0).getByRole("button", { name: "Redo its changes" })).toBeFocused();
  await expect(files(chat, 0)).toContainText("You undid what this answer changed in the files.");
  await expect(chat.answers.first().getByRole("status").filter({ hasText: "The changes are undone." })).toBeAttached();
  expect(await textAt(app, name, path)).toBe(404);
  await expect(files(second, 0).getByRole("button", { name: "Redo its changes" })).toBeVisible();
  await expect(drawer.entry(path)).toHaveCount(0);
  await chat.reload();
  await expect(files(chat, 0)).toContainText("You undid");

  await chat.send("What now? [[fake:words-3-0]]");
  await expect(chat.answers).toHaveCount(2);
  await chat.settled();
  await chat.send("And now? [[fake:words-3-0]]");
  await expect(chat.answers).toHaveCount(3);
  await chat.settled();
  const note = `The user undid what you had changed in \`${path}\`.`;
  const [first, last] = model.requestsWith(note).map(({ body }) => body.messages);
  expect(model.requestsWith(note)).toHaveLength(2);
  expect(JSON.stringify(first!.at(-1))).toContain(note);
  expect(last!.slice(0, first!.length), "the next request begins with the same messages").toEqual(first);
  expect(JSON.stringify(last).split(note)).toHaveLength(2);

  await files(second, 0).getByRole("button", { name: "Redo its changes" }).click();
  await expect(files(chat, 0).getByRole("button", { name: "Undo its changes" })).toBeVisible();
  expect(await textAt(app, name, path)).toBe("new\n");
});

test("where the user changed the same lines since, an undo asks what is to stay", async ({ app, chat, name, page }) => {
  await put(app, name, "a.txt", "one\n");
  await chat.open(name);
  await write(chat, "a.txt", "ONE\n", "one\n");
  await put(app, name, "a.txt", "mine\n");
  await press(chat, 0, "Undo its changes");
  const question = chat.answers.first().getByRole("alert");
  await expect(question).toContainText("Since then the same lines were changed in a.txt.");
  expect(await violations(page)).toEqual([]);
  await question.getByRole("button", { name: "Do nothing" }).click();
  await expect(question).toHaveCount(0);
  expect(await textAt(app, name, "a.txt")).toBe("mine\n");
  await press(chat, 0, "Undo its changes");
  await question.getByRole("button", { name: "Put back what was there" }).click();
  await expect(files(chat, 0).getByRole("button", { name: "Redo its changes" })).toBeVisible();
  expect(await textAt(app, name, "a.txt")).toBe("one\n");
});

test("everything from an answer on is undone together", async ({ app, chat, name }) => {
  await chat.open(name);
  for (const number of [1, 2, 3]) await write(chat, `${number}.txt`, `${number}\n`);
  await expect(files(chat, 2).getByRole("button", { name: "Undo from here on" })).toHaveCount(0);
  await press(chat, 1, "Undo from here on");
  for (const answer of [1, 2]) await expect(files(chat, answer)).toContainText("You undid");
  await expect(files(chat, 0).getByRole("button", { name: "Undo its changes" })).toBeVisible();
  await expect(chat.answers.nth(1)).toBeFocused();
  expect(await Promise.all([1, 2, 3].map((number) => textAt(app, name, `${number}.txt`)))).toEqual(["1\n", 404, 404]);
});

test("another answer offers to undo the changes of the one that it replaces", async ({ app, chat, model, name, page }) => {
  const path = `${name}.txt`;
  await chat.open(name);
  await write(chat, "a.txt", "a\n");
  await write(chat, path, "b\n");
  const regenerate = chat.answers.last().getByRole("button", { name: "Regenerate" });
  await regenerate.click();
  const form = chat.answers.last().getByRole("group", { name: "Regenerate" });
  const also = form.getByRole("checkbox", { name: "Also undo the file changes made since" });
  await expect(also).toBeChecked();
  expect(await violations(page)).toEqual([]);
  await form.getByRole("button", { name: "Cancel" }).click();
  await expect(form).toHaveCount(0);
  await regenerate.click();
  await form.getByRole("button", { name: "Regenerate" }).click();
  await expect(chat.allow).toBeVisible();
  expect(await textAt(app, name, path)).toBe(404);
  expect(await textAt(app, name, "a.txt")).toBe("a\n");
  await chat.allow.click();
  await chat.settled();
  expect(await textAt(app, name, path)).toBe("b\n");
  expect(model.requestsWith(`had changed in \`${path}\``), "the model never saw the answer that was undone").toHaveLength(0);
});

test("an edit of an earlier message undoes what was changed since, once a conflict is decided", async ({ app, chat, name, page }) => {
  await put(app, name, "a.txt", "one\n");
  await chat.open(name);
  await chat.send("First");
  await expect(chat.answers).toHaveCount(1);
  await chat.settled();
  await write(chat, "new.txt", "new\n");
  await write(chat, "a.txt", "ONE\n", "one\n");
  await put(app, name, "a.txt", "mine\n");
  await chat.questions.first().getByRole("button", { name: "Edit" }).click();
  const field = chat.transcript.getByRole("textbox", { name: "Your message" });
  const edited = chat.questions.first();
  const also = edited.getByRole("checkbox", { name: "Also undo the file changes made since" });
  await expect(edited).toContainText("Since then the same lines were changed in a.txt.");
  await expect(also).not.toBeChecked();
  await also.check();
  await edited.getByRole("radio", { name: "Keep what is there now" }).check();
  expect(await violations(page)).toEqual([]);
  await field.fill("Other [[fake:words-3-0]]");
  expect(await textAt(app, name, "new.txt")).toBe("new\n");
  await field.press("Enter");
  await chat.expectWords(3);
  await chat.settled();
  expect(await textAt(app, name, "new.txt")).toBe(404);
  expect(await textAt(app, name, "a.txt")).toBe("mine\n");
  expect(await storedTexts(app.url, name)).toHaveLength(2);
});

test("an edit keeps the changes where the user says so", async ({ app, chat, name }) => {
  await chat.open(name);
  await write(chat, "new.txt", "new\n");
  await chat.questions.first().getByRole("button", { name: "Edit" }).click();
  const also = chat.questions.first().getByRole("checkbox", { name: "Also undo the file changes made since" });
  await expect(also).toBeChecked();
  await also.uncheck();
  const field = chat.transcript.getByRole("textbox", { name: "Your message" });
  await field.fill("Other [[fake:words-3-0]]");
  await field.press("Enter");
  await chat.expectWords(3);
  await chat.settled();
  expect(await textAt(app, name, "new.txt")).toBe("new\n");
});

test("clients call undo, redo, restoreFile and compare", async ({ app, chat, name }) => {
  await put(app, name, "a.txt", "one\n");
  await chat.open(name);
  await write(chat, "a.txt", "ONE\n", "one\n");
  const socket = await RawSocket.open(app.url, name);
  const { changes } = (await (await fetch(`${app.url}/agents/coderagent/${name}/changes`)).json()) as { changes: { answer?: string; number: number }[] };
  const answer = changes[0]!.answer!;
  expect(await socket.call("compare", { answer })).toMatchObject({ changes: [{ kind: "changed", path: "a.txt", added: 1, removed: 1 }], more: 0 });
  expect(await socket.call("compare", { from: 0, to: 1 })).toMatchObject({ changes: [{ kind: "made", path: "a.txt" }] });
  expect(await socket.call("undo", { answers: [answer], check: true })).toMatchObject({ answers: [answer], kept: [] });
  expect(await textAt(app, name, "a.txt")).toBe("ONE\n");
  expect(await socket.call("undo", { answers: [answer] })).toMatchObject({ answers: [answer], kept: [] });
  expect(await textAt(app, name, "a.txt")).toBe("one\n");
  await expect(files(chat, 0)).toContainText("You undid");
  await expect(socket.call("undo", { answers: [answer] })).rejects.toThrow("nothing to undo");
  await put(app, name, "a.txt", "mine\n");
  expect(await socket.call("redo", { answers: [answer] })).toMatchObject({ version: 0, kept: ["a.txt"] });
  expect(await socket.call("redo", { answers: [answer], onConflict: "replace" })).toMatchObject({ answers: [answer] });
  expect(await textAt(app, name, "a.txt")).toBe("ONE\n");
  await socket.call("restoreFile", { path: "a.txt", behind: 1 });
  expect(await textAt(app, name, "a.txt")).toBe("one\n");
  await expect(socket.call("undo", {})).rejects.toThrow("The argument is not");
  await expect(socket.call("compare", {})).rejects.toThrow("Name an `answer`");
});
