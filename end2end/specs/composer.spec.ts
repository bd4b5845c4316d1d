// Where messages are written: earlier ones, drafts of several tabs, keyboards on glass. And the calls that an answer made.

import { expect, test } from "../fixture/test.ts";
import { GREETING } from "../model/script.ts";

test("the arrow keys bring back what was sent", async ({ chat, name }) => {
  await chat.open(name);
  for (const [index, text] of ["First", "Second"].entries()) {
    await chat.send(text);
    await expect(chat.answers).toHaveCount(index + 1);
    await chat.settled();
  }
  await chat.composer.press("ArrowUp");
  await expect(chat.composer).toHaveValue("Second");
  await chat.composer.press("ArrowUp");
  await expect(chat.composer).toHaveValue("First");
  await chat.composer.press("ArrowDown");
  await chat.composer.press("ArrowDown");
  await expect(chat.composer).toHaveValue("");
  await chat.composer.fill("Mine");
  await chat.composer.press("ArrowUp");
  await expect(chat.composer).toHaveValue("Mine");
});

test("what is written in one tab survives what is sent in another", async ({ anotherTab, chat, name }) => {
  await chat.open(name);
  await chat.composer.pressSequentially("A draft");
  const second = await anotherTab();
  await second.open(name);
  await second.composer.fill("From the second tab");
  await second.composer.press("Enter");
  await expect(second.answers).toContainText(GREETING);
  await expect(chat.answers).toContainText(GREETING);
  await chat.reload();
  await expect(chat.composer).toHaveValue("A draft");
});

test("calls that went well are one line, which opens", async ({ chat, name }) => {
  await chat.open(name);
  await chat.send("[[fake:tools:list,list,list]]");
  await expect(chat.answers).toContainText("The tools said:");
  await chat.settled();
  const steps = chat.answers.getByRole("button", { name: "3 steps" });
  await expect(steps).toHaveAttribute("aria-expanded", "false");
  await expect(chat.tool("Listed").first()).toBeHidden();
  await steps.click();
  await expect(chat.tool("Listed")).toHaveCount(3);
  await expect(chat.tool("Listed").last()).toBeVisible();
  await chat.reload();
  await expect(chat.tool("Listed").first()).toBeHidden();
});

test("a call is allowed and refused by a key", async ({ chat, name, page }) => {
  const call = (path: string) => `[[fake:tool:write:${JSON.stringify({ path, text: "x\n" })}]]`;
  await chat.open(name);
  await chat.send(call("a.txt"));
  await expect(chat.approval).toBeVisible();
  await chat.tool("Write a.txt").focus();
  await page.keyboard.press("a");
  await expect(chat.tool("Created a.txt")).toBeVisible();
  await chat.settled();
  await chat.send(call("b.txt"));
  await expect(chat.approval).toBeVisible();
  await chat.refuse.focus();
  await page.keyboard.press("r");
  await expect(chat.tool("Write b.txt")).toHaveText(/refused/);
});

test.describe("on glass", () => {
  test.use({ hasTouch: true, isMobile: true, viewport: { width: 390, height: 844 } });

  test("Enter breaks the line, and the buttons of a message are there", async ({ chat, name }) => {
    await chat.open(name);
    await chat.composer.fill("One");
    await chat.composer.press("Enter");
    await chat.composer.pressSequentially("Two");
    await expect(chat.composer).toHaveValue("One\nTwo");
    await chat.page.getByRole("button", { name: "Send", exact: true }).click();
    await expect(chat.answers).toContainText(GREETING);
    await chat.settled();
    await expect(chat.questions.locator(".message-actions")).toHaveCSS("opacity", "1");
  });
});
