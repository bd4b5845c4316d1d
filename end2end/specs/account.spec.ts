// Sign-in and the account page, in a browser.

import { ownerLink } from "../../scripts/sign_in/link.mjs";
import { Chat } from "../fixture/chat.ts";
import { connects, OWNER_SECRET, SIGN_IN } from "../fixture/people.ts";
import { expect, test } from "../fixture/test.ts";

const SETTINGS = { PROVIDER: "demo", ...SIGN_IN };

/** Browsers log these on the console themselves. */
const REFUSED = /Failed to load resource: the server responded with a status of (401|503)/;

const link = (url: string) => `${url}/sign-in?link=${ownerLink(OWNER_SECRET, Date.now() + 60_000)}`;

test("without a valid `AUTH` the server only explains what to do", async ({ startApp, plainPage, consoleWatch }) => {
  consoleWatch.allow(REFUSED);
  const app = await startApp({ settings: { PROVIDER: "demo", AUTH: "tokens" } });
  for (const path of ["/", "/chat/a", "/account", "/sign-in", "/no/such/page"]) {
    const response = await plainPage.goto(`${app.url}${path}`);
    expect(response?.status(), path).toBe(503);
    await expect(plainPage.getByRole("heading", { name: "Coder is not set up yet" })).toBeVisible();
    await expect(plainPage.getByText("nobody could make the first one")).toBeVisible();
  }
  for (const [method, path] of [["GET", "/agents/coderagent/a/get-messages"], ["PUT", "/agents/coderagent/a/files/a.txt"], ["POST", "/tickets"], ["OPTIONS", "/agents/coderagent/a"]]) {
    const response = await fetch(`${app.url}${path}`, { method });
    expect([response.status, (await response.json()).code], path).toEqual([503, "not_set_up"]);
  }
  expect(await connects(app, "/agents/coderagent/a", {})).toMatchObject({ code: 4401, reason: expect.stringContaining("not set up") });
});

test("a link, the account and an invitation work without a script", async ({ startApp, plainPage: page, browser, consoleWatch }) => {
  consoleWatch.allow(REFUSED);
  const app = await startApp({ settings: SETTINGS });
  await page.goto(app.url);
  await expect(page.getByRole("heading", { name: "Sign in to Coder" })).toBeVisible();
  await page.goto(link(app.url));
  await page.getByRole("button", { name: "Sign in on this device" }).click();
  await expect(page).toHaveURL(`${app.url}/`);
  await page.getByRole("link", { name: "Account" }).click();
  await expect(page.getByText("Owner, the owner of this server")).toBeVisible();
  await page.getByLabel("Name", { exact: true }).fill("backup");
  await page.getByRole("checkbox", { name: "files" }).check();
  await page.getByRole("button", { name: "Make a token" }).click();
  await expect(page.getByRole("textbox")).toHaveValue(/^coder_t_[\w-]{43}$/);
  const token = await page.getByRole("textbox").inputValue();
  await page.getByRole("link", { name: "Back to the account" }).click();
  await expect(page.getByText("read, files · not used yet")).toBeVisible();
  const read = () => fetch(`${app.url}/agents/coderagent/a/files`, { headers: { authorization: `Bearer ${token}` } });
  expect((await read()).status).toBe(200);
  await page.getByRole("button", { name: "Revoke: backup" }).click();
  await expect(page.getByText("backup")).toBeHidden();
  expect((await read()).status).toBe(401);

  await page.locator("form", { hasText: "Invite a member" }).getByLabel("Who").fill("Ann");
  await page.getByRole("button", { name: "Invite a member" }).click();
  const invitation = await page.getByRole("textbox").inputValue();
  const anns = await (await browser.newContext({ javaScriptEnabled: false })).newPage();
  await anns.goto(invitation);
  await expect(anns.getByRole("heading", { name: "You are invited to Coder" })).toBeVisible();
  await anns.getByRole("button").click();
  await anns.getByRole("link", { name: "Account" }).click();
  await expect(anns.getByText("You are signed in as Ann, a member.")).toBeVisible();
  await expect(anns.getByRole("heading", { name: "People" })).toBeHidden();
  await anns.getByRole("button", { name: "Sign out" }).click();
  await expect(anns.getByRole("heading", { name: "Sign in to Coder" })).toBeVisible();
  await anns.goto(invitation);
  await expect(anns.getByText("used already")).toBeVisible();
  await anns.context().close();
});

test("a shared conversation can be read and not answered, until its reader is removed", async ({ startApp, page, browser, name, consoleWatch }) => {
  consoleWatch.allow(REFUSED);
  const app = await startApp({ settings: SETTINGS });
  await page.goto(link(app.url));
  await page.getByRole("button").click();
  const chat = new Chat(page, app.url);
  await chat.open(name);
  await chat.send("Hello");
  await expect(page.getByText("built-in demo model").first()).toBeVisible();
  await page.goto(`${app.url}/account`);
  const share = page.locator("form", { hasText: "Share a conversation" });
  await share.getByLabel("Who").fill("Guest");
  await share.getByLabel("Conversation").fill(name);
  await share.getByRole("button").click();
  const reader = await (await browser.newContext()).newPage();
  await reader.goto(await page.getByRole("textbox").inputValue());
  await reader.getByRole("button").click();
  await expect(reader).toHaveURL(`${app.url}/chat/${name}`);
  await expect(reader.getByText("shared with you for reading")).toBeVisible();
  await expect(reader.getByRole("status", { name: "Connection" })).toHaveText("Connected");
  await expect(reader.getByRole("button", { name: "Send" })).toBeHidden();
  await chat.open(name);
  await chat.send("More");
  await expect(reader.getByRole("article", { name: "You" }).last().getByText("More", { exact: true })).toBeVisible();
  await reader.goto(`${app.url}/`);
  await expect(reader).toHaveURL(`${app.url}/account`);
  await reader.getByRole("link", { name }).click();
  await expect(reader.getByRole("status", { name: "Connection" })).toHaveText("Connected");
  await page.goto(`${app.url}/account`);
  await page.getByRole("button", { name: "Remove: Guest" }).click();
  const pill = reader.getByRole("status", { name: "Connection" });
  await expect(pill).toHaveText("Signed out");
  await expect(pill).toHaveAttribute("title", "The sign-in was revoked; sign in again.");
  await reader.getByRole("link", { name: "Sign in" }).click();
  await expect(reader.getByRole("heading", { name: "Sign in to Coder" })).toBeVisible();
  await reader.context().close();
});
