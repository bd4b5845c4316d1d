// The drawer with the files of a conversation.

import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { violations } from "../fixture/accessibility.ts";
import type { App } from "../fixture/app.ts";
import { Files, file } from "../fixture/files.ts";
import { expect, test } from "../fixture/test.ts";

const agent = (app: App, name: string) => `${app.url}/agents/coderagent/${name}`;
const at = (app: App, name: string, path: string) => `${agent(app, name)}/files/${path}`;
const put = (url: string, body: string) => fetch(url, { method: "PUT", body });
const textAt = async (app: App, name: string, path: string) => (await fetch(at(app, name, path))).text();
const call = (tool: string, input: object) => `[[fake:tool:${tool}:${JSON.stringify(input)}]]`;

test("an empty workspace explains itself, and follows the agent", async ({ chat, name, page }) => {
  const files = new Files(page);
  await chat.open(name);
  await files.open();
  await expect(files.drawer).toContainText("This conversation has no files yet.");
  await expect(files.drawer.getByRole("link", { name: "Download all" })).toHaveCount(0);
  await chat.send(call("write", { path: "src/deep/a.rs", text: "fn main() {}\n" }));
  await chat.allow.click();
  await files.entry("src").click();
  await files.entry("deep").click();
  await expect(files.tree).toMatchAriaSnapshot(`
    - list "All files":
      - listitem:
        - button "src" [expanded]
        - list "In src":
          - listitem:
            - button "deep" [expanded]
            - list "In src/deep":
              - listitem:
                - button "a.rs 13 bytes"
  `);
  await chat.settled();
  await chat.send(call("write", { path: "src/b.rs", text: "\n" }));
  await chat.allow.click();
  await expect(files.entry("b.rs")).toBeVisible();
  await expect(files.entry("a.rs")).toBeVisible();
});

test("a file is shown with line numbers, and follows the agent's changes", async ({ app, chat, consoleWatch, name, page }) => {
  consoleWatch.allow(/status of 404/);
  const files = new Files(page);
  await put(at(app, name, "notes.md"), "one\ntwo\n");
  await put(at(app, name, "empty"), "");
  await fetch(at(app, name, "raw.bin"), { method: "PUT", body: Buffer.from([0, 1, 2, 255]) });
  await chat.open(name);
  await files.open();
  await files.entry("notes.md").click();
  await expect(files.content.getByRole("code")).toHaveText("one\ntwo\n");
  await expect(files.drawer.getByRole("heading", { name: "notes.md" })).toBeFocused();
  await chat.send(call("delete", { path: "notes.md" }));
  await chat.allow.click();
  await expect(files.drawer.getByRole("alert")).toContainText("notes.md");
  await files.press("Back to all files");
  await expect(files.entry("notes.md")).toHaveCount(0);
  await expect(files.drawer.getByRole("heading", { name: "Files" })).toBeFocused();
  await files.entry("raw.bin").click();
  await expect(files.drawer).toContainText("This is a binary file of 4 bytes. Download it to look at it.");
  await files.press("Back to all files");
  await files.entry("empty").click();
  await expect(files.content).toBeVisible();
});

test("pictures are shown", async ({ app, chat, name, page }) => {
  const files = new Files(page);
  const pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
  await fetch(at(app, name, "pixel.png"), { method: "PUT", body: Buffer.from(pixel, "base64") });
  await chat.open(name);
  await files.open();
  await files.entry("pixel.png").click();
  const picture = files.drawer.getByRole("img", { name: "pixel.png" });
  await expect(picture).toBeVisible();
  await expect.poll(() => picture.evaluate((picture: HTMLImageElement) => picture.naturalWidth)).toBe(1);
});

