// The changes of a call are shown before and after its approval; permanent approvals are not requested again.

import type { Page } from "@playwright/test";
import type { App } from "../fixture/app.ts";
import type { Chat } from "../fixture/chat.ts";
import { violations } from "../fixture/accessibility.ts";
import { RawSocket } from "../fixture/socket.ts";
import { expect, test } from "../fixture/test.ts";

const at = (app: App, name: string, path: string) => `${app.url}/agents/coderagent/${name}/files/${path}`;
const put = (url: string, body: string) => fetch(url, { method: "PUT", body });
const call = (tool: string, input: object) => `[[fake:tool:${tool}:${JSON.stringify(input)}]]`;
const write = (path: string, text: string) => call("write", { path, text });

const mode = (page: Page) => page.getByRole("button", { name: /^Mode: / });
const grants = (page: Page) => page.getByRole("list", { name: "Allowed without asking" });

/** Writes a file without an approval request. */
async function writeUnasked(chat: Chat, path: string): Promise<void> {
  const before = await chat.answers.count();
  await chat.send(write(path, "x\n"));
  await expect(chat.answers).toHaveCount(before + 1);
  await expect(chat.answers.last()).toContainText("The tools said:");
  await expect(chat.approval).toHaveCount(0);
  await chat.settled();
}

test("the diff of a change is shown before it is allowed, and after", async ({ app, chat, name }) => {
  await put(at(app, name, "src/a.rs"), "one\ntwo\nthree\n");
  await chat.open(name);
  await chat.send(call("move", { from: "src/a.rs", to: "src/b.rs" }));
  await expect(chat.approval).toBeVisible();
  await expect(chat.answers).toContainText("Moved src/a.rs → src/b.rs");
  await chat.allow.click();
  await chat.settled();

  await chat.send(write("src/new.rs", "fn main() {}\n"));
  await expect(chat.answers.last()).toMatchAriaSnapshot(`
    - article "Coder":
      - group:
        - text: Write src/new.rs needs your approval
        - group:
          - text: New src/new.rs 1 line added
          - group "What changes in src/new.rs":
            - insertion: +fn main() {}
        - group: All of the input
      - group "Approval of write":
        - paragraph: /Coder waits for your answer before it calls this tool. It is refused by itself in \\d+ hours./
        - button "Allow write"
        - button "Refuse write"
        - group: Allow always…
        - group: Refuse with a reason…
  `);
  await chat.reload();
  await expect(chat.answers.last().getByRole("insertion")).toHaveText("+fn main() {}\n");
  await chat.allow.click();
  await expect(chat.tool("Created").last()).toHaveText(/Created src\/new\.rs \+1 −0 [\d.]+ m?s/);
  await chat.settled();
  await chat.tool("Created src/new.rs").click();
  await expect(chat.answers.last().getByRole("insertion")).toBeVisible();
});

test("a large output is cut, and shown as a whole on demand", async ({ app, chat, name, page }) => {
  const lines = Array.from({ length: 200 }, (_, index) => `line ${index} of the file`);
  await put(at(app, name, "long.txt"), lines.join("\n"));
  await chat.open(name);
  await chat.send(call("read", { path: "long.txt" }));
  await expect(chat.tool("read")).toHaveText(/Read long\.txt/);
  await chat.settled();
  await chat.tool("read").click();
  const output = page.getByRole("group", { name: "Output", exact: true });
  await expect(output).toContainText("line 10 of the file");
  await expect(output).not.toContainText("line 199 of the file");
  await page.getByText(/^Show all: \d+ more lines$/).click();
  await expect(page.getByRole("group", { name: "Output, the rest" })).toContainText("line 199 of the file");
});

test("an approval for a directory covers later calls, until it is revoked", async ({
  anotherTab,
  app,
  chat,
  name,
  page,
}) => {
  await chat.open(name);
  await chat.send(write("src/a.rs", "x\n"));
  await chat.approval.getByText("Allow always…").focus();
  await page.keyboard.press("Enter");
  await expect(chat.approval.getByRole("button")).toHaveText([
    "Allow",
    "Refuse",
    "This file: src/a.rs",
    "This directory: src/**",
    "Everywhere: **",
  ]);
  await chat.approval.getByRole("button", { name: "This directory: src/**" }).click();
  await expect(chat.tool("Created src/a.rs")).toBeFocused();
  await expect(chat.answers).toContainText("The tools said:");
  await chat.settled();
  await writeUnasked(chat, "src/b.rs");
  expect((await fetch(at(app, name, "src/b.rs"))).status).toBe(200);

  await chat.send(write("other.rs", "x\n"));
  await expect(chat.approval).toBeVisible();
  await chat.refuse.click();
  await chat.settled();

  const second = await anotherTab();
  await second.open(name);
  await mode(second.page).click();
  await expect(grants(second.page)).toContainText("write in src/**");
  await second.page.getByRole("button", { name: "Remove: write in src/**" }).click();
  await expect(grants(second.page)).toHaveCount(0);
  await mode(page).click();
  await expect(grants(page)).toHaveCount(0);
  await chat.send(write("src/c.rs", "x\n"));
  await expect(chat.approval).toBeVisible();
});

