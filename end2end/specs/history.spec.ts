// What was changed in the files is listed, and can be undone, whoever changed them since.

import { createHash } from "node:crypto";
import { violations } from "../fixture/accessibility.ts";
import type { App } from "../fixture/app.ts";
import { Files } from "../fixture/files.ts";
import { expect, test } from "../fixture/test.ts";

const agent = (app: App, name: string) => `${app.url}/agents/coderagent/${name}`;
const at = (app: App, name: string, path: string) => `${agent(app, name)}/files/${path}`;
const put = (url: string, body: string) => fetch(url, { method: "PUT", body });
const textAt = async (app: App, name: string, path: string) => (await fetch(at(app, name, path))).text();
const call = (tool: string, input: object) => `[[fake:tool:${tool}:${JSON.stringify(input)}]]`;
const hashOf = (text: string) => createHash("sha256").update(text).digest("hex");
const post = (url: string, body: object) =>
  fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });

test("an answer's changes are shown, undone and made again", async ({ app, chat, name, page }) => {
  const files = new Files(page);
  await put(at(app, name, "mine.txt"), "mine\n");
  await chat.open(name);
  await chat.send(call("write", { path: "new.txt", text: "new\n" }));
  await chat.allow.click();
  await chat.settled();
  await files.open();
  await files.press("History");
  await expect(files.drawer.getByRole("heading", { name: "History" })).toBeFocused();
  const step = files.drawer.getByRole("listitem", { name: "Coder changed new.txt" });
  await expect(files.drawer.getByRole("listitem")).toHaveCount(2);
  await step.getByRole("button", { name: "Show changes" }).click();
  await expect(step.getByRole("insertion")).toHaveText("+new\n");
  expect(await violations(page)).toEqual([]);

  await step.getByRole("button", { name: "Undo", exact: true }).click();
  await expect(files.drawer.getByRole("status").filter({ hasText: "The changes are undone." })).toBeVisible();
  await expect(step.getByRole("button", { name: "Redo" })).toBeFocused();
  expect((await fetch(at(app, name, "new.txt"))).status).toBe(404);
  await expect(files.drawer.getByRole("listitem", { name: "You undid changes of new.txt" })).toBeVisible();

  await step.getByRole("button", { name: "Redo" }).click();
  await expect(files.drawer.getByRole("status").filter({ hasText: "The changes are made again." })).toBeVisible();
  expect(await textAt(app, name, "new.txt")).toBe("new\n");
  await files.press("Back to all files");
  await expect(files.entry("new.txt")).toBeVisible();
  await expect(files.entry("mine.txt")).toBeVisible();
});

test("where the user changed the same lines since, it is asked what is to stay", async ({ app, chat, consoleWatch, name, page }) => {
  consoleWatch.allow(/status of 409/);
  const files = new Files(page);
  await put(at(app, name, "a.txt"), "1\n2\n3\n4\n5\n");
  await chat.open(name);
  await chat.send(call("write", { path: "a.txt", text: "1\n2\n3\n4\nfive\n", hash: hashOf("1\n2\n3\n4\n5\n") }));
  await chat.allow.click();
  await chat.settled();
  await put(at(app, name, "a.txt"), "one\n2\n3\n4\nfive\n");
  await files.open();
  await files.press("History");
  const step = files.drawer.getByRole("listitem", { name: "Coder changed a.txt" });
  await step.getByRole("button", { name: "Undo", exact: true }).click();
  await expect(step.getByRole("button", { name: "Redo" })).toBeVisible();
  expect(await textAt(app, name, "a.txt")).toBe("one\n2\n3\n4\n5\n");

  await put(at(app, name, "a.txt"), "one\n2\n3\n4\nmine\n");
  await step.getByRole("button", { name: "Redo" }).click();
  const question = files.drawer.getByRole("alert");
  await expect(question).toContainText("the same lines were changed in a.txt");
  await question.getByRole("button", { name: "Do nothing" }).click();
  await expect(question).toHaveCount(0);
  expect(await textAt(app, name, "a.txt")).toBe("one\n2\n3\n4\nmine\n");
  await step.getByRole("button", { name: "Redo" }).click();
  await question.getByRole("button", { name: "Put back what was there" }).click();
  await expect(step.getByRole("button", { name: "Undo", exact: true })).toBeVisible();
  expect(await textAt(app, name, "a.txt")).toBe("one\n2\n3\n4\nfive\n");
});

test("everything from an answer on is undone together, over a restart of the server, too", async ({ app, chat, consoleWatch, name, page }) => {
  consoleWatch.allowFailedConnections();
  const files = new Files(page);
  await chat.open(name);
  for (const number of [1, 2, 3]) {
    await chat.send(call("write", { path: `${number}.txt`, text: `${number}\n` }));
    await chat.allow.click();
    await chat.settled();
  }
  const timeline = (await (await fetch(`${agent(app, name)}/changes`)).json()) as { changes: { answer: string }[] };
  const first = timeline.changes.at(-1)!.answer;
  await app.restart();
  await files.open();
  await files.press("History");
  const second = files.drawer.getByRole("listitem", { name: "Coder changed 2.txt" });
  await second.getByRole("button", { name: "Undo from here on" }).click();
  await expect(files.drawer.getByRole("status").filter({ hasText: "The changes are undone." })).toBeVisible();
  const there = await Promise.all([1, 2, 3].map(async (number) => (await fetch(at(app, name, `${number}.txt`))).status));
  expect(there).toEqual([200, 404, 404]);
  expect((await post(`${agent(app, name)}/changes/undo`, { answers: [first] })).status).toBe(200);
  const again = await post(`${agent(app, name)}/changes/undo`, { answers: [first] });
  expect(again.status).toBe(409);
  expect(((await again.json()) as { error: string }).error).toContain("nothing to undo");
});

test("an earlier version of a file is put back", async ({ app, chat, name, page }) => {
  const files = new Files(page);
  await put(at(app, name, "a.txt"), "one\n");
  await put(at(app, name, "a.txt"), "two\n");
  await chat.open(name);
  await files.open();
  await files.entry("a.txt").click();
  await files.press("Earlier versions");
  const versions = files.drawer.getByRole("list", { name: "Earlier versions" });
  await versions.getByRole("button", { name: /^Put back/ }).click();
  await expect(files.content.getByRole("code")).toHaveText("one\n");
  await expect(versions.getByRole("listitem")).toHaveCount(2);
  expect(await textAt(app, name, "a.txt")).toBe("one\n");
  expect(await violations(page)).toEqual([]);
});
