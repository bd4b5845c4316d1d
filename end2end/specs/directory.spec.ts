// The directory of a person's conversations, over the wire.

import type { App } from "../fixture/app.ts";
import { Person, SIGN_IN } from "../fixture/people.ts";
import { RawSocket } from "../fixture/socket.ts";
import { inStores } from "../fixture/storage.ts";
import { expect, settingsFor, test } from "../fixture/test.ts";
import { storedTexts } from "../fixture/transcript.ts";
import { words } from "../model/script.ts";

interface Summary {
  name: string;
  title: string | null;
  titleBy: string;
  state: string;
  unread?: boolean;
  pinned?: boolean;
  lastWords: string;
  messages: number;
}

/** A push takes milliseconds; a lost one is repeated within seconds. */
const TOLD = { timeout: 20_000 };

const listed = (list: RawSocket): Summary[] => (list.state?.conversations ?? []) as Summary[];
const names = (list: RawSocket) => listed(list).map(({ name }) => name);
const summary = (list: RawSocket, name: string) => listed(list).find((one) => one.name === name);

/** Sends a message to a conversation and waits for the answer. */
async function talk(app: App, name: string, text = "[[fake:words-3-0]]", headers: Record<string, string> = {}): Promise<RawSocket> {
  const socket = await RawSocket.open(app.url, name, headers);
  await socket.end(socket.ask(text));
  return socket;
}

test("the list fills live on every connection, with the activity of each conversation", async ({ model, name, startApp }) => {
  const app = await startApp({ settings: settingsFor(model) });
  const list = await RawSocket.openList(app.url);
  await list.frame(({ type }) => type === "cf_agent_mcp_servers");
  expect(list.frames[0]).toMatchObject({ type: "cf_agent_identity", name: "me", agent: "directory", stateFollows: true });
  expect(list.state).toEqual({ revision: 0, total: 0, archived: 0, conversations: [] });

  const second = await RawSocket.openList(app.url);
  const socket = await RawSocket.open(app.url, name);
  const turn = socket.ask(`## Reverse a list [[fake:gate:${name}]]`);
  await expect.poll(() => summary(second, name), TOLD).toMatchObject({ state: "running", titleBy: "start", messages: 1 });
  expect(summary(second, name)!.title).toContain("Reverse a list");
  model.release(name);
  await socket.end(turn);
  await expect.poll(() => summary(list, name), TOLD).toMatchObject({ state: "idle", unread: true, messages: 2, lastWords: words(6).trim() });
  expect(await list.call("read", name)).toBeUndefined();
  await expect.poll(() => summary(second, name)?.unread).toBeUndefined();

  await talk(app, `${name}-b`);
  await expect.poll(() => names(list), TOLD).toEqual([`${name}-b`, name]);
  await second.call("pin", name);
  await expect.poll(() => names(list)).toEqual([name, `${name}-b`]);
  await second.call("archive", name);
  await expect.poll(() => list.state).toMatchObject({ total: 1, archived: 1 });
  const archived = (await list.call("page", { archived: true })) as { conversations: Summary[] };
  expect(archived.conversations.map(({ name }) => name)).toEqual([name]);

  const plain = await (await fetch(`${app.url}/agents/directory/me`)).json();
  expect(plain).toEqual(list.state);
});

test("a title that is given in the list or in the conversation is the same title", async ({ app, name }) => {
  const list = await RawSocket.openList(app.url);
  const socket = await talk(app, name);
  await expect.poll(() => summary(list, name), TOLD).toBeDefined();
  await list.call("rename", name, "Lists <b>\u202e");
  await expect.poll(() => socket.state?.title).toBe("Lists <b>");
  await expect.poll(() => summary(list, name), TOLD).toMatchObject({ title: "Lists <b>", titleBy: "user" });
  await socket.call("renameConversation", "Sums");
  await expect.poll(() => summary(list, name)?.title, TOLD).toBe("Sums");
  for (const title of ["", "\u200b", "x".repeat(10_000)]) await expect(list.call("rename", name, title)).rejects.toThrow(/title/);
  await expect(list.call("rename", `${name}-none`, "x")).rejects.toThrow("no such conversation");
  expect(summary(list, name)?.title).toBe("Sums");

  // Names have one limit, too, and everything else in them is text.
  const words = /longer than 200 characters; begin one with a shorter name/;
  const nameless = await RawSocket.open(app.url, "x".repeat(201));
  expect(await nameless.end(nameless.ask("Hello."))).toMatchObject({ error: true, body: expect.stringMatching(words) });
  const file = await fetch(`${app.url}/agents/coderagent/${"x".repeat(10_000)}/files/a.txt`, { method: "PUT", body: "a" });
  expect([file.status, await file.json()]).toEqual([400, { code: "name_too_long", error: expect.stringMatching(words) }]);
  expect(await (await RawSocket.open(app.url, "x".repeat(10_000))).closed()).toMatchObject({ code: 4403, reason: expect.stringMatching(words) });
  const odd = encodeURIComponent(`${name} \u0007\u202e<img src=x onerror=alert(1)>`);
  await talk(app, odd);
  await expect.poll(() => names(list), TOLD).toContain(odd);
  expect(names(list).filter((one) => one.startsWith("xxx"))).toEqual([]);
});

