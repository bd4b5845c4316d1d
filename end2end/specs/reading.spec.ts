// What a reader does is never undone, and everything can be read: growing code, cards, phones, forced colours, paper.

import type { Locator, Page } from "@playwright/test";
import { expect, test } from "../fixture/test.ts";

const call = (tool: string, input: object): string => `[[fake:tool:${tool}:${JSON.stringify(input)}]]`;

/** How much of the page is below the window, in pixels. */
const below = (page: Page): Promise<number> =>
  page.evaluate(() => document.scrollingElement!.scrollHeight - document.scrollingElement!.scrollTop - innerHeight);

const top = (page: Page): Promise<number> => page.evaluate(() => document.scrollingElement!.scrollTop);

/** The pixels by which an element's content is wider than the element. */
const hiddenWidth = (element: Locator): Promise<number> => element.evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth);

test("the name of a file and the host of a page are shown as they are before a call is allowed", async ({ chat, name }) => {
  await chat.open(name);
  await chat.send(call("write", { path: "photo\u202egnp.js", text: "x\n" }));
  await expect(chat.approval).toBeVisible();
  const file = chat.tool("Write photo");
  await expect(file.getByRole("img", { name: "hidden character U+202E" })).toBeVisible();
  // The page's own words stay in their order.
  await expect(file).toHaveText(/^\s*Write .*needs your approval\s*$/);
  expect(await file.evaluate((summary) => {
    const range = document.createRange();
    const text = document.createTreeWalker(summary, NodeFilter.SHOW_TEXT);
    const lefts: number[] = [];
    for (let node = text.nextNode(); node; node = text.nextNode()) {
      if (!/Write|photo|gnp|needs/.test(node.textContent!)) continue;
      range.selectNodeContents(node);
      lefts.push(range.getBoundingClientRect().left);
    }
    return lefts.every((left, index) => index === 0 || left > lefts[index - 1]!);
  })).toBe(true);
  await chat.refuse.click();
  await chat.settled();

  await chat.send(call("fetch_url", { url: "https://\u0430pple.com/x\u202emoc.live" }));
  await expect(chat.approval).toBeVisible();
  const card = chat.answers.last();
  await expect(card.getByRole("img", { name: /U\+0430/ }).or(card.getByTitle(/U\+0430/)).first()).toBeVisible();
  await expect(card.getByRole("img", { name: "hidden character U+202E" }).first()).toBeVisible();
});

test("code that grows lets a reader go who scrolls up slowly", async ({ chat, name, page }) => {
  await page.setViewportSize({ width: 800, height: 400 });
  await chat.open(name);
  await chat.send("[[fake:long-code-900-5]]");
  const code = chat.answers.locator("code");
  await expect(code).toContainText("word100 ");
  // The end is followed until the reader scrolls, and never again by itself.
  await expect.poll(() => below(page)).toBeLessThan(2);
  await page.mouse.move(400, 100);
  const tops = [];
  for (let notch = 0; notch < 12; notch += 1) {
    await page.mouse.wheel(0, -10);
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 33)));
    tops.push(await top(page));
  }
  expect(tops).toEqual(tops.toSorted((left, right) => right - left));
  const left = await top(page);
  await expect(code).toContainText("word899", { timeout: 20_000 });
  await chat.settled();
  expect(await top(page)).toBe(left);
});

