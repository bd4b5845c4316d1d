// Tool calls that wait for the user: requested in plain language, answered with a button, run once or not at all.

import type { App } from "../fixture/app.ts";
import type { Chat } from "../fixture/chat.ts";
import { expect, settingsFor, test } from "../fixture/test.ts";
import { storedMessages } from "../fixture/transcript.ts";
import { afterCall } from "../model/script.ts";

/** The longest delay between two attempts to connect, plus time to connect. */
const RECONNECTED = { timeout: 20_000 };

const TOOL = "set_project_context";
const NOTES = "Rust 1.95, edition 2024.";
const ASK = `[[fake:tool:${TOOL}:${JSON.stringify({ context: NOTES })}]]`;

const ALLOWED = afterCall('{"saved":true}');
const REFUSED = afterCall("The user refused this call.");

/** Requests something that needs approval, and waits until the page asks the user. */
async function ask(chat: Chat): Promise<void> {
  await chat.send(ASK);
  await expect(chat.approval).toBeVisible();
}

/** The states of the calls in the stored answer. */
async function storedStates(app: App, name: string): Promise<(string | undefined)[]> {
  const messages = await storedMessages(app.url, name);
  const parts = messages.flatMap((message) => message.parts);
  return parts.filter((part) => part.type.startsWith("tool-")).map((part) => part.state);
}

test("an approved call runs, and the answer continues", async ({ app, chat, name, page }) => {
  await chat.open(name);
  await ask(chat);
  await expect(chat.answers).toMatchAriaSnapshot(`
    - article "Coder":
      - paragraph: Let me look.
      - group:
        - text: ${TOOL} needs your approval
        - paragraph: Input
        - group "Input":
          - code: "context: ${NOTES}"
      - group "Approval of ${TOOL}":
        - paragraph: /Coder waits for your answer before it calls this tool. It is refused by itself in \\d+ hours./
        - button "Allow ${TOOL}": Allow
        - button "Refuse ${TOOL}": Refuse
  `);
  await expect(page.getByText("Coder waits for your answer.", { exact: true })).toBeAttached();
  await chat.settled();

  // By keyboard only; the focus stays with the call.
  await chat.allow.focus();
  await page.keyboard.press("Enter");
  await expect(chat.approval).toHaveCount(0);
  await expect(chat.tool(TOOL)).toBeFocused();
  await expect(chat.answers).toContainText(ALLOWED);
  await expect(chat.tool(TOOL)).toHaveText(/done/);
  await chat.settled();
  await expect(chat.answers).toHaveCount(1);
  expect(await storedStates(app, name)).toEqual(["output-available"]);
});

test("a refused call does not run, and the model gets the refusal", async ({ app, chat, name }) => {
  await chat.open(name);
  await ask(chat);
  await chat.refuse.click();
  await expect(chat.approval).toHaveCount(0);
  await expect(chat.answers).toContainText(REFUSED);
  await expect(chat.tool(TOOL)).toHaveText(/refused/);
  await chat.settled();
  expect(await storedStates(app, name)).toEqual(["output-denied"]);
});

test("a call still waits after a reload", async ({ chat, name, plainPage, app }) => {
  await chat.open(name);
  await ask(chat);
  await plainPage.goto(`${app.url}/chat/${name}`);
  await expect(plainPage.getByRole("group", { name: `Approval of ${TOOL}` })).toBeVisible();

  await chat.reload();
  await expect(chat.approval).toBeVisible();
  await chat.allow.click();
  await expect(chat.answers).toContainText(ALLOWED);
  await chat.settled();
  await chat.reload();
  await expect(chat.answers).toContainText(ALLOWED);
  await expect(chat.tool(TOOL)).toHaveText(/done/);
});

test("the answer of a second tab counts, once", async ({ anotherTab, app, chat, name }) => {
  const second = await anotherTab();
  await chat.open(name);
  await second.open(name);
  await second.connected();
  await ask(chat);
  await expect(second.approval).toBeVisible();
  await second.refuse.click();
  for (const tab of [chat, second]) {
    await expect(tab.approval).toHaveCount(0);
    await expect(tab.answers).toContainText(REFUSED);
    await expect(tab.tool(TOOL)).toHaveText(/refused/);
    await tab.settled();
    await expect(tab.answers).toHaveCount(1);
  }
  expect(await storedStates(app, name)).toEqual(["output-denied"]);
});

test("a question that was left behind is not asked any more", async ({ chat, name }) => {
  await chat.open(name);
  await ask(chat);
  await chat.send("Never mind.");
  await expect(chat.answers).toHaveCount(2);
  await chat.settled();
  await expect(chat.approval).toHaveCount(0);
  await expect(chat.tool(TOOL)).toHaveText(/not answered/);
});

test("a server killed between question and answer still makes the call, once", async ({
  chatAt,
  model,
  name,
  startApp,
}) => {
  test.setTimeout(120_000);
  const app = await startApp({ settings: settingsFor(model) });
  const chat = chatAt(app.url);
  await chat.open(name);
  await ask(chat);
  await app.kill();
  await expect(chat.connection).not.toHaveText("Connected");
  await chat.allow.click();
  await expect(chat.approval).toHaveCount(0);
  await expect(chat.answers).toContainText("Waiting for the connection");
  await app.launch();
  await expect(chat.answers).toContainText(ALLOWED, RECONNECTED);
  await expect(chat.answers).not.toContainText("Waiting for the connection");
  await chat.settled();
  expect(await storedStates(app, name)).toEqual(["output-available"]);
});

test("an answer given while the network fails is not lost", async ({ app, chatAt, name, network }) => {
  const chat = chatAt(network.url);
  await chat.open(name);
  await ask(chat);
  // What is sent now gets lost, without an error.
  network.swallow();
  await chat.allow.click();
  await expect(chat.approval).toHaveCount(0);
  network.restore();
  await expect(chat.answers).toContainText(ALLOWED, RECONNECTED);
  await chat.settled();
  expect(await storedStates(app, name)).toEqual(["output-available"]);
});

test("another tab's answer that came first replaces one that could not be sent", async ({
  anotherTab,
  app,
  chatAt,
  name,
  network,
}) => {
  const chat = chatAt(network.url);
  const second = await anotherTab();
  await chat.open(name);
  await second.open(name);
  await ask(chat);
  network.cut();
  await expect(chat.connection).toHaveText(/Reconnecting|Offline/);
  await chat.allow.click();
  await expect(chat.tool(TOOL)).toHaveText(/allowed/);
  await second.refuse.click();
  await expect(second.answers).toContainText(REFUSED);
  network.restore();
  await expect(chat.tool(TOOL)).toHaveText(/refused/, RECONNECTED);
  await expect(chat.answers).toContainText(REFUSED);
  expect(await storedStates(app, name)).toEqual(["output-denied"]);
});
