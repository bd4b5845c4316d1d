// Back and forward: the page of a conversation is there again, where its reader left it.

import type { Page } from "@playwright/test";
import { RawSocket } from "../fixture/socket.ts";
import { expect, test } from "../fixture/test.ts";

const top = (page: Page): Promise<number> => page.evaluate(() => document.scrollingElement!.scrollTop);

test("Back shows the transcript where it was, on a slow line, too", async ({ app, chat, name, page }) => {
  const messages = Array.from({ length: 30 }, (_, index) => ({
    id: `message-${index}`,
    role: index % 2 === 0 ? "user" : "assistant",
    parts: [{ type: "text", text: `Message ${index}. ${"lorem ipsum dolor sit amet ".repeat(40)}` }],
  }));
  const socket = await RawSocket.open(app.url, name);
  socket.send({ type: "cf_agent_chat_messages", messages });
  socket.send({ type: "cf_agent_stream_resume_request", probeId: "stored" });
  await socket.frame(({ probeId }) => probeId === "stored");
  socket.close();

  await chat.open(name);
  await expect(chat.answers.last()).toContainText("Message 29");
  await page.evaluate(() => scrollTo(0, 1500));
  await expect.poll(() => top(page)).toBe(1500);
  await page.goto(`${app.url}/doctor`);
  await chat.interactive();

  await page.route("**/*", async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    await route.continue();
  });
  await page.goBack({ waitUntil: "commit" });
  await expect(chat.answers.last()).toContainText("Message 29");
  await expect.poll(() => top(page)).toBe(1500);
  await chat.interactive();
  await chat.connected();
  expect(await top(page)).toBe(1500);
});