test("the model gets the user's reason for a refusal", async ({ app, chat, name, page }) => {
  await chat.open(name);
  await chat.send(write("a.rs", "x\n"));
  await chat.approval.getByText("Refuse with a reason…").click();
  const reason = chat.approval.getByRole("textbox", { name: "What should Coder do instead?" });
  await reason.fill("Write it in Go.");
  await page.keyboard.press("Enter");
  await expect(chat.answers).toContainText("The user refused this call: Write it in Go.");
  await expect(chat.tool("write")).toHaveText(/refused/);
  await chat.settled();
  await chat.reload();
  await chat.tool("write").click();
  await expect(page.getByRole("group", { name: "Reason" })).toHaveText("Write it in Go.");
  expect((await fetch(at(app, name, "a.rs"))).status).toBe(404);
});

test("whether changes are asked about is chosen on the page, for all tabs", async ({ anotherTab, chat, name, page }) => {
  await chat.open(name);
  await expect(mode(page)).toHaveText("Ask before changes");
  await mode(page).click();
  await page.getByRole("radio", { name: "Change files freely" }).check();
  await expect(mode(page)).toHaveText("Change files freely");
  await writeUnasked(chat, "a.rs");
  const second = await anotherTab();
  await second.open(name);
  await expect(mode(second.page)).toHaveText("Change files freely");
  await mode(second.page).click();
  await second.page.getByRole("radio", { name: "Ask before changes" }).check();
  await expect(mode(page)).toHaveText("Ask before changes");
  await mode(page).click();
  await expect(page.getByRole("radio", { name: "Ask before changes" })).toBeChecked();
  await chat.send(write("b.rs", "x\n"));
  await expect(chat.approval).toBeVisible();
});

test("a plan is shown in a line that opens", async ({ app, chat, name, page }) => {
  await chat.open(name);
  await expect(mode(page)).toBeVisible();
  const plan = page.locator("summary").filter({ hasText: /^Plan, / });
  await expect(plan).toHaveCount(0);
  const socket = await RawSocket.open(app.url, name);
  const step = (title: string, status: string) => ({ title, status });
  const tell = (steps: object[]) =>
    socket.send({
      type: "cf_agent_state",
      state: { title: null, projectContext: null, model: null, plan: steps },
    });
  tell([step("Look", "done"), step("Write tests", "active"), step("Ship", "open")]);
  await expect(plan).toHaveText("Plan, 2 of 3: Write tests");
  await plan.click();
  await expect(page.getByRole("list", { name: "Plan" })).toMatchAriaSnapshot(`
    - list "Plan":
      - listitem: Look (done)
      - listitem: Write tests (at work)
      - listitem: Ship (open)
  `);
  tell([step("Look", "done"), step("Write tests", "done"), step("Ship", "done")]);
  await expect(plan).toHaveText("Plan, 3 of 3 done");
  await expect(page.getByRole("list", { name: "Plan" })).toBeVisible();
  tell([]);
  await expect(plan).toHaveCount(0);
});

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme });

    test("a change that waits is accessible", async ({ app, chat, name, page }) => {
      await put(at(app, name, "a.rs"), "one\ntwo\n");
      await chat.open(name);
      await mode(page).click();
      await chat.send(call("delete", { path: "a.rs" }));
      await expect(chat.approval).toBeVisible();
      for (const more of ["Allow always…", "Refuse with a reason…"]) {
        await chat.approval.getByText(more).click();
        expect(await violations(page)).toEqual([]);
      }
    });
  });
}

test("invisible and reordering characters are shown by name, and stay in copied text", async ({ chat, name }) => {
  await chat.open(name);
  await chat.send(write("check.js", "if (x\u202e) // \u200badmin\n"));
  await expect(chat.approval).toBeVisible();
  const added = chat.answers.getByRole("insertion");
  for (const code of ["U+202E", "U+200B"]) await expect(added.getByRole("img", { name: `hidden character ${code}` })).toBeVisible();
  expect(await added.textContent()).toBe("+if (x\u202e) // \u200badmin\n");
});

test("a call with a long text is hydrated as it was rendered", async ({ chat, name }) => {
  await chat.open(name);
  await chat.send(write("long.txt", "word ".repeat(15_000)));
  await expect(chat.approval).toBeVisible();
  await chat.reload();
  await chat.allow.click();
  await expect(chat.tool("Created").last()).toHaveText(/long\.txt \+\d+ −0 [\d.]+ m?s/);
});
