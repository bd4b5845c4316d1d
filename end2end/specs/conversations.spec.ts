// The list of the person's conversations beside every page.

import type { Locator, Page } from "@playwright/test";
import { violations } from "../fixture/accessibility.ts";
import type { App } from "../fixture/app.ts";
import { RawSocket } from "../fixture/socket.ts";
import { inStores } from "../fixture/storage.ts";
import { expect, settingsFor, test } from "../fixture/test.ts";

/** A push comes within milliseconds; a lost one is made good within seconds. */
const TOLD = { timeout: 20_000 };

const list = (page: Page): Locator => page.getByRole("navigation", { name: "Conversations" });
const search = (page: Page): Locator => page.getByRole("searchbox", { name: "Search conversations" });
const row = (page: Page, title: string): Locator => list(page).getByRole("link", { name: title });
const deleted = (page: Page): Locator => page.getByRole("group", { name: "Deleted conversations" });

/** Says something in a conversation and waits for the answer. */
async function talk(app: App, name: string, text: string): Promise<void> {
  const socket = await RawSocket.open(app.url, name);
  await socket.end(socket.ask(text));
  socket.close();
}

/** Waits until the server lists as many conversations: pages that it renders have them. */
async function listed(app: App, count: number): Promise<void> {
  const rows = async () => ((await (await fetch(`${app.url}/agents/directory/me`)).json()) as { conversations: unknown[] }).conversations;
  await expect.poll(rows, TOLD).toHaveLength(count);
}

/** Opens the menu of a conversation and takes an entry, by keyboard alone. */
async function choose(page: Page, title: string, entry: string): Promise<void> {
  await list(page).getByRole("button", { name: `Actions for ${title}` }).focus();
  await page.keyboard.press("Enter");
  const item = page.getByRole("menu").getByRole("menuitem", { name: entry, exact: true });
  await expect(page.getByRole("menuitem").first()).toBeFocused();
  while (!(await item.evaluate((element) => element === document.activeElement))) await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
}

test("the list is in the page, lives, and does what its menu says", async ({ chatAt, model, name, page, plainPage, startApp }) => {
  const app = await startApp({ settings: settingsFor(model) });
  const chat = chatAt(app.url);
  await chat.openStart();
  await expect(list(page)).toContainText("Your conversations will be listed here.");

  // Live, with what each of them does.
  await talk(app, "first", "First [[fake:words-3-0]]");
  await expect(row(page, "First")).toHaveAccessibleName(/, unread$/, TOLD);
  await expect(page).toHaveTitle("(1) Coder");
  const socket = await RawSocket.open(app.url, "second");
  const turn = socket.ask(`Second [[fake:gate:${name}]]`);
  await expect(row(page, "Second")).toHaveAccessibleName(/, running$/, TOLD);
  model.release(name);
  await socket.end(turn);
  await expect(row(page, "Second")).toHaveAccessibleName(/, unread$/, TOLD);
  expect(await violations(page)).toEqual([]);

  // Without a script there are links.
  await plainPage.goto(`${app.url}/chat/first`);
  await expect(list(plainPage).getByRole("link", { name: /First/ })).toHaveAttribute("aria-current", "page");
  await expect(plainPage).toHaveTitle(/First .* · Coder$/);
  await list(plainPage).getByRole("link", { name: /Second/ }).click();
  await expect(plainPage.getByRole("article", { name: "You" })).toContainText("Second");

  // Whoever looks has read it.
  await row(page, "First").click();
  await expect(row(page, "First")).toHaveAttribute("aria-current", "page");
  await expect(row(page, "First")).not.toHaveAccessibleName(/unread/);
  await expect(page).toHaveTitle(/^\(1\) First/);

  // Renamed where it stands, and in the bar above.
  const first = (await row(page, "First").getAttribute("title"))!;
  await choose(page, first, "Rename");
  await expect(page.getByRole("textbox", { name: "Title" })).toBeFocused();
  await page.keyboard.type("Apples <b>");
  await page.keyboard.press("Enter");
  await expect(row(page, "Apples <b>")).toBeFocused();
  const heading = page.getByRole("banner").getByRole("button", { name: "Apples <b>, rename" });
  await heading.click();
  await page.getByRole("textbox", { name: "Title" }).fill("Pears");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("banner").getByRole("button", { name: "Pears, rename" })).toBeFocused();
  await expect(row(page, "Pears")).toBeVisible();
  await expect(page).toHaveTitle(/Pears · Coder$/);

  // Pinned above the newer one.
  await choose(page, "Pears", "Pin");
  await expect(list(page).getByRole("list", { name: "Pinned" })).toContainText("Pears");
  await expect(row(page, "Pears")).toBeFocused();

  // Archived, and back.
  await choose(page, "Pears", "Archive");
  await expect(row(page, "Second")).toBeFocused();
  const archived = list(page).getByRole("button", { name: "Archived (1)" });
  await archived.click();
  await choose(page, "Pears", "Back to the list");
  await expect(list(page).getByRole("list", { name: "Pinned" })).toContainText("Pears");

  // Deleted, taken back, and deleted: the page of a conversation that goes is left.
  await choose(page, "Pears", "Delete");
  await expect(page).toHaveURL(`${app.url}/`);
  await expect(row(page, "Pears")).toBeHidden();
  await expect(deleted(page)).toContainText("Deleted Pears");
  expect(await violations(page)).toEqual([]);
  await deleted(page).getByRole("button", { name: "Undo" }).click();
  await expect(row(page, "Pears")).toBeFocused();
  await expect(deleted(page)).toBeEmpty();
  await chat.reload();
  await expect(row(page, "Pears")).toBeVisible();
});

