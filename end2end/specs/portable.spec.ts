// Exporting a conversation, importing it as a new one, and deleting it.

import { readFile } from "node:fs/promises";
import { RawSocket } from "../fixture/socket.ts";
import { expect, settingsFor, test } from "../fixture/test.ts";
import { storedTexts } from "../fixture/transcript.ts";
import { GREETING } from "../model/script.ts";

test("a conversation is exported from its page and comes back under another name", async ({ app, chat, name, page, request }) => {
  const agent = (name: string) => `${app.url}/agents/coderagent/${name}`;
  await chat.open(name);
  await chat.send("Remember the green door.");
  await expect(chat.answers).toContainText(GREETING);
  await chat.settled();
  for (const [path, data] of [["a/b c.txt", "one"], ["AGENTS.md", "Use tabs."]] as const) {
    expect((await request.put(`${agent(name)}/files/${path}`, { data })).status()).toBe(201);
  }
  await page.getByLabel("More", { exact: true }).click();
  const downloading = page.waitForEvent("download");
  await page.getByRole("link", { name: "Export" }).click();
  const archive = await readFile(await (await downloading).path());

  const other = `${name}-other`;
  const imported = await request.put(`${agent(other)}/import`, { data: archive });
  expect(imported.status(), await imported.text()).toBe(201);
  expect(await storedTexts(app.url, other)).toEqual(await storedTexts(app.url, name));
  expect(await (await request.get(`${agent(other)}/files/a/b%20c.txt`)).text()).toBe("one");
  const again = await request.put(`${agent(other)}/import`, { data: archive });
  expect(again.status()).toBe(409);
  expect(await again.text()).toContain("not empty");

  // The instructions wait for confirmation, on the page too.
  await chat.open(other);
  const notice = page.getByRole("status").filter({ hasText: "AGENTS.md" });
  await expect(notice).toContainText("came with an archive");
  await notice.getByRole("button", { name: "Show AGENTS.md" }).click();
  await expect(page.getByLabel("Content of AGENTS.md")).toContainText("Use tabs.");
  await page.getByRole("button", { name: "Follow AGENTS.md" }).first().click();
  await expect(notice).toHaveCount(0);
  await chat.reload();
  await expect(chat.connection).toHaveText("Connected");
  await expect(notice).toHaveCount(0);
});

test("an archive that is not an export is refused and leaves nothing", async ({ app, name, request }) => {
  const agent = `${app.url}/agents/coderagent/${name}`;
  const refused = await request.put(`${agent}/import`, { data: Buffer.from("no zip file") });
  expect(refused.status()).toBe(400);
  expect(await refused.json()).toEqual({ error: expect.stringContaining("not a zip") });
  expect((await request.get(`${agent}/export.zip`)).status()).toBe(404);
});

test("a deleted conversation is gone, and its pages report that", async ({ chatAt, model, name, page, request, startApp }) => {
  const app = await startApp({ settings: settingsFor(model) });
  const chat = chatAt(app.url);
  const agent = `${app.url}/agents/coderagent/${name}`;
  await chat.open(name);
  await chat.send("[[fake:words-5-0]]");
  await chat.expectWords(5);
  await chat.settled();
  await request.put(`${agent}/files/a.txt`, { data: "one" });
  const socket = await RawSocket.open(app.url, name);
  const closed = socket.closed();

  await page.getByLabel("More", { exact: true }).click();
  await page.getByRole("button", { name: "Delete" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Delete" }).click();
  await expect(page).toHaveURL(`${app.url}/`);
  expect(await closed).toEqual({ code: 4410, reason: "This conversation was deleted." });

  expect(await (await request.get(`${agent}/get-messages`)).json()).toEqual([]);
  expect((await request.get(`${agent}/files/a.txt`)).status()).toBe(404);
  expect((await request.delete(agent)).status()).toBe(404);
  await app.restart();
  expect((await request.get(`${agent}/export.zip`)).status()).toBe(404);
});

test("a page that is open elsewhere says that its conversation was deleted, and stays", async ({ app, chat, name, page, request }) => {
  await chat.open(name);
  await chat.send("Remember the green door.");
  await chat.settled();
  expect((await request.delete(`${app.url}/agents/coderagent/${name}`)).status()).toBe(204);
  await expect(chat.connection).not.toHaveText("Connected");
  await expect(page.getByText("This conversation was deleted.").first()).toBeVisible();
  expect(await (await request.get(`${app.url}/agents/coderagent/${name}/get-messages`)).json()).toEqual([]);
});