test("a deletion can be taken back, and then it is for good", async ({ app, name, request }) => {
  test.setTimeout(120_000);
  const list = await RawSocket.openList(app.url);
  const socket = await talk(app, name);
  await talk(app, `${name}-slow`);
  await expect.poll(() => summary(list, `${name}-slow`), TOLD).toBeDefined();

  expect(await list.call("delete", name)).toMatchObject({ until: expect.any(Number) });
  await expect.poll(() => summary(list, name)).toBeUndefined();
  expect(await storedTexts(app.url, name)).toHaveLength(2);
  await list.call("undelete", name);
  await expect.poll(() => summary(list, name)).toBeDefined();

  await list.call("delete", `${name}-slow`);
  await list.call("deleteForGood", name);
  expect(await socket.closed()).toMatchObject({ code: 4410 });
  await expect.poll(async () => storedTexts(app.url, name)).toEqual([]);
  await expect(list.call("undelete", name)).rejects.toThrow(/deleted/);
  await expect.poll(async () => storedTexts(app.url, `${name}-slow`), { timeout: 60_000 }).toEqual([]);

  // A conversation deleted at its own URL, and another one of the same name.
  await talk(app, name);
  await expect.poll(() => summary(list, name), TOLD).toBeDefined();
  expect((await request.delete(`${app.url}/agents/coderagent/${name}`)).status()).toBe(204);
  await expect.poll(() => summary(list, name), TOLD).toBeUndefined();
  await talk(app, name);
  await expect.poll(() => summary(list, name), TOLD).toMatchObject({ messages: 2 });
});

test("the model gives the title after the first answer, once, and never over the user's", async ({ model, name, startApp }) => {
  const app = await startApp({ settings: { ...settingsFor(model), TITLES: "on" } });
  const list = await RawSocket.openList(app.url);
  const socket = await talk(app, name, `${name} is said here [[fake:words-3-0]]`);
  await expect.poll(() => summary(list, name), TOLD).toMatchObject({ title: "word0 word1 word2", titleBy: "model" });
  expect(socket.state?.title).toBe("word0 word1 word2");
  await socket.end(socket.ask("[[fake:words-4-0]]"));
  await expect.poll(() => summary(list, name), TOLD).toMatchObject({ messages: 4, title: "word0 word1 word2" });
  const requests = model.requests.filter(({ body }) => JSON.stringify(body).includes(`${name} is said here`));
  const titles = requests.filter(({ body }) => JSON.stringify(body).includes("Write a title"));
  expect([requests.length, titles.length]).toEqual([3, 1]);

  const demoApp = await startApp({ settings: { PROVIDER: "demo", TITLES: "on" } });
  const demo = await RawSocket.openList(demoApp.url);
  await talk(demoApp, name, "How do I reverse a list in Rust, please?");
  await expect.poll(() => summary(demo, name), TOLD).toMatchObject({ title: "How do I reverse a list", titleBy: "model" });
  demo.close();
});