/** Copies of the conversation `seed`, a minute apart. */
const MANY = `
  WITH RECURSIVE copies (number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM copies WHERE number < 9998)
  INSERT INTO conversations (name, number, json, active, pinned, archived, seen, life, folded)
  SELECT 'many-' || copies.number, seed.number,
    json_set(seed.json, '$.title', 'Number ' || copies.number, '$.active', seed.active - copies.number * 60000),
    seed.active - copies.number * 60000, 0, 0, seed.seen, seed.life, 'number ' || copies.number
  FROM conversations AS seed, copies WHERE seed.name = 'seed'`;

test("10,000 conversations are searched, and come in pages", async ({ chatAt, model, page, request, startApp }) => {
  const app = await startApp({ settings: settingsFor(model) });
  await talk(app, "seed", "Seed [[fake:words-1-0]]");
  await talk(app, "long", `${"a very long title \u202e<img src=x> ".repeat(300)}[[fake:words-6-0]]`);
  await listed(app, 2);
  await app.kill();
  await inStores(app.dataFolder, MANY, "Directory");
  await app.launch();
  const told = await RawSocket.openList(app.url);
  await expect.poll(() => told.state?.total, TOLD).toBe(10_000);
  expect((await (await request.get(app.url)).body()).byteLength, "a page has a part of the list").toBeLessThan(200_000);
  const chat = chatAt(app.url);
  await chat.openStart();

  const rows = list(page).getByRole("listitem");
  await expect(rows).toHaveCount(50);
  const long = list(page).locator("a[href='/chat/long']");
  await expect(long).toHaveAttribute("title", /^a very long title <img src=x>/);
  expect((await long.boundingBox())!.height).toBeLessThan(48);
  const more = list(page).getByRole("button", { name: "Show more" });
  for (const count of [100, 150]) {
    await more.press("Enter");
    await expect(rows).toHaveCount(count);
    await expect(rows.nth(count - 50).getByRole("link")).toBeFocused();
    await more.focus();
  }
  // What changes comes to the top, and the list stays as long as it is.
  await talk(app, "many-9998", "The last one [[fake:words-1-0]]");
  await expect(rows.first()).toContainText("The last one");
  await expect(rows.nth(149)).toContainText("Number 147");
  await expect(rows).toHaveCount(150);

  await search(page).fill("word5");
  await expect(list(page).getByText("1 conversation")).toBeVisible();
  await expect(rows).toHaveCount(1);
  await expect(rows.locator("mark")).toHaveText("word5");
  await search(page).fill("number 9876");
  await expect(rows).toHaveCount(1);
  await expect(rows.getByRole("link")).toHaveAttribute("href", "/chat/many-9876");
  await search(page).fill("nowhere to be found");
  await expect(list(page).getByText("Nothing was found.")).toBeVisible();
  await search(page).press("Escape");
  await expect(search(page)).toHaveValue("");
  await expect(rows).toHaveCount(150);
});

test("a phone has the list in a drawer, a wide screen keeps it away once it is put away", async ({ chat, page }) => {
  await page.setViewportSize({ width: 360, height: 640 });
  await chat.openStart();
  await expect(list(page)).toBeHidden();
  const show = page.getByRole("button", { name: "Show conversations" });
  const hide = page.getByRole("button", { name: "Hide conversations" });
  await show.click();
  await expect(hide).toBeFocused();
  expect(await violations(page)).toEqual([]);
  // What is behind is out of reach.
  for (let tab = 0; tab < 12; tab += 1) {
    await page.keyboard.press("Tab");
    expect(await page.evaluate(() => document.activeElement?.closest(".stage"))).toBeNull();
  }
  await list(page).getByRole("link", { name: "Settings" }).focus();
  await page.keyboard.press("Escape");
  await expect(list(page)).toBeHidden();
  await expect(show).toBeFocused();
  await chat.composer.fill("reachable");

  await page.setViewportSize({ width: 1280, height: 720 });
  await hide.click();
  await expect(show).toBeFocused();
  await chat.reload();
  await expect(list(page)).toBeHidden();
  await show.click();
  await expect(hide).toBeFocused();
  await expect(list(page)).toBeVisible();
});

