// In a review Coder works on a draft, and the user keeps or drops it: by file, by change, over HTTP, in every tab.

import { createHash } from "node:crypto";
import { violations } from "../fixture/accessibility.ts";
import type { Chat } from "../fixture/chat.ts";
import { expect, test } from "../fixture/test.ts";

const call = (tool: string, input: object) => `[[fake:tool:${tool}:${JSON.stringify(input)}]]`;
const hashOf = (text: string) => createHash("sha256").update(text).digest("hex");
const lines = (changed: Record<number, string>) =>
  Array.from({ length: 40 }, (_, at) => `${changed[at] ?? at}\n`).join("");

async function say(chat: Chat, text: string): Promise<void> {
  const count = await chat.answers.count();
  await chat.send(text);
  await expect(chat.answers).toHaveCount(count + 1);
  await chat.settled();
}

test("what Coder drafts is kept or dropped by change, by file and as a whole", async ({
  anotherTab,
  app,
  chat,
  model,
  name,
  page,
}) => {
  const of = (rest: string) => `${app.url}/agents/coderagent/${name}/${rest}`;
  const text = async (path: string) => {
    const response = await fetch(of(`files/${path}`));
    return response.status === 200 ? response.text() : response.status;
  };
  await fetch(of("files/a.txt"), { method: "PUT", body: lines({}) });
  await chat.open(name);
  await chat.composer.fill("/mode review");
  await chat.composer.press("Enter");
  await expect(page.getByRole("button", { name: /^Mode: / })).toHaveText("Draft for review");
  const drafted = lines({ 3: "three", 30: "thirty" });
  await say(chat, call("write", { path: "a.txt", text: drafted, hash: hashOf(lines({})) }));
  await say(chat, call("write", { path: "b.txt", text: "new\n" }));
  await say(chat, call("write", { path: "c.txt", text: "also new\n" }));

  const draft = page.getByRole("region", { name: "Draft of Coder" });
  await expect(draft.getByRole("heading")).toHaveText("3 files wait for your decision");
  expect([await text("a.txt"), await text("b.txt")], "the user sees the files").toEqual([lines({}), 404]);
  const second = await anotherTab();
  await second.open(name);
  const other = second.page.getByRole("region", { name: "Draft of Coder" });
  await expect(other.getByRole("heading")).toHaveText("3 files wait for your decision");

  await draft.getByRole("button", { name: "Review changes" }).click();
  const change = draft.getByRole("group", { name: "Change 2 in a.txt" });
  await expect(change.getByRole("insertion")).toHaveText("+thirty\n");
  expect(await violations(page)).toEqual([]);
  await page.setViewportSize({ width: 390, height: 800 });
  expect(await violations(page)).toEqual([]);
  const overflow = await draft.evaluate((element) => element.scrollWidth - element.clientWidth);
  expect(overflow, "nothing is cut off on a phone").toBe(0);
  await page.setViewportSize({ width: 1280, height: 800 });
  await draft.getByRole("button", { name: "Keep this change: 2 in a.txt" }).press("Enter");
  await expect(draft.getByRole("button", { name: "Keep this change: 2 in a.txt" })).toHaveCount(0);
  await expect(draft.getByRole("heading")).toBeFocused();
  expect(await text("a.txt")).toBe(lines({ 30: "thirty" }));

  await draft.getByRole("button", { name: "Drop b.txt" }).click();
  await expect(other.getByRole("heading")).toHaveText("2 files wait for your decision");
  await draft.getByRole("button", { name: "Ask for changes of c.txt" }).click();
  await expect(chat.composer).toHaveValue("About your draft of c.txt: ");
  await chat.composer.fill("");

  // What the user wrote meanwhile is asked about.
  const mine = lines({ 3: "mine", 30: "thirty" });
  await fetch(of("files/a.txt"), { method: "PUT", body: mine });
  await draft.getByRole("button", { name: "Keep all" }).click();
  const question = page.getByRole("alert").filter({ hasText: "You have changed the same lines in a.txt." });
  expect(await text("c.txt"), "nothing is done before the answer").toBe(404);
  await question.getByRole("button", { name: "Keep my lines" }).click();
  await expect(draft).toHaveCount(0);
  await expect(other).toHaveCount(0);
  expect([await text("a.txt"), await text("c.txt")]).toEqual([mine, "also new\n"]);

  // What was kept is a change of its answer.
  const files = chat.answers.nth(2).getByRole("group", { name: "Changed files" });
  await files.getByRole("button", { name: "Undo its changes" }).click();
  await expect(files).toContainText("You undid what this answer changed in the files.");
  expect(await text("c.txt")).toBe(404);

  await say(chat, "What now? [[fake:words-3-0]]");
  const [request] = model.requestsWith("The user dropped what you had drafted in");
  expect(JSON.stringify(request!.body.messages.at(-1))).toContain("`b.txt`");

  // A draft outlives its mode, and is decided about over HTTP as well.
  await say(chat, call("write", { path: "d.txt", text: "d\n" }));
  await chat.composer.fill("/mode ask");
  await chat.composer.press("Enter");
  await expect(draft).toContainText("Its draft stays until you keep or drop it.");
  const listed = await (await fetch(of("draft"))).json();
  expect(listed.files).toMatchObject([{ path: "d.txt", kind: "made", hunks: [{ number: 1 }] }]);
  const dropped = await fetch(of("draft/drop"), { method: "POST", body: JSON.stringify({ all: true }) });
  expect(await dropped.json()).toMatchObject({ left: 0, conflicts: [] });
  await expect(draft).toHaveCount(0);
  expect(await text("d.txt")).toBe(404);
});
