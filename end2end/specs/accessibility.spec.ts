// Automatic accessibility checks of every page and state, in light and dark, wide and narrow: each page is opened once, and
// checked in all four.

import type { Page } from "@playwright/test";
import { violations } from "../fixture/accessibility.ts";
import { ownerLink } from "../../scripts/sign_in/link.mjs";
import type { App, AppOptions } from "../fixture/app.ts";
import type { Chat } from "../fixture/chat.ts";
import { Files } from "../fixture/files.ts";
import { OWNER_SECRET, SIGN_IN } from "../fixture/people.ts";
import { RawSocket } from "../fixture/socket.ts";
import { expect, test } from "../fixture/test.ts";

const WIDE = { width: 1280, height: 800 };
const NARROW = { width: 390, height: 844 };

/** Rules other than those for colours do not depend on the colour scheme. */
const LOOKS = [
  { colorScheme: "light", size: WIDE, rules: "all" },
  { colorScheme: "dark", size: WIDE, rules: "colours" },
  { colorScheme: "dark", size: NARROW, rules: "all" },
  { colorScheme: "light", size: NARROW, rules: "colours" },
] as const;

/** The violations in every look, or in those of wide windows. */
async function inEveryLook(page: Page, isWide = false): Promise<string[]> {
  const found: string[] = [];
  for (const { colorScheme, size, rules } of LOOKS.filter(({ size }) => !isWide || size === WIDE)) {
    await page.setViewportSize(size);
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    found.push(...(await violations(page, rules)).map((violation) => `${colorScheme}, ${size.width}: ${violation}`));
  }
  await page.setViewportSize(WIDE);
  await page.emulateMedia({ colorScheme: "light" });
  return found;
}

const call = (tool: string, input: object): string => `[[fake:tool:${tool}:${JSON.stringify(input)}]]`;
const write = (path: string): string => call("write", { path, text: "one\ntwo\n" });

const button = (chat: Chat, name: string) => chat.page.getByRole("button", { name, exact: true }).last();

/** Says something in a conversation. */
async function talk(app: App, name: string): Promise<void> {
  const socket = await RawSocket.open(app.url, name);
  await socket.end(socket.ask(`About ${name} [[fake:words-3-0]]`));
  socket.close();
}