test("files are uploaded, and replaced only when the user says so", async ({ app, chat, consoleWatch, name, page }) => {
  consoleWatch.allow(/status of 412/);
  const files = new Files(page);
  await put(at(app, name, "a.txt"), "old");
  await chat.open(name);
  await files.open();
  await files.choose("Upload files", [file("a.txt", "new"), file("ä b.txt", "second"), file("large", Buffer.alloc(10_000_001))]);
  await expect(files.question).toContainText("Already in the workspace: a.txt. Replace?");
  expect(await textAt(app, name, "a.txt")).toBe("old");
  await files.press("Keep what is there");
  await expect(files.uploads).toMatchAriaSnapshot(`
    - status "Uploads":
      - paragraph: "1 file is in the workspace. Left out: 2."
      - list "Left out":
        - listitem: "a.txt: the one that is there was kept"
        - listitem: "large: a file has at most 10 MB"
      - button "Dismiss"
  `);
  expect(await textAt(app, name, "a.txt")).toBe("old");
  expect(await textAt(app, name, encodeURIComponent("ä b.txt"))).toBe("second");
  await expect(files.entry("ä b.txt")).toBeVisible();
  await files.press("Dismiss");

  await files.choose("Upload files", [file("a.txt", "new")]);
  await files.press("Replace");
  await expect(files.uploads).toContainText("1 file is in the workspace.");
  expect(await textAt(app, name, "a.txt")).toBe("new");
  await files.press("Dismiss");

  // Another client changes it while the user is asked.
  await files.choose("Upload files", [file("a.txt", "newer")]);
  await expect(files.question).toBeVisible();
  await put(at(app, name, "a.txt"), "theirs");
  await files.press("Replace");
  await expect(files.uploads).toContainText("a.txt: it was changed while you were asked.");
  expect(await textAt(app, name, "a.txt")).toBe("theirs");
});

test("a folder is uploaded without generated files", async ({ app, chat, name, page }) => {
  const files = new Files(page);
  const folder = await mkdtemp(path.join(os.tmpdir(), "coder-folder-"));
  const root = path.join(folder, "project");
  await mkdir(path.join(root, "src"), { recursive: true });
  await mkdir(path.join(root, "node_modules/x"), { recursive: true });
  await writeFile(path.join(root, "src/main.rs"), "fn main() {}\n");
  await writeFile(path.join(root, "node_modules/x/index.js"), "x");
  await chat.open(name);
  await files.open();
  await files.choose("Upload a folder", root);
  await expect(files.uploads).toContainText("1 file is in the workspace. Left out: 1.");
  await expect(files.uploads).toContainText("what is in node_modules is left out");
  await files.entry("project").click();
  await files.entry("src").click();
  await expect(files.entry("main.rs")).toBeVisible();
  expect(await textAt(app, name, "project/src/main.rs")).toBe("fn main() {}\n");
  await rm(folder, { recursive: true });
});

test("all files go out as an archive, which comes in elsewhere", async ({ app, chat, name, page }) => {
  const files = new Files(page);
  await put(at(app, name, "src/a.txt"), "a");
  await put(at(app, name, "b.txt"), "b");
  await chat.open(name);
  await files.open();
  const download = page.waitForEvent("download");
  await files.drawer.getByRole("link", { name: "Download all" }).click();
  const archive = await readFile(await (await download).path());
  const one = page.waitForEvent("download");
  await files.entry("b.txt").click();
  await files.drawer.getByRole("link", { name: "Download", exact: true }).click();
  expect(await readFile(await (await one).path(), "utf8")).toBe("b");

  const other = `${name}-other`;
  await chat.open(other);
  await files.open();
  await files.choose("Upload files", [file("project.zip", archive)]);
  await expect(files.question).toContainText("Unpack project.zip?");
  await files.press("Unpack");
  await expect(files.uploads).toContainText("2 files are in the workspace.");
  await expect(files.entry("b.txt")).toBeVisible();
  expect(await textAt(app, other, "src/a.txt")).toBe("a");
});

test("files that are dropped onto the files are uploaded", async ({ app, chat, name, page }) => {
  const files = new Files(page);
  await chat.open(name);
  await files.open();
  const dropped = await page.evaluateHandle(() => {
    const transfer = new DataTransfer();
    transfer.items.add(new File(["dropped"], "dropped.txt"));
    return transfer;
  });
  await files.drawer.dispatchEvent("dragover", { dataTransfer: dropped });
  await expect(page.locator("html")).toHaveAttribute("data-dropping", "files");
  await files.drawer.dispatchEvent("drop", { dataTransfer: dropped });
  await expect(page.locator("html[data-dropping]")).toHaveCount(0);
  await expect(files.uploads).toContainText("1 file is in the workspace.");
  await expect(files.entry("dropped.txt")).toBeVisible();
  expect(await textAt(app, name, "dropped.txt")).toBe("dropped");
});