test("without the directory the conversation continues, and the list says so", async ({ chat, consoleWatch, name, page }) => {
  consoleWatch.allowFailedConnections();
  await page.routeWebSocket(/\/agents\/directory\/me/, (socket) => socket.close({ code: 1011, reason: "down" }));
  await chat.open(name);
  await chat.send("[[fake:words-3-0]]");
  await chat.expectWords(3);
  await expect(list(page).getByText("The list is not up to date.")).toBeVisible();
  await page.unrouteAll();
  await page.routeWebSocket(/\/agents\/directory\/me/, (socket) => void socket.connectToServer());
  await list(page).getByRole("button", { name: "Reconnect" }).click();
  await expect(list(page).getByText("The list is not up to date.")).toBeHidden();
  await expect(list(page).locator("[aria-current]")).toBeVisible();
});

test("the list can be used before its code is there, and nothing of that is lost", async ({ chatAt, consoleWatch, model, page, startApp }) => {
  consoleWatch.allow(/Failed to load resource|Failed to fetch/);
  const app = await startApp({ settings: settingsFor(model) });
  for (const name of ["first", "second"]) await talk(app, name, `${name} [[fake:words-3-0]]`);
  await listed(app, 2);
  const chat = chatAt(app.url);
  let isBack = false;
  await page.route(/\/pkg\/sidebar\.\w+\.wasm/, (route) => (isBack ? route.continue() : route.abort("connectionfailed")));
  await chat.openStart();
  await expect(row(page, "first")).toBeVisible();
  await search(page).fill("sec");
  await row(page, "second").click();
  await chat.expectWords(3);
  await list(page).getByRole("button", { name: "Hide conversations" }).click();
  await search(page).focus();
  await expect(list(page)).toBeVisible();
  isBack = true;
  // The longest wait between two attempts to fetch it is 16 s.
  await expect(list(page)).toBeHidden({ timeout: 20_000 });
  await page.getByRole("button", { name: "Show conversations" }).click();
  await expect(search(page)).toHaveValue("sec");
  await expect(list(page).getByRole("list", { name: "Found" })).toContainText("second");
  await expect(row(page, "first")).toHaveCount(0);
});

test("settings: colours that are chosen win over the system's", async ({ chat, page }) => {
  await page.emulateMedia({ colorScheme: "light" });
  await chat.openStart();
  await list(page).getByRole("link", { name: "Settings" }).click();
  await expect(page.getByRole("heading", { name: "Settings", level: 1 })).toBeVisible();
  const ground = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  const light = await ground();
  await page.getByRole("radio", { name: "Dark" }).check();
  const dark = await ground();
  expect(dark).not.toBe(light);
  expect(await violations(page)).toEqual([]);
  await chat.reload();
  expect(await ground()).toBe(dark);
  await page.emulateMedia({ colorScheme: "dark" });
  await page.getByRole("radio", { name: "Light" }).check();
  expect(await ground()).toBe(light);
  expect(await violations(page)).toEqual([]);
  await page.getByRole("radio", { name: "As the system" }).check();
  expect(await ground()).toBe(dark);
});

test("a person who looks elsewhere is notified by the system, once they have asked for it", async ({ app, chat, name, page }) => {
  // The browser of the tests shows none: what the page asks of it is written down.
  await page.addInitScript(() => {
    const told: string[] = [];
    class Written {
      static permission = localStorage.getItem("test:permission") ?? "default";
      static async requestPermission() {
        localStorage.setItem("test:permission", "granted");
        Written.permission = "granted";
        return "granted";
      }
      constructor(title: string, { body }: { body: string }) {
        told.push(`${title}: ${body}`);
      }
    }
    Object.assign(globalThis, { Notification: Written, told });
  });
  const told = () => page.evaluate(() => (globalThis as unknown as { told: string[] }).told);
  await page.goto(`${app.url}/settings`);
  await chat.interactive();
  expect(await page.evaluate(() => Notification.permission)).toBe("default");
  await page.getByRole("button", { name: "Turn on" }).click();
  await expect(page.getByText("They are on.")).toBeVisible();

  await chat.open(name);
  const answered = async () => {
    await chat.send("Reverse a list [[fake:words-3-0]]");
    await expect(list(page).locator("[aria-current]")).toHaveAccessibleName(/Reverse a list/, TOLD);
    await chat.settled();
  };
  await answered();
  expect(await told()).toEqual([]);
  await page.evaluate(() => {
    document.hasFocus = () => false;
    globalThis.dispatchEvent(new Event("blur"));
  });
  await answered();
  await expect.poll(told, TOLD).toEqual([expect.stringMatching(/^Reverse a list .*: Coder has answered\.$/)]);
  await expect(page).toHaveTitle(/^\(\d+\) Reverse a list/);
});
