// Undelivered messages, drafts, approvals and stops outlive the page.

import { expect, test } from "../fixture/test.ts";
import { storedTexts } from "../fixture/transcript.ts";
import { GREETING } from "../model/script.ts";

const RECONNECTED = { timeout: 20_000 };
const TWO_DAYS = 2 * 24 * 3600 * 1000;

test("a draft outlives the page, each conversation's its own", async ({ chat, name }) => {
  await chat.open(name);
  await chat.composer.fill("Half a thought");
  await chat.open(`${name}-other`);
  await expect(chat.composer).toHaveValue("");
  await chat.open(name);
  await expect(chat.composer).toHaveValue("Half a thought");
  // Navigates within the page directly after the last key.
  await chat.composer.pressSequentially("!");
  await chat.page.getByRole("link", { name: "New conversation" }).click();
  await expect(chat.composer).toHaveValue("");
  await chat.page.goBack();
  await expect(chat.composer).toHaveValue("Half a thought!");
  await chat.page.getByRole("button", { name: "Send", exact: true }).click();
  await expect(chat.answers).toContainText(GREETING);
  await chat.reload();
  await expect(chat.composer).toHaveValue("");
});

test("messages that could not be sent are delivered once, in order, after a reload", async ({
  app,
  chatAt,
  consoleWatch,
  name,
  network,
}) => {
  consoleWatch.allowFailedConnections();
  const chat = chatAt(network.url);
  await chat.open(name);
  await chat.connected();
  network.refuseSockets();
  await expect(chat.connection).toHaveText(/Reconnecting/);
  await chat.send("first");
  await chat.send("second");
  await expect(chat.questions).toContainText([/first.*Waiting/s, /second.*Waiting/s]);

  await chat.reload();
  await expect(chat.questions).toContainText([/first.*Waiting/s, /second.*Waiting/s]);
  network.restore();
  await expect(chat.connection).toHaveText("Connected", RECONNECTED);
  await expect(chat.answers).toContainText([GREETING, GREETING]);
  await chat.settled();
  expect(await storedTexts(app.url, name)).toEqual([
    "user: first",
    `assistant: ${GREETING}`,
    "user: second",
    `assistant: ${GREETING}`,
  ]);
  await chat.reload();
  await expect(chat.questions).toHaveCount(2);
  expect(await kept(chat.page)).toEqual([]);
});

test("a message that waits can be changed and removed", async ({ app, chatAt, consoleWatch, name, network }) => {
  consoleWatch.allowFailedConnections();
  const chat = chatAt(network.url);
  await chat.open(name);
  await chat.connected();
  network.refuseSockets();
  await expect(chat.connection).toHaveText(/Reconnecting/);
  await chat.send("with a tpyo");
  await chat.send("not wanted");
  await chat.questions.nth(1).getByRole("button", { name: "Remove" }).click();
  await expect(chat.questions).toHaveCount(1);
  await chat.questions.getByRole("button", { name: "Edit" }).click();
  await expect(chat.questions).toHaveCount(0);
  await expect(chat.composer).toHaveValue("with a tpyo");
  await chat.send("without a typo");
  network.restore();
  await expect(chat.answers).toContainText(GREETING, RECONNECTED);
  expect((await storedTexts(app.url, name))[0]).toBe("user: without a typo");
});

test("a message that waited for more than a day is sent only when the user still wants it", async ({
  app,
  chatAt,
  consoleWatch,
  name,
  network,
}) => {
  consoleWatch.allowFailedConnections();
  const chat = chatAt(network.url);
  await chat.page.clock.install();
  await chat.open(name);
  await chat.connected();
  network.refuseSockets();
  await expect(chat.connection).toHaveText(/Reconnecting/);
  await chat.send("old news");
  await expect(chat.questions).toContainText("Waiting for the connection");
  await chat.page.clock.setSystemTime(Date.now() + TWO_DAYS);
  network.restore();
  await chat.reload();
  await expect(chat.questions).toContainText("Still send it?");
  await expect(chat.connection).toHaveText("Connected", RECONNECTED);
  expect(await storedTexts(app.url, name)).toEqual([]);
  await chat.questions.getByRole("button", { name: "Send" }).click();
  await expect(chat.answers).toContainText(GREETING);
});

test("a browser whose storage is full says so, and the message is sent all the same", async ({ chat, name }) => {
  await chat.open(name);
  await chat.connected();
  await chat.page.evaluate(() => {
    for (let size = 1 << 20; size > 0; size >>= 1) {
      try {
        for (let n = 0; ; n++) localStorage.setItem(`full-${size}-${n}`, "x".repeat(size));
      } catch {
        // Tries the next smaller piece.
      }
    }
  });
  await chat.send("hello");
  await expect(chat.error).toContainText("cannot store unsent messages");
  await expect(chat.answers).toContainText(GREETING);
  await chat.page.getByRole("button", { name: "Dismiss" }).click();
  await expect(chat.error).toBeHidden();
});

test("a stop outlives the page", async ({ chatAt, consoleWatch, model, name, network }) => {
  consoleWatch.allowFailedConnections();
  const chat = chatAt(network.url);
  await chat.open(name);
  await chat.send(`[[fake:gate:${name}]]`);
  await chat.expectWords(3);
  network.refuseSockets();
  await expect(chat.connection).toHaveText(/Reconnecting/);
  await chat.stop.click();
  await chat.reload();
  network.restore();
  await expect(chat.connection).toHaveText("Connected", RECONNECTED);
  await chat.settled();
  await chat.expectWords(3);
  model.release(name);
});

test("an approval outlives the page", async ({ chatAt, consoleWatch, name, network }) => {
  consoleWatch.allowFailedConnections();
  const chat = chatAt(network.url);
  await chat.open(name);
  await chat.send(`[[fake:tool:set_project_context:${JSON.stringify({ context: "Rust" })}]]`);
  await expect(chat.allow).toBeVisible();
  network.refuseSockets();
  await expect(chat.connection).toHaveText(/Reconnecting/);
  await chat.allow.click();
  await chat.reload();
  await expect(chat.approval).toBeHidden();
  network.restore();
  await expect(chat.connection).toHaveText("Connected", RECONNECTED);
  await chat.settled();
  await expect(chat.tool("set_project_context")).toHaveText(/done/);
  expect(await kept(chat.page)).toEqual([]);
});

/** The keys of the page's undelivered entries. */
async function kept(page: import("@playwright/test").Page): Promise<string[]> {
  return page.evaluate(() => Object.keys(localStorage).filter((key) => key.includes(":outbox:")));
}