test("a folder that is dropped onto the page is uploaded as it is", async ({ app, chat, context, name, page }) => {
  const files = new Files(page);
  const folder = await mkdtemp(path.join(os.tmpdir(), "coder-folder-"));
  const root = path.join(folder, "dropped");
  await mkdir(path.join(root, "deep"), { recursive: true });
  await writeFile(path.join(root, "deep/a.txt"), "a");
  await writeFile(path.join(root, "b.txt"), "b");
  await chat.open(name);
  const browser = await context.newCDPSession(page);
  const data = { items: [], files: [root], dragOperationsMask: 1 };
  for (const type of ["dragEnter", "dragOver", "drop"] as const) {
    await browser.send("Input.dispatchDragEvent", { type, x: 200, y: 200, data });
  }
  await expect(files.uploads).toContainText("2 files are in the workspace.");
  expect(await textAt(app, name, "dropped/deep/a.txt")).toBe("a");
  expect(await textAt(app, name, "dropped/b.txt")).toBe("b");
  await rm(folder, { recursive: true });
});

test("a deletion is confirmed, and applies only to the version that was seen", async ({ app, chat, consoleWatch, name, page }) => {
  consoleWatch.allow(/status of 412/);
  const files = new Files(page);
  await put(at(app, name, "d/a"), "a");
  await put(at(app, name, "b"), "b");
  await chat.open(name);
  await files.open();
  const question = page.getByRole("alertdialog");
  await files.press("Delete d");
  await expect(question).toContainText("d is deleted, with all that is in it");
  await question.getByRole("button", { name: "Keep" }).click();
  await expect(question).toBeHidden();
  await expect(files.drawer.getByRole("button", { name: "Delete d", exact: true })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(question).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(question).toBeHidden();
  await expect(files.drawer).toBeVisible();
  await files.press("Delete d");
  await question.getByRole("button", { name: "Delete" }).click();
  await expect(files.entry("d")).toHaveCount(0);
  await expect(files.drawer.getByRole("heading", { name: "Files" })).toBeFocused();
  expect((await fetch(at(app, name, "d/a"))).status).toBe(404);

  await put(at(app, name, "b"), "theirs");
  await files.press("Delete b");
  await question.getByRole("button", { name: "Delete" }).click();
  await expect(files.drawer.getByRole("alert")).toBeVisible();
  expect(await textAt(app, name, "b")).toBe("theirs");
});

test("the drawer is used and left by keyboard", async ({ chat, name, page }) => {
  const files = new Files(page);
  await chat.open(name);
  await files.toggle.focus();
  await page.keyboard.press("Enter");
  await expect(files.drawer.getByRole("heading", { name: "Files" })).toBeFocused();
  await expect(files.toggle).toHaveAttribute("aria-expanded", "true");
  await page.keyboard.press("Tab");
  await expect(files.drawer.getByRole("button", { name: "Close the files" })).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(files.drawer).toHaveCount(0);
  await expect(files.toggle).toBeFocused();
});

test("on a small screen the drawer is over the page", async ({ app, chat, name, page }) => {
  const files = new Files(page);
  await page.setViewportSize({ width: 360, height: 640 });
  await put(at(app, name, "a-very-long-name-".repeat(8)), "x");
  await chat.open(name);
  await files.open();
  await expect(chat.composer).toBeHidden();
  await expect(files.tree.getByRole("button").first()).toBeVisible();
  const width = () => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(await width()).toBe(0);
  await files.press("Close the files");
  await expect(chat.composer).toBeVisible();
});

test("without its code the drawer says so, and opens once it can be had", async ({ chat, consoleWatch, context, name, page }) => {
  consoleWatch.allow(/Failed to load resource|Failed to fetch/);
  const files = new Files(page);
  const code = /\/pkg\/files\./;
  await context.route(code, (route) => route.abort());
  await chat.open(name);
  await files.toggle.click();
  await expect(chat.error).toContainText("The files could not be shown.");
  await context.unroute(code);
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(files.drawer).toContainText("This conversation has no files yet.");
});

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme });

    test("the drawer is accessible", async ({ app, chat, consoleWatch, name, page }) => {
      consoleWatch.allow(/status of 412/);
      const files = new Files(page);
      await put(at(app, name, "src/a.rs"), "fn main() {}\n");
      await chat.open(name);
      await files.open();
      await files.entry("src").click();
      await expect(files.entry("a.rs")).toBeVisible();
      await files.choose("Upload files", [file("src", "x")]);
      await expect(files.uploads).toContainText("Left out: 1.");
      expect(await violations(page)).toEqual([]);
      await files.entry("a.rs").click();
      await expect(files.content).toBeVisible();
      expect(await violations(page)).toEqual([]);
    });
  });
}