test("a reader at the end stays there when a keyboard opens, and a card that is opened stays in its place", async ({ chat, name, page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await chat.open(name);
  await chat.send(`[[fake:words-200-0]] ${"A long question. ".repeat(80)}`);
  await chat.expectWords(200);
  await chat.settled();
  await expect.poll(() => below(page)).toBeLessThan(2);
  await page.setViewportSize({ width: 390, height: 420 });
  await expect.poll(() => below(page)).toBeLessThan(2);
  await page.setViewportSize({ width: 390, height: 844 });

  const text = Array.from({ length: 90 }, (_, line) => `line ${line} of the file with text\n`).join("");
  await chat.send(call("write", { path: "long.txt", text }));
  await chat.allow.click();
  await expect(chat.answers.last()).toContainText("The tools said:");
  await chat.settled();
  const heading = chat.tool("Created long.txt");
  await expect.poll(() => below(page)).toBeLessThan(2);
  const before = (await heading.boundingBox())!.y;
  await heading.click();
  await expect(chat.answers.last().getByRole("group", { name: "Output", exact: true })).toBeVisible();
  expect(await below(page)).toBeGreaterThan(50);
  expect(Math.abs((await heading.boundingBox())!.y - before)).toBeLessThan(2);
});

test("stopping, jumping to the end and taking a suggestion by keyboard lead to the field", async ({ chat, name, page }) => {
  await page.setViewportSize({ width: 800, height: 400 });
  await chat.open(name);
  const press = async (button: Locator): Promise<void> => {
    await button.focus();
    await page.keyboard.press("Enter");
    await expect(chat.composer).toBeFocused();
  };
  await press(page.getByRole("main").getByRole("button").first());
  await expect(chat.answers).toHaveCount(1);
  await chat.settled();
  await chat.send(`[[fake:gate-300-1:${name}]]`);
  await chat.expectWords(300, 30_000);
  await page.evaluate(() => scrollTo(0, 0));
  await press(page.getByRole("button", { name: "Jump to latest" }));
  await expect.poll(() => below(page)).toBeLessThan(2);
  await press(chat.stop);
  await chat.settled();
});

/** Tables as models write them: long options, long paths. */
const TABLES = `[[fake:echo]]

| Option | Default | Description |
|--------|---------|-------------|
| \`--max-old-space-size\` | \`4096\` | Sets the maximum memory size of V8's old memory section in MiB. |
| \`experimental.serverComponentsExternalPackages\` | \`[]\` | Opt out of bundling for these packages and use native \`require\`. |

| Method | Path | Auth | Rate limit | Body | Returns |
|---|---|---|---|---|---|
| \`POST\` | \`/api/v1/conversations/{conversation_id}/messages\` | Bearer | 60/min | \`{"role":"user","content":"…"}\` | \`201\` |
`;

test("on a phone tables scroll; with forced colours there are icons; on paper nothing lies over the text", async ({ chat, name, page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await chat.open(name);
  await chat.send(TABLES);
  await expect(chat.answers.getByRole("table")).toHaveCount(2);
  await chat.settled();
  expect(await hiddenWidth(page.locator("html"))).toBe(0);
  const path = chat.answers.getByRole("cell", { name: /conversation_id/ });
  const line = await path.evaluate((cell) => Number.parseFloat(getComputedStyle(cell).lineHeight));
  expect((await path.boundingBox())!.height, "the path is on a few lines").toBeLessThan(line * 4);
  const scroller = chat.answers.getByRole("table").last().locator("xpath=ancestor-or-self::*[@tabindex='0'][1]");
  expect(await hiddenWidth(scroller)).toBeGreaterThan(0);
  await scroller.focus();
  await page.keyboard.press("ArrowRight");
  await expect.poll(() => scroller.evaluate(({ scrollLeft }) => scrollLeft)).toBeGreaterThan(0);

  await page.emulateMedia({ forcedColors: "active" });
  const colours = await page.locator(".icon:visible").evaluateAll((icons) =>
    icons.map((icon) => {
      const { backgroundColor, forcedColorAdjust } = getComputedStyle(icon);
      const behind = getComputedStyle(icon.closest("button, a, body")!).backgroundColor;
      return { behind, drawn: backgroundColor, isKept: forcedColorAdjust };
    }),
  );
  expect(colours.length).toBeGreaterThan(3);
  for (const { behind, drawn, isKept } of colours) {
    expect(isKept).toBe("none");
    expect(drawn).not.toBe(behind);
  }

  await page.emulateMedia({ media: "print", forcedColors: "none" });
  const over = await page.evaluate(() =>
    [...document.querySelectorAll("body *")]
      .filter((element) => ["fixed", "sticky"].includes(getComputedStyle(element).position) && element.getClientRects().length > 0)
      .map((element) => element.className),
  );
  expect(over).toEqual([]);
});
