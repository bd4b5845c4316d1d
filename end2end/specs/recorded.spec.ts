// A whole recorded conversation: a project is uploaded, its bug is found and fixed, and it is downloaded.

import type { App } from "../fixture/app.ts";
import type { Chat } from "../fixture/chat.ts";
import { expect, settingsFor, test } from "../fixture/test.ts";
import { storedMessages } from "../fixture/transcript.ts";
import { unzip, zip } from "../fixture/zip.ts";

const RECONNECTED = { timeout: 20_000 };

const BASKET = `import { round } from "./money.js";

/** What all items of a basket cost. */
export function total(items) {
  let sum = 0;
  for (let i = 1; i < items.length; i++) {
    sum += items[i].price * items[i].count;
  }
  return round(sum);
}
`;

const FIXED_BASKET = `import { round } from "./money.js";

/** What all items of a basket cost. */
export function total(items) {
  let sum = 0;
  for (const { price, count } of items) {
    sum += price * count;
  }
  return round(sum);
}
`;

const MONEY = `/** To the cent. */
export function round(amount) {
  return Math.floor(amount * 100) / 100;
}
`;

const TEST = `import { total } from "../src/basket.js";

console.assert(total([{ price: 1.15, count: 1 }]) === 1.15);
`;

type Project = Record<string, string | Buffer>;

const PROJECT: Project = {
  "package.json": '{ "name": "basket", "type": "module" }\n',
  "src/basket.js": BASKET,
  "src/money.js": MONEY,
  "src/größe.txt": "no line break at the end",
  "test/basket.test.js": TEST,
  // All byte values.
  "logo.bin": Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)),
};

const FIXED: Project = { ...PROJECT, "src/basket.js": FIXED_BASKET, "src/money.js": MONEY.replace("floor", "round") };

const archiveOf = (app: App, name: string) => `${app.url}/agents/coderagent/${name}/archive.zip`;

async function upload(app: App, name: string): Promise<void> {
  const entries = Object.entries(PROJECT).map(([path, content]) => ({ name: path, bytes: Buffer.from(content) }));
  const answer = await fetch(archiveOf(app, name), { method: "PUT", body: zip(entries) });
  expect(answer.status).toBe(200);
  expect(await answer.json()).toMatchObject({ files: entries.length, skipped: [] });
}

/** Checks that the download equals this project, byte by byte. */
async function expectProject(app: App, name: string, expected: Project): Promise<void> {
  const files = unzip(Buffer.from(await (await fetch(archiveOf(app, name))).arrayBuffer()));
  const asHex = (all: [string, string | Buffer][]) =>
    Object.fromEntries(all.map(([path, content]) => [path, Buffer.from(content).toString("hex")]));
  expect(asHex([...files])).toEqual(asHex(Object.entries(expected)));
}

/** Approves each of the waiting calls. */
async function allowBoth(chat: Chat): Promise<void> {
  await expect(chat.approval).toHaveCount(2);
  await chat.allow.first().click();
  await expect(chat.approval).toHaveCount(1);
  await chat.allow.click();
}

async function expectEnd(app: App, chat: Chat, name: string): Promise<void> {
  await expect(chat.answers).toContainText("Both are fixed: every item counts, and cents are rounded.");
  await chat.settled();
  await expect(chat.error).toHaveCount(0);
  await expect(chat.answers).toHaveCount(1);
  await expectProject(app, name, FIXED);
  const [question, answer, ...more] = await storedMessages(app.url, name);
  expect([question?.role, answer?.role, more]).toEqual(["user", "assistant", []]);
  const calls = answer!.parts.filter(({ type }) => type.startsWith("tool-")).map(({ type, state }) => `${type} ${state}`);
  expect(calls).toEqual([
    "tool-grep output-available",
    "tool-read output-available",
    "tool-read output-available",
    "tool-edit output-denied",
    "tool-edit output-available",
    "tool-edit output-available",
  ]);
  const text = answer!.parts.map((part) => (part.type === "text" ? part.text : "")).join("");
  expect(text.match(/The loop leaves out the first item\. /g), "what was cut off is said once").toHaveLength(1);
}

test("a bug is found, a wrong edit refused, and the right ones are downloaded", async ({ app, chat, model, name }) => {
  model.release(`${name}-loop`);
  await upload(app, name);
  await chat.open(name);
  await chat.send(`The total of a basket is too low. [[fake:recorded:basket:${name}]]`);
  await expect(chat.approval).toHaveCount(1);
  await expectProject(app, name, PROJECT);
  await chat.refuse.click();
  await allowBoth(chat);
  await expectEnd(app, chat, name);
});

test("it ends the same when the server is killed in an answer and in a question", async ({ chatAt, model, name, startApp }) => {
  test.setTimeout(120_000);
  const app = await startApp({ settings: settingsFor(model) });
  const chat = chatAt(app.url);
  const killed = async () => {
    await app.kill();
    await expect(chat.connection).not.toHaveText("Connected");
    await app.launch();
  };
  await upload(app, name);
  await chat.open(name);
  await chat.send(`The total of a basket is too low. [[fake:recorded:basket:${name}]]`);
  await model.reached(`${name}-loop`);
  await expect(chat.answers).toContainText("The loop leaves");
  await killed();
  model.release(`${name}-loop`);
  await expect(chat.approval).toHaveCount(1, { timeout: 60_000 });
  await chat.refuse.click();
  await expect(chat.approval).toHaveCount(2);
  await chat.allow.first().click();
  await expect(chat.approval).toHaveCount(1);

  await killed();
  await expect(chat.connection).toHaveText("Connected", RECONNECTED);
  await chat.allow.click();
  await expectEnd(app, chat, name);
});
