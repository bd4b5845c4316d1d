// The connection check: the page at /doctor, and the script for terminals.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Locator, Page } from "@playwright/test";
import { violations } from "../fixture/accessibility.ts";
import { Person, SIGN_IN } from "../fixture/people.ts";
import { expect, settingsFor, test } from "../fixture/test.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** A check waits six seconds. */
const PATIENCE = { timeout: 20_000 };

/** The file that this page needs in addition to those of every page. */
const PIECE = /\/pkg\/doctor\.[0-9a-f]+\.wasm$/;

const TITLES = {
  address: "The server can be reached",
  http: "Coder answers over HTTP",
  setup: "Its settings are complete",
  upgrade: "A WebSocket opens",
  identity: "The right agent answers",
  echo: "A test call returns",
  storage: "The storage can be written and read",
  model: "The model answers",
};

class DoctorPage {
  constructor(private readonly page: Page) {}

  async open(origin: string, query = ""): Promise<void> {
    await this.page.goto(`${origin}/doctor${query}`);
    await expect(this.page.locator("html[data-hydrated]")).toBeAttached({ timeout: 30_000 });
  }

  get summary(): Locator {
    return this.page.getByRole("status");
  }

  check(name: keyof typeof TITLES): Locator {
    return this.page.getByRole("listitem").filter({ hasText: TITLES[name] });
  }

  async press(button: string): Promise<void> {
    await this.page.getByRole("button", { name: button }).click();
  }

  async expectOutcomes(outcomes: Partial<Record<keyof typeof TITLES, string>>): Promise<void> {
    for (const [name, outcome] of Object.entries(outcomes)) {
      await expect(this.check(name as keyof typeof TITLES), name).toContainText(outcome, PATIENCE);
    }
  }
}

test("a healthy app passes, in the browser and from a terminal", async ({ app, model, name, page }) => {
  const doctor = new DoctorPage(page);
  await doctor.open(app.url, `?name=${name}`);
  await expect(doctor.summary).toHaveText("Everything works.", PATIENCE);
  for (const check of Object.keys(TITLES) as (keyof typeof TITLES)[]) {
    await expect(doctor.check(check)).toContainText(check === "model" ? "not asked" : /passed, \d+ ms/);
  }
  expect(await violations(page)).toEqual([]);

  const asked = model.requests.length;
  await doctor.press("Also ask the model");
  await expect(doctor.check("model")).toContainText("passed", PATIENCE);
  expect(model.requests).toHaveLength(asked + 1);
  expect(model.requests.at(-1)?.body).toMatchObject({ max_tokens: 1 });
  const transcript = await fetch(`${app.url}/agents/coderagent/${name}/get-messages`);
  expect(await transcript.json(), "a check is no message").toEqual([]);

  const terminal = await fromTerminal([app.url, "--name", name, "--model"]);
  expect(terminal).toMatchObject({ code: 0, errors: "" });
  expect(terminal.text.match(/\[passed\]/g)).toHaveLength(9);
});

test("the report can be copied, equals the terminal's, and has no secret", async ({ app, consoleWatch, context, name, page }) => {
  consoleWatch.allow(/WebSocket connection to .* failed|Failed to load resource.* 400/);
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const doctor = new DoctorPage(page);
  await doctor.open(app.url, `?name=${name}&agent=nobody&token=hush`);
  await expect(doctor.check("upgrade")).toContainText("failed", PATIENCE);
  await doctor.press("Copy report");
  await expect(page.getByRole("button", { name: "Copied" })).toBeVisible();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied).not.toMatch(/hush|token/);
  const terminal = await fromTerminal([`${app.url}/agents/nobody/${name}?token=hush`]);
  expect(terminal.code).toBe(1);
  const times = / \(\d+ ms\)/g;
  const [head, , ...lines] = terminal.text.replace(times, "").trim().split("\n");
  expect([head, ...lines].join("\n")).toBe(copied.replace(times, "").trim());
});

test("an unknown agent has a diagnosis of its own", async ({ app, consoleWatch, name, page }) => {
  consoleWatch.allow(/WebSocket connection to .* failed/);
  consoleWatch.allow(/Failed to load resource.* 400/);
  const doctor = new DoctorPage(page);
  await doctor.open(app.url, `?name=${name}&agent=wrong`);
  await doctor.expectOutcomes({ http: "passed", upgrade: "HTTP 400", identity: "skipped", storage: "skipped" });
  await expect(doctor.check("upgrade")).toContainText("The server has no agent of this name.");
  await expect(doctor.check("upgrade").getByRole("code").first()).toHaveText("coderagent");
  expect(await violations(page)).toEqual([]);
});

