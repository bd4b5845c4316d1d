// What new conversations begin with: kept on the settings page, and chosen on the start page for the next one.

import type { Page } from "@playwright/test";

import { violations } from "../fixture/accessibility.ts";
import { Chat } from "../fixture/chat.ts";
import { RawSocket } from "../fixture/socket.ts";
import { expect, settingsFor, test } from "../fixture/test.ts";

const button = (page: Page, name: RegExp) => page.getByRole("button", { name });

async function choose(page: Page, opened: RegExp, radio: string): Promise<void> {
  await button(page, opened).click();
  await page.getByRole("radio", { name: radio, exact: true }).check();
  await page.keyboard.press("Escape");
}

test("new conversations begin with the defaults, or with what was chosen on the start page", async ({ model, name, page, startApp }) => {
  const app = await startApp({ settings: settingsFor(model) });
  const chat = new Chat(page, app.url);
  await page.goto(`${app.url}/settings`);
  await chat.interactive();
  const section = page.locator("section").filter({ has: page.getByRole("heading", { name: "New conversations" }) });
  await choose(page, /^Model:/, "High");
  await expect(section.getByRole("status")).toContainText("Saved.");
  await choose(page, /^Mode:/, "Change files freely");
  await expect(button(page, /^Mode: Change files freely/)).toBeVisible();
  await expect(section.getByRole("status")).toContainText("Saved.");
  expect(await violations(page)).toEqual([]);

  // The start page shows them, and a choice there is for the next conversation.
  await chat.openStart();
  await expect(button(page, /^Model: .* high/)).toBeVisible();
  await choose(page, /^Mode:/, "Ask before changes");
  expect(await violations(page)).toEqual([]);
  await chat.send("[[fake:words-3-0]]");
  await expect(chat.answers).toHaveCount(1);
  await chat.settled();
  await expect(button(page, /^Mode: Ask before changes/)).toBeVisible();
  await expect(button(page, /^Model: .* high/)).toBeVisible();
  await chat.openStart();
  await expect(button(page, /^Mode: Change files freely/)).toBeVisible();

  // Other clients' conversations begin with the defaults, too.
  const socket = await RawSocket.open(app.url, name);
  await socket.end(socket.ask("[[fake:words-3-0]]"));
  socket.close();
  await chat.open(name);
  await expect(button(page, /^Mode: Change files freely/)).toBeVisible();
});
