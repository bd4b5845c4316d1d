// A server in a local network, over plain http and under a name of its own. Browsers keep the clipboard, notifications and
// parts of cryptography from such a page.

import { Attachments, textFile } from "../fixture/attachments.ts";
import { expect, settingsFor, test as base } from "../fixture/test.ts";
import { storedTexts } from "../fixture/transcript.ts";

const NAME = "coder.test";

const test = base.extend({
  // Playwright starts a separate browser for other arguments.
  launchOptions: [
    async ({ launchOptions }, use) => {
      const rule = `--host-resolver-rules=MAP ${NAME} 127.0.0.1`;
      await use({ ...launchOptions, args: [...(launchOptions.args ?? []), rule] });
    },
    { scope: "worker" },
  ],
});

test("what browsers keep for https has a substitute, or the page says what it needs", async ({ chatAt, consoleWatch, model, name, page, startApp }) => {
  // Chromium logs that it ignores the header, and that the name of the second file is taken.
  consoleWatch.allow(/Cross-Origin-Opener-Policy header has been ignored|Failed to load resource.* 412/);
  const app = await startApp({ settings: { ...settingsFor(model), AUTH: "none", ALLOWED_HOSTS: NAME } });
  const origin = `http://${NAME}:${app.port}`;
  const chat = chatAt(origin);
  await chat.open(name);
  const kept = await page.evaluate(() => [
    isSecureContext,
    navigator.clipboard as unknown,
    navigator.serviceWorker as unknown,
    navigator.storage as unknown,
    crypto.randomUUID as unknown,
    crypto.subtle as unknown,
  ]);
  expect(kept).toEqual([false, undefined, undefined, undefined, undefined, undefined]);

  const attachments = new Attachments(page);
  for (const text of ["one", "two"]) {
    await page.locator("input[type=file]").first().setInputFiles(textFile("a.txt", text));
    await expect(attachments.cards).toHaveCount(text === "one" ? 1 : 2);
  }
  await expect(page.getByRole("progressbar")).toHaveCount(0);
  await chat.send("[[fake:markdown]]");
  await expect(chat.answers).toContainText("smallphone");
  await chat.settled();
  expect(await storedTexts(app.url, name)).toHaveLength(2);

  /** What a person gets who pastes into the composer after a press. */
  const copied = async (button: string): Promise<string> => {
    await chat.answers.getByRole("button", { name: button, exact: true }).first().click();
    await chat.composer.focus();
    await page.keyboard.press("ControlOrMeta+v");
    const pasted = await chat.composer.inputValue();
    await chat.composer.fill("");
    return pasted;
  };
  expect(await copied("Copy")).toContain("numbers.reverse();");
  expect(await copied("Copy the message")).toContain("A list is reversed **in place**");
  expect(await copied("Copy a link to this message")).toMatch(`${origin}/chat/${name}#message-`);
  await chat.reload();
  await expect(chat.answers).toContainText("smallphone");

  await page.goto(`${origin}/settings`);
  await expect(page.getByText("Browsers show them only for addresses that begin with https://.")).toBeVisible();
  await expect(page.getByRole("button", { name: "Turn on" })).toHaveCount(0);
});
