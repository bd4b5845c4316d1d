// The build that answers, and an old tab on a new server: it reloads once, when that interrupts nobody.

import { readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "@playwright/test";
import { AnotherBuild } from "../fixture/build.ts";
import { expect, settingsFor, test as base } from "../fixture/test.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** A tab waits before it reconnects, and a server takes time to start on a busy machine. */
const PATIENCE = { timeout: 45_000 };

const test = base.extend<{ anotherBuild: () => Promise<AnotherBuild> }>({
  anotherBuild: async ({}, use) => {
    const builds: AnotherBuild[] = [];
    await use(async () => {
      const build = await AnotherBuild.of("dev");
      builds.push(build);
      return build;
    });
    for (const build of builds) await build.dispose();
  },
});

test("the server says which build it is", async ({ app, page }) => {
  const response = await fetch(`${app.url}/version`);
  expect(response.status).toBe(200);
  expect(response.headers.get("cache-control")).toBe("no-store");
  const version = await response.json();
  const built = JSON.parse(await readFile(path.join(ROOT, "build/dev/version.json"), "utf8"));
  expect(version).toMatchObject(built);
  expect(version).toEqual({
    ...built,
    page: expect.stringMatching(/^[0-9a-f]{12}$/),
    schema: expect.any(Number),
    wire: expect.objectContaining({ agents: expect.any(String) }),
  });
  await page.goto(app.url);
  await expect(page.locator("html")).toHaveAttribute("data-build", version.page);
});

test("an old tab reloads once when the server serves another page", async ({ anotherBuild, chatAt, model, name, page, startApp }) => {
  test.slow();
  const app = await startApp({ settings: settingsFor(model) });
  const chat = chatAt(app.url);
  await chat.open(name);
  await chat.connected();
  const before = await page.locator("html").getAttribute("data-build");
  const loads = countLoads(page);

  const another = await anotherBuild();
  await app.replace({ script: another.script });
  await expect(page.locator("html")).toHaveAttribute("data-build", another.page, PATIENCE);
  expect(another.page).not.toBe(before);
  await chat.connected();
  expect(loads.count).toBe(1);

  // The same build again: nothing changes.
  await app.restart();
  await chat.connected();
  expect(loads.count).toBe(1);
});

test("a tab that was reloaded for a build already is not reloaded for ever", async ({ anotherBuild, chatAt, model, name, page, startApp }) => {
  test.slow();
  const app = await startApp({ settings: settingsFor(model) });
  const chat = chatAt(app.url);
  await chat.open(name);
  await chat.connected();
  const another = await anotherBuild();
  // As after a reload that returned the old page from a cache.
  await page.evaluate((build) => sessionStorage.setItem("coder:reloaded-for", build), another.page);
  const loads = countLoads(page);
  await app.replace({ script: another.script });
  await expect(page.getByRole("status", { name: "New version" })).toBeVisible(PATIENCE);
  await chat.connected();
  expect(loads.count).toBe(0);
  await page.getByRole("button", { name: "Reload" }).click();
  await expect(page.locator("html")).toHaveAttribute("data-build", another.page, PATIENCE);
});

test("a user who is writing chooses the moment, and loses nothing", async ({ anotherBuild, chatAt, model, name, page, startApp }) => {
  test.slow();
  const app = await startApp({ settings: settingsFor(model) });
  const chat = chatAt(app.url);
  await chat.open(name);
  await chat.connected();
  await chat.composer.fill("half a thought");
  const loads = countLoads(page);
  const another = await anotherBuild();
  await app.replace({ script: another.script });
  await page.getByRole("status", { name: "New version" }).getByRole("button", { name: "Reload" }).click(PATIENCE);
  await expect(page.locator("html")).toHaveAttribute("data-build", another.page, PATIENCE);
  await expect(chat.composer).toHaveValue("half a thought");
  expect(loads.count).toBe(1);
});

test("an answer that grows is not interrupted; the tab reloads behind it", async ({ anotherBuild, chatAt, model, name, page, startApp }) => {
  test.slow();
  const app = await startApp({ settings: settingsFor(model) });
  const chat = chatAt(app.url);
  await chat.open(name);
  await chat.connected();
  await chat.send(`[[fake:gate:${name}]]`);
  await model.reached(name);
  const another = await anotherBuild();
  await app.replace({ script: another.script });
  await expect(page.getByRole("status", { name: "New version" })).toBeVisible(PATIENCE);
  model.release(name);
  await expect(page.locator("html")).toHaveAttribute("data-build", another.page, PATIENCE);
});

test("a missing piece reloads the newer page", async ({ app, chatAt, consoleWatch, name, page }) => {
  consoleWatch.allow(/Failed to load resource.* 404|Failed to execute 'compile'/);
  // The server has the pieces of another build, and none of this one.
  await page.route(/\/pkg\/files\.[0-9a-f]+\.wasm$/, (route) => route.fulfill({ status: 404 }));
  const chat = chatAt(app.url);
  await chat.open(name);
  await chat.connected();
  const loads = countLoads(page);
  await page.route("**/version", (route) => route.fulfill({ json: { page: "another" } }));
  await page.getByRole("button", { name: "Files", exact: true }).click();
  await expect.poll(() => loads.count).toBe(1);
});

function countLoads(page: Page): { count: number } {
  const loads = { count: 0 };
  page.on("framenavigated", (frame) => {
    if (frame === page.mainFrame()) loads.count += 1;
  });
  return loads;
}