test("a server that goes down is noticed, and the way there is shown by the connection's state", async ({
  chatAt,
  name,
  network,
  page,
}) => {
  const chat = chatAt(network.url);
  const piece = page.waitForResponse(PIECE);
  await chat.open(name);
  await chat.connected();
  await (await piece).finished();
  await expect(page.getByRole("link", { name: "Find out why" })).toBeHidden();
  network.cut();
  await page.getByRole("link", { name: "Find out why" }).click();
  const doctor = new DoctorPage(page);
  await doctor.expectOutcomes({ address: "Nothing answers at this address", http: "skipped", storage: "skipped" });
  network.restore();
  await doctor.press("Check again");
  await expect(doctor.summary).toHaveText("Everything works.", PATIENCE);
});

test("a page whose piece cannot be loaded says so, and tries again", async ({ app, chatAt, consoleWatch, name, network, page }) => {
  consoleWatch.allow(/Failed to load resource|Failed to fetch|ERR_FAILED/);
  await page.route(PIECE, (route) => route.abort());
  const alert = page.getByRole("alert");

  const doctor = new DoctorPage(page);
  await doctor.open(app.url, `?name=${name}`);
  await expect(alert).toContainText("This page could not be loaded");
  await expect(page.getByRole("heading", { name: "Connection check" })).toHaveCount(0);
  expect(await violations(page)).toEqual([]);

  const chat = chatAt(network.url);
  await chat.open(name);
  await chat.connected();
  // Waits for the other pieces of the page: interrupting one would be an error of its own.
  await expect(page.getByText("Ask before changes", { exact: true }).first()).toBeVisible();
  network.cut();
  await page.getByRole("link", { name: "Find out why" }).click();
  await expect(alert).toContainText("the server cannot be reached");
  await doctor.press("Try again");
  await expect(alert).toContainText("the server cannot be reached");
  network.restore();
  await page.unroute(PIECE);
  await doctor.press("Try again");
  await expect(doctor.summary).toHaveText("Everything works.", PATIENCE);
});

test("lost frames are distinguished from a connection that does not open", async ({
  name,
  network,
  page,
}) => {
  network.swallowFrames();
  const doctor = new DoctorPage(page);
  await doctor.open(network.url, `?name=${name}`);
  await doctor.expectOutcomes({ upgrade: "passed", identity: "The connection opens, but no data arrives over it.", echo: "skipped" });
  const terminal = await fromTerminal([network.url]);
  expect(terminal.code).toBe(1);
  expect(terminal.text).toContain("Cause: The connection opens, but no data arrives over it.");
});

test("a missing key is said, and the rest is checked all the same", async ({ consoleWatch, name, page, startApp }) => {
  consoleWatch.allow(/Failed to load resource.* 500/);
  const app = await startApp({ settings: { PROVIDER: "openrouter" } });
  const doctor = new DoctorPage(page);
  await doctor.open(app.url, `?name=${name}`);
  await doctor.expectOutcomes({ setup: "OPENROUTER_API_KEY is not set", storage: "passed", model: "not asked" });
  await doctor.press("Also ask the model");
  await doctor.expectOutcomes({ storage: "passed", model: "skipped" });
  const terminal = await fromTerminal([app.url, "--model"]);
  expect(terminal.code).toBe(1);
  expect(terminal.text).toContain("[passed] The storage can be written and read");
});

test("a model that refuses is quoted, without the key", async ({ model, name, page, startApp }) => {
  const settings = { ...settingsFor(model), OPENROUTER_API_KEY: "sk-very-secret", MODEL: "error-402" };
  const app = await startApp({ settings });
  const doctor = new DoctorPage(page);
  await doctor.open(app.url, `?name=${name}`);
  await doctor.press("Also ask the model");
  await doctor.expectOutcomes({ model: "wants payment (402)", storage: "passed" });
  await expect(page.locator("body")).not.toContainText("sk-very-secret");
});

