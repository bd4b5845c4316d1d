// The network between page and app fails and recovers, while the app keeps running.

import { expect, test } from "../fixture/test.ts";
import { storedTexts } from "../fixture/transcript.ts";
import { GREETING, words } from "../model/script.ts";

/** The longest delay between two attempts to connect, plus time to connect. */
const RECONNECTED = { timeout: 20_000 };

test("an answer that ends while the page is cut off is whole when it is back", async ({
  app,
  chatAt,
  model,
  name,
  network,
}) => {
  const chat = chatAt(network.url);
  const question = `[[fake:gate:${name}]]`;
  await chat.open(name);
  await chat.send(question);
  await chat.expectWords(3);

  network.cut();
  await expect(chat.connection).toHaveText(/Reconnecting|Offline/);
  await expect(chat.stop).toBeVisible();
  model.release(name);
  await expect.poll(() => storedTexts(app.url, name)).toEqual([`user: ${question}`, `assistant: ${words(6)}`]);

  network.restore();
  await expect(chat.connection).toHaveText("Connected", RECONNECTED);
  await chat.expectWords(6);
  await chat.settled();
  await expect(chat.answers).toHaveCount(1);
});

test("an answer that streams across a cut is whole, each word once", async ({ chatAt, name, network }) => {
  const chat = chatAt(network.url);
  await chat.open(name);
  await chat.send("[[fake:words-80-50]]");
  await expect(chat.answers).toContainText("word5");
  network.cut();
  await expect(chat.connection).toHaveText(/Reconnecting|Offline/);
  network.restore();
  await chat.expectWords(80, 20_000);
  await chat.settled();
  await expect(chat.answers).toHaveCount(1);
});

test("messages typed while offline are delivered once, when the network is back", async ({
  chatAt,
  model,
  name,
  network,
}) => {
  const chat = chatAt(network.url);
  await chat.open(name);
  await chat.connected();
  network.cut();
  await expect(chat.connection).toHaveText(/Reconnecting|Offline/);
  await chat.send(`Written offline ${name}`);
  await expect(chat.questions).toContainText("Written offline");
  network.restore();
  await expect(chat.answers).toContainText(GREETING, RECONNECTED);
  await chat.settled();
  await expect(chat.questions).toHaveCount(1);
  expect(model.requestsWith(`Written offline ${name}`)).toHaveLength(1);
});

test("Stop pressed while offline stops the turn when the network is back", async ({ chatAt, model, name, network }) => {
  const chat = chatAt(network.url);
  await chat.open(name);
  await chat.send(`[[fake:gate:${name}]]`);
  await chat.expectWords(3);
  network.cut();
  await expect(chat.connection).toHaveText(/Reconnecting|Offline/);
  await chat.stop.click();
  network.restore();
  await expect(chat.connection).toHaveText("Connected", RECONNECTED);
  await expect.poll(() => model.requestsWith(name)[0]?.abandoned).toBe(true);
  await chat.settled();
  await chat.expectWords(3);
});

test("a network that goes silent is noticed, and nothing is missing afterwards", async ({
  chatAt,
  model,
  name,
  network,
  page,
}) => {
  await page.clock.install();
  const chat = chatAt(network.url);
  await chat.open(name);
  await chat.send(`[[fake:gate:${name}]]`);
  await chat.expectWords(3);
  network.swallow();
  model.release(name);
  await page.clock.runFor("00:15");
  await expect(chat.connection).not.toHaveText("Connected");
  network.restore();
  await expect(chat.connection).toHaveText("Connected", RECONNECTED);
  await chat.expectWords(6);
  await chat.settled();
});
