// Viewing a conversation that nobody has begun stores nothing.

import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import type { App } from "../fixture/app.ts";
import { RawSocket } from "../fixture/socket.ts";
import { expect, settingsFor, test } from "../fixture/test.ts";
import { GREETING } from "../model/script.ts";

/** A database without tables, which workerd writes for every object that wakes up. */
const EMPTY = 4096;

interface Stored {
  /** The number of conversations with a file. */
  files: number;
  /** The bytes in those files beyond empty databases. */
  bytes: number;
}

async function stored(app: App): Promise<Stored> {
  const names = await readdir(app.dataFolder, { recursive: true });
  let [files, bytes] = [0, 0];
  for (const name of names.filter((name) => /CoderAgent.*[0-9a-f]{64}\.sqlite(-wal)?$/.test(name))) {
    const { size } = await stat(path.join(app.dataFolder, name));
    if (name.endsWith("-wal")) bytes += size;
    else {
      files += 1;
      bytes += size - EMPTY;
    }
  }
  return { files, bytes };
}

test("pages, transcripts, files and sockets of unknown names store nothing", async ({ chatAt, model, name, page, request, startApp }) => {
  const app = await startApp({ settings: settingsFor(model) });
  const agent = (name: string) => `${app.url}/agents/coderagent/${name}`;
  for (const [rest, status] of [
    ["get-messages", 200],
    ["get-messages?include=growing", 200],
    ["files/", 200],
    ["files/a.txt", 404],
    ["archive.zip", 200],
    ["nothing", 404],
  ] as const) {
    const answer = await request.get(`${agent(`${name}-${status}-${rest.length}`)}/${rest}`);
    expect(answer.status(), rest).toBe(status);
    await answer.body();
  }
  const empty = await request.get(`${agent(name)}/get-messages`);
  expect(await empty.json()).toEqual([]);
  const head = await request.head(`${agent(name)}/files/a.txt`);
  expect(head.status()).toBe(404);
  const image = `<img src="${agent(`${name}-image`)}/get-messages">`;
  await page.goto(`${app.url}/chat/${name}-page`);
  await page.evaluate((image) => document.body.insertAdjacentHTML("beforeend", image), image);
  const looked = await stored(app);
  expect(looked.bytes).toBe(0);

  const socket = await RawSocket.open(app.url, `${name}-socket`);
  socket.send({ type: "cf_agent_stream_resume_request" });
  expect(await socket.call("getMessages")).toEqual([]);
  await socket.call("listModels").catch(() => null);
  socket.close();
  const chat = chatAt(app.url);
  await chat.open(name);
  await expect(chat.connection).toHaveText("Connected");
  expect((await stored(app)).bytes).toBe(0);

  await chat.send("Remember the green door.");
  await expect(chat.answers).toContainText(GREETING);
  await chat.settled();
  expect((await stored(app)).bytes).toBeGreaterThan(0);

  await app.restart();
  expect((await stored(app)).files, "only the conversation with a message has a file").toBe(1);
});