/** Reloads the page, whose connections are closed from now on with this code. */
async function refused({ chat, page }: Stage, code: number, reason: string): Promise<void> {
  await page.routeWebSocket(/\/agents\/coderagent\//, (socket) => socket.close({ code, reason }));
  await page.reload();
  await expect(chat.connection).toHaveAttribute("data-state", "refused");
}

/** What a state has at hand. */
interface Stage {
  app: App;
  chat: Chat;
  files: Files;
  page: Page;
  startApp: (options?: AppOptions) => Promise<App>;
}

/** How a state is reached from the one before. A state that is shown in wide windows alone says so. */
interface State {
  reach: (stage: Stage, name: string) => Promise<void>;
  isWide?: boolean;
}

/** States of answers and messages, each reached from the one before. */
const ANSWERS: Record<string, State> = {
  "an empty conversation": {
    reach: async ({ chat }, name) => chat.open(name),
  },
  "reasoning and an answer with markdown": {
    reach: async ({ chat }) => {
      await chat.send("[[fake:reasoning]]");
      await expect(chat.answers).toContainText("42");
      await chat.settled();
      await chat.send("[[fake:markdown]]");
      await expect(chat.answers.last()).toContainText("smallphone");
      await chat.settled();
    },
  },
  "the details of an answer": {
    reach: async ({ chat }) => chat.answers.last().getByText("Details").click(),
  },
  "an answer that grows, and the queue": {
    reach: async ({ chat }, name) => {
      await chat.send(`[[fake:gate:${name}]]`);
      await chat.expectWords(3);
      await chat.send("Next.");
      await expect(chat.queue).toContainText("Next.");
    },
  },
  "a waiting message that is changed": {
    reach: async ({ chat }) => {
      await button(chat, "Change").click();
      await expect(chat.page.getByRole("textbox", { name: "New text" })).toBeFocused();
    },
  },
  "a stopped answer": {
    reach: async ({ chat }) => {
      await button(chat, "Cancel").click();
      await button(chat, "Remove").click();
      await chat.stop.click();
      await chat.settled();
      await expect(chat.answers.last()).toContainText("Stopped");
    },
  },
};

const CALLS: Record<string, State> = {
  "an approval": {
    reach: async ({ chat }, name) => {
      await chat.open(name);
      await chat.send(write("a.txt"));
      await expect(chat.approval).toBeVisible();
    },
  },
  "an approval with all its choices": {
    reach: async ({ chat }) => {
      for (const more of ["Allow always…", "Refuse with a reason…"]) await chat.approval.getByText(more).click();
    },
  },
  "a card of a call, and what an answer changed": {
    reach: async ({ chat }) => {
      await chat.allow.click();
      await expect(chat.answers.last()).toContainText("The tools said:");
      await chat.settled();
      await chat.tool("Created a.txt").click();
      await button(chat, "Show changes").click();
      await expect(chat.answers.last().getByRole("insertion").last()).toBeVisible();
    },
  },
  "a question of the model": {
    reach: async ({ chat }) => {
      await chat.send(call("ask_user", { question: "Which **language**?", options: ["Rust", "Go"] }));
      await expect(chat.question).toBeVisible();
    },
  },
  "calls in one line": {
    reach: async ({ chat }) => {
      await chat.question.getByRole("button", { name: "Rust" }).click();
      await chat.settled();
      await chat.send("[[fake:tools:list,list,list]]");
      await expect(chat.answers.last()).toContainText("The tools said:");
      await chat.settled();
    },
  },
  "an error": {
    reach: async ({ chat }) => {
      await chat.send("[[fake:error-402]]");
      await expect(chat.error).toBeVisible();
      await chat.settled();
    },
  },
};

const BRANCHES_AND_FILES: Record<string, State> = {
  "another answer with a form to undo changes": {
    reach: async ({ chat, page }, name) => {
      await chat.open(name);
      await chat.send(write(`${name}.txt`));
      await chat.allow.click();
      await expect(chat.answers.last()).toContainText("The tools said:");
      await chat.settled();
      await button(chat, "Regenerate").click();
      await expect(page.getByRole("checkbox", { name: "Also undo the file changes made since" })).toBeVisible();
    },
  },
  "branches, and a message that is edited": {
    reach: async ({ chat }) => {
      await button(chat, "Cancel").click();
      await chat.questions.last().getByRole("button", { name: "Edit" }).click();
      const field = chat.transcript.getByRole("textbox", { name: "Your message" });
      await field.fill("[[fake:words-4-0]]");
      await field.press("Enter");
      await chat.expectWords(4);
      await chat.settled();
      await expect(chat.transcript.getByRole("group", { name: "Branches" })).toHaveText(/Branch 2 of 2/);
      await chat.questions.last().getByRole("button", { name: "Edit" }).click();
    },
  },
  "the question before a conversation is cleared": {
    reach: async ({ chat, page }) => {
      await button(chat, "Cancel").click();
      await page.getByRole("button", { name: "Clear", exact: true }).click();
      await expect(page.getByRole("alertdialog")).toBeVisible();
    },
  },
  "the tree of the files": {
    reach: async ({ app, files, page }, name) => {
      await page.keyboard.press("Escape");
      const at = `${app.url}/agents/coderagent/${name}/files`;
      await fetch(`${at}/src/main.rs`, { method: "PUT", body: "fn main() {\n    println!(\"1\");\n}\n" });
      await files.open();
      await expect(files.entry("src")).toBeVisible();
    },
  },
  "a file": {
    reach: async ({ files }) => {
      await files.entry("src").click();
      await files.entry("main.rs").click();
      await expect(files.content).toContainText("println");
    },
  },
  "a file that is edited": {
    reach: async ({ files }) => {
      await files.press("Edit");
      await expect(files.drawer.getByRole("textbox").last()).toBeFocused();
    },
  },
  "the history of the files": {
    reach: async ({ files, page }) => {
      await page.keyboard.press("Escape");
      await files.press("Back to all files");
      await files.press("History");
      await expect(files.drawer.getByRole("heading", { name: "History" })).toBeFocused();
    },
  },
  "a diff in the history of the files": {
    reach: async ({ files }) => {
      await files.drawer.getByRole("button", { name: "Show changes" }).first().click();
      await expect(files.drawer.getByRole("insertion").last()).toBeVisible();
    },
  },
};

const CONNECTIONS: Record<string, State> = {
  "offline": {
    reach: async ({ chat, page }, name) => {
      await chat.open(name);
      await chat.connected();
      await page.context().setOffline(true);
      await expect(chat.connection).toHaveText("Offline");
    },
  },
  "refused": {
    reach: async (stage) => {
      await stage.page.context().setOffline(false);
      await refused(stage, 4403, "Host not allowed: coder.test is not in ALLOWED_HOSTS");
    },
  },
  "signed out": {
    reach: async (stage) => {
      await refused(stage, 4401, "The sign-in was revoked; sign in again.");
      await expect(stage.page.getByRole("link", { name: "Sign in" })).toBeVisible();
    },
  },
};

/** The server of the documents that need one of their own, once the first of them has started it. */
let own: App;

const link = (secret: string) => `${own.url}/sign-in?link=${ownerLink(secret, Date.now() + 60_000)}`;

/** Documents of the server that run no script. */
const DOCUMENTS: Record<string, State> = {
  "the sign-in": {
    reach: async ({ page, startApp }) => {
      own = await startApp({ settings: { PROVIDER: "demo", ...SIGN_IN } });
      await page.goto(own.url);
      await expect(page.getByRole("heading", { name: "Sign in to Coder" })).toBeVisible();
    },
  },
  "an error: a link that is not valid": {
    reach: async ({ page }) => {
      await page.goto(link("another-secret-another-secret-another"));
      await expect(page.getByText("This sign-in is not known here.")).toBeVisible();
    },
  },
  "a link": {
    reach: async ({ page }) => {
      await page.goto(link(OWNER_SECRET));
      await expect(page.getByRole("button")).toBeVisible();
    },
  },
  "the account": {
    reach: async ({ page }) => {
      await page.getByRole("button").click();
      await page.goto(`${own.url}/account`);
    },
  },
  "a link for another device": {
    reach: async ({ page }) => {
      await page.getByRole("button", { name: "Sign in on another device" }).click();
      await expect(page.getByRole("textbox")).toBeVisible();
    },
  },
  "a server that is not set up": {
    reach: async ({ page }) => {
      await own.restart({ PROVIDER: "demo", AUTH: "tokens" });
      await page.goto(own.url);
      await expect(page.getByRole("heading", { name: "Coder is not set up yet" })).toBeVisible();
    },
  },
};

const PAGES: Record<string, State> = {
  "the start page": {
    reach: async ({ chat }) => chat.openStart(),
  },
  "the palette": {
    reach: async ({ page }) => {
      await page.keyboard.press("ControlOrMeta+k");
      await expect(page.getByRole("dialog", { name: "Go to" }).getByRole("combobox")).toBeFocused();
    },
  },
  "the list of shortcuts": {
    reach: async ({ page }) => {
      await page.keyboard.press("Escape");
      await page.getByRole("link", { name: "Settings" }).focus();
      await page.keyboard.type("?");
      await expect(page.getByRole("dialog", { name: "Keyboard shortcuts" })).toBeVisible();
    },
  },
  "found conversations": {
    isWide: true,
    reach: async ({ app, page }, name) => {
      await page.keyboard.press("Escape");
      await talk(app, name);
      await page.getByRole("searchbox", { name: "Search conversations" }).fill(name);
      await expect(page.getByRole("list", { name: "Found" }).getByRole("link")).not.toHaveCount(0, { timeout: 20_000 });
    },
  },
  "the menu of a conversation": {
    isWide: true,
    reach: async ({ page }) => {
      await page.getByRole("searchbox", { name: "Search conversations" }).press("Escape");
      await page.getByRole("button", { name: /^Actions for / }).first().click();
      await expect(page.getByRole("menu")).toBeVisible();
    },
  },
  "the settings": {
    reach: async ({ app, chat, page }) => {
      await page.goto(`${app.url}/settings`);
      await chat.interactive();
      await expect(page.getByRole("heading", { name: "Settings", level: 1 })).toBeVisible();
    },
  },
  "a page that does not exist": {
    reach: async ({ app, chat, page }) => {
      await page.goto(`${app.url}/nowhere`);
      await chat.interactive();
    },
  },
  "the connection check, with a cause": {
    reach: async ({ app, page }) => {
      await page.goto(`${app.url}/doctor?agent=nobody`);
      await expect(page.getByText("The server has no agent of this name.")).toBeVisible({ timeout: 30_000 });
    },
  },
};

for (const [title, states] of Object.entries({ "answers": ANSWERS, "calls": CALLS, "branches and files": BRANCHES_AND_FILES, "connections": CONNECTIONS, "documents without scripts": DOCUMENTS, "all other pages": PAGES })) {
  test(`${title}, in all states`, async ({ app, chat, consoleWatch, name, page, startApp }) => {
    test.setTimeout(120_000);
    consoleWatch.allow(/WebSocket connection to .* failed|Failed to load resource.* (40[014]|503)|ERR_INTERNET_DISCONNECTED|Failed to fetch/);
    const stage = { app, chat, files: new Files(page), page, startApp };
    const found: string[] = [];
    for (const [state, { reach, isWide }] of Object.entries(states)) {
      await test.step(state, async () => {
        await reach(stage, name);
        found.push(...(await inEveryLook(page, isWide)).map((violation) => `${state}: ${violation}`));
      });
    }
    expect(found).toEqual([]);
  });
}