test("a word of an answer is found until the conversation is cleared", async ({ model, name, startApp }) => {
  const app = await startApp({ settings: settingsFor(model) });
  const list = await RawSocket.openList(app.url);
  const socket = await talk(app, name, `the ${name} question [[fake:words-6-0]]`);
  await talk(app, `${name}-b`, "[[fake:words-3-0]]");
  const search = async (query: string) => {
    const { results } = (await list.call("search", { query })) as { results: { conversation: Summary; snippets: { messageId: string; pieces: { text: string; hit?: boolean }[] }[] }[] };
    return results;
  };
  await expect.poll(async () => (await search("word5")).map(({ conversation }) => conversation.name), TOLD).toEqual([name]);
  const [found] = await search("ORD5 word4");
  expect(found!.snippets).toHaveLength(1);
  expect(found!.snippets[0]!.messageId).toMatch(/^assistant_/);
  const hits = found!.snippets[0]!.pieces.filter(({ hit }) => hit).map(({ text }) => text);
  expect(hits).toEqual(["word4", "ord5"]);
  expect(await search("word5 question")).toEqual([]);
  for (const query of ["", "\"", "*", "NEAR(", "x".repeat(10_000), "'; --"]) expect(await search(query)).toEqual([]);

  socket.send({ type: "cf_agent_chat_clear" });
  await expect.poll(() => summary(list, name)?.messages, TOLD).toBe(0);
  expect(await search("word5")).toEqual([]);
  await list.call("delete", `${name}-b`);
  expect(await search("word2")).toEqual([]);
});

test("nobody reaches the list of somebody else", async ({ model, name, startApp }) => {
  const app = await startApp({ settings: { ...settingsFor(model), ...SIGN_IN } });
  const owner = await Person.owner(app);
  const ann = await owner.invites("Ann");
  const [owners, anns] = [await RawSocket.openList(app.url, owner.credential), await RawSocket.openList(app.url, ann.credential)];
  await talk(app, name, "[[fake:words-3-0]]", ann.credential);
  await expect.poll(() => names(anns), TOLD).toEqual([name]);
  expect(names(owners)).toEqual([]);
  await expect(owners.call("rename", name, "mine")).rejects.toThrow("no such conversation");
  await expect(owners.call("deleteForGood", name)).rejects.toThrow("no such conversation");

  for (const other of ["owner", "Me", "p_x", "default", "%6De"]) {
    const response = await ann.send("GET", `/agents/directory/${other}`);
    expect([response.status, await response.json()], other).toEqual([404, expect.objectContaining({ code: "not_found" })]);
    const socket = await RawSocket.openAt(app.url, `/agents/directory/${other}`, ann.credential);
    expect(await socket.closed(), other).toMatchObject({ code: 4403 });
  }
  const nobody = await RawSocket.openList(app.url);
  expect(await nobody.closed()).toMatchObject({ code: 4401 });
  const reader = await owner.token(["read"]);
  const reading = await RawSocket.openList(app.url, reader.credential);
  expect(await reading.call("page")).toEqual({ conversations: [] });
  await expect(reading.call("pin", name)).rejects.toThrow("scope");
  const ofOne = await owner.token(["read", "chat"], "me");
  expect((await ofOne.send("GET", "/agents/directory/me")).status).toBe(404);

  // Revoking a sign-in closes connections here, too.
  const { sessions } = await ann.overview();
  await ann.revokes(sessions[0]!.id);
  expect(await anns.closed()).toMatchObject({ code: 4401 });
});

test("the list survives a killed server, and lost reports are repeated", async ({ model, name, startApp }) => {
  test.setTimeout(120_000);
  const app = await startApp({ settings: settingsFor(model) });
  await talk(app, name);
  const list = await RawSocket.openList(app.url);
  await expect.poll(() => summary(list, name), TOLD).toMatchObject({ state: "idle" });
  await list.call("pin", name);
  await app.kill();
  await inStores(app.dataFolder, "ALTER TABLE conversations RENAME TO away", "Directory");
  await app.launch();
  const socket = await talk(app, name);
  expect(await storedTexts(app.url, name), "a conversation does not wait for the list").toHaveLength(4);
  expect((await fetch(`${app.url}/agents/directory/me`)).status).toBe(500);
  socket.close();

  await app.kill();
  await inStores(app.dataFolder, "ALTER TABLE away RENAME TO conversations", "Directory");
  await app.launch();
  const again = await RawSocket.openList(app.url);
  await expect.poll(() => summary(again, name), { timeout: 60_000 }).toMatchObject({ pinned: true, messages: 4, state: "idle" });
});