test("without JavaScript the page shows an alternative", async ({ app, plainPage }) => {
  await plainPage.goto(`${app.url}/doctor`);
  await expect(plainPage.getByText("npm run doctor -- ADDRESS")).toBeVisible();
  await expect(plainPage.getByRole("link", { name: "/health" })).toBeVisible();
});

test("a wrong address fails from a terminal with its cause", async ({ app }) => {
  const path = await fromTerminal([`${app.url}/elsewhere`]);
  expect(path.code).toBe(1);
  expect(path.text).toContain("Cause: A server answers, but there is no Coder at this path.");
  const none = await fromTerminal(["://"]);
  expect(none.code).toBe(1);
  expect(none.errors).toContain("is no address");
});

test("an unknown host is distinguished from a server that does not answer", async () => {
  for (const [address, cause] of [
    ["http://nobody.invalid", "The name of the server cannot be resolved."],
    ["http://127.0.0.1:1", "Nothing answers at this address"],
  ] as const) {
    const terminal = await fromTerminal([address]);
    expect(terminal.code).toBe(1);
    expect(terminal.text).toContain(`Cause: ${cause}`);
    expect(terminal.text.match(/\[(skipped|not asked)\]/g), terminal.text).toHaveLength(7);
  }
});

test("a configuration that does not match the code is reported, without values", async () => {
  const { diagnoseConfiguration } = await import(path.join(ROOT, "scripts/doctor/configuration.mjs"));
  const { causes } = await import(path.join(ROOT, "scripts/doctor/words.mjs"));
  const own = await readFile(path.join(ROOT, "wrangler.jsonc"), "utf8");
  const guide = await readFile(path.join(ROOT, "docs/troubleshooting.md"), "utf8");
  expect(diagnoseConfiguration(own, ["MODEL"])).toBeNull();
  for (const [text, names, cause] of [
    [null, [], "unreadable-configuration"],
    ["{", [], "unreadable-configuration"],
    [own.replace('"name": "coderagent"', '"name": "coder"'), [], "wrong-binding"],
    [own.replace('"class_name": "CoderAgent"', '"class_name": "Coder"'), [], "wrong-binding"],
    [own.replace("new_sqlite_classes", "new_classes"), [], "no-migration"],
    [own.replace("build/release/site", "public"), [], "wrong-assets"],
    [own.replace('"vars": {}', '"vars": { "OPENROUTER_API_KEY": "sk-secret" }'), [], "key-in-vars"],
    [own.replace('"vars": {}', '"vars": { "Model": "x" }'), [], "unknown-setting"],
    [own, ["OPEN_ROUTER_KEY"], "unknown-setting"],
  ] as const) {
    const found = diagnoseConfiguration(text, names);
    expect(found?.cause).toBe(cause);
    expect(JSON.stringify(found)).not.toContain("sk-secret");
  }
  for (const words of Object.values(causes).flat()) expect(guide).toContain(words);
});

/** Runs `npm run doctor` without npm. */
test("on a server with sign-in, a terminal needs a token, and the check says so", async ({ model, name, startApp }) => {
  const app = await startApp({ settings: { ...settingsFor(model), ...SIGN_IN } });
  const stranger = await fromTerminal([app.url, "--name", name]);
  expect(stranger.code).toBe(1);
  expect(stranger.text).toMatch(/The right agent answers[\s\S]*Sign in first\.[\s\S]*CODER_TOKEN/);
  const { credential } = await (await Person.owner(app)).token(["chat"]);
  const token = credential.authorization!.replace("Bearer ", "");
  const owner = await fromTerminal([app.url, "--name", name], { CODER_TOKEN: token });
  expect(owner.code, owner.text).toBe(0);
  expect(owner.text).not.toContain(token);
});

async function fromTerminal(args: string[], settings: Record<string, string> = {}): Promise<{ code: number | null; text: string; errors: string }> {
  const child = spawn(process.execPath, ["scripts/doctor.mjs", ...args], { cwd: ROOT, env: { ...process.env, ...settings }, stdio: ["ignore", "pipe", "pipe"] });
  let [text, errors] = ["", ""];
  child.stdout.on("data", (piece: Buffer) => (text += piece.toString()));
  child.stderr.on("data", (piece: Buffer) => (errors += piece.toString()));
  const [code] = (await once(child, "close")) as [number | null];
  return { code, text, errors };
}
