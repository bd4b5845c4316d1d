// Vendor data is sent back only to its vendor: after steps, reloads, restarts, approvals and messages of other
// clients.
//
// The fake model refuses a request of the running turn in which some of the data is missing, and one with data of
// another vendor; the fixture then fails the test. Here it is asserted that later turns contain the data, too.

import { RawSocket } from "../fixture/socket.ts";
import { expect, settingsFor, test } from "../fixture/test.ts";
import { storedMessages, withoutMetadata } from "../fixture/transcript.ts";
import { callsOf, type ChatMessage } from "../model/request.ts";
import type { FakeModel } from "../model/server.ts";

const RECONNECTED = { timeout: 20_000 };

interface Vendor {
  model: string;
  /** The behaviour that calls a tool and sends data along. */
  verb: string;
  /** The vendor's data in a message. */
  carried: (message: ChatMessage) => unknown;
}

const signature = (message: ChatMessage) => callsOf(message)[0]?.extra_content?.google?.thought_signature;

const VENDORS: Vendor[] = [
  { model: "google/fake-flash", verb: "signed-tool", carried: signature },
  { model: "google/fake-flash", verb: "reasoned-tool", carried: (message) => message.reasoning_details },
  { model: "anthropic/fake-sonnet", verb: "reasoned-tool", carried: (message) => message.reasoning_details },
  { model: "openai/fake-mini", verb: "reasoned-tool", carried: (message) => message.reasoning_details },
  { model: "deepseek/fake", verb: "reasoning-content-tool", carried: (message) => message.reasoning_content },
];

/** The data that the newest request with `words` sends back, by call. */
function givenBack(model: FakeModel, words: string, { carried }: Vendor): unknown[] {
  const messages = model.requestsWith(words).at(-1)?.body.messages ?? [];
  return messages.filter((message) => callsOf(message).length > 0).map(carried);
}

/** The end of an answer of `steps-N:…:list`. */
const DONE = "The tools said:";

async function lastAnswer(origin: string, name: string): Promise<string> {
  const parts = (await storedMessages(origin, name)).at(-1)?.parts ?? [];
  return parts.map(({ text }) => text ?? "").join("");
}

for (const vendor of VENDORS) {
  const { model: asked, verb } = vendor;

  test(`${verb} of ${asked}: every step of every turn carries its data, whatever a client sends back`, async ({
    app,
    model,
    name,
  }) => {
    const socket = await RawSocket.open(app.url, name);
    await socket.changeState({ model: asked });
    await socket.end(socket.ask(`[[fake:steps-3:${verb}:find:{"glob":"*.#"}]] first ${name}`));
    expect(await lastAnswer(app.url, name)).toContain(DONE);
    const first = givenBack(model, `first ${name}`, vendor);
    expect(first).toHaveLength(3);
    expect(first.every(Boolean), JSON.stringify(first)).toBe(true);

    // A client without metadata sends back everything it has seen.
    const seen = await storedMessages(app.url, name);
    expect(JSON.stringify(seen)).toContain("callProviderMetadata");
    const plain = withoutMetadata(seen);
    expect(JSON.stringify(plain)).not.toContain("ProviderMetadata");
    const words = `[[fake:steps-2:${verb}:find:{"glob":"*.#"}]] second ${name}`;
    await socket.end(socket.askWith([{ type: "text", text: words }], {}, plain));
    expect(await lastAnswer(app.url, name)).toContain(DONE);
    const second = givenBack(model, `second ${name}`, vendor);
    expect(second).toHaveLength(5);
    expect(second.slice(0, 3), "the turn before").toEqual(first);
    expect(second.every(Boolean), JSON.stringify(second)).toBe(true);
    socket.close();
  });

  test(`${verb} of ${asked}: an approval, a reload and a restart lose nothing`, async ({
    chatAt,
    model,
    name,
    startApp,
  }) => {
    test.setTimeout(120_000);
    const app = await startApp({ settings: { ...settingsFor(model), MODEL: asked } });
    const chat = chatAt(app.url);
    await chat.open(name);
    await chat.send(`[[fake:steps-2:${verb}:write:{"path":"a#.md","text":"words"}]] first ${name}`);
    await expect(chat.approval).toBeVisible();
    await chat.settled();
    await chat.reload();
    await chat.allow.click();
    // The second call of the same turn waits through a restart; meanwhile a client without metadata sends what it has
    // seen.
    await expect(chat.tool("write a2.md")).toBeVisible();
    await expect(chat.approval).toBeVisible();
    await chat.settled();
    const socket = await RawSocket.open(app.url, name);
    const plain = withoutMetadata(await storedMessages(app.url, name));
    socket.send({ type: "cf_agent_chat_messages", messages: plain });
    await socket.call("echo", "taken");
    socket.close();
    await app.kill();
    await expect(chat.connection).not.toHaveText("Connected");
    await app.launch();
    await expect(chat.connection).toHaveText("Connected", RECONNECTED);
    await chat.allow.click();
    await expect(chat.answers).toContainText(DONE);
    await chat.settled();
    await expect(chat.error).toHaveCount(0);

    await chat.send(`[[fake:${verb}:list:{}]] second ${name}`);
    await expect(chat.answers.last()).toContainText(DONE);
    await chat.settled();
    await expect(chat.error).toHaveCount(0);
    const given = givenBack(model, `second ${name}`, vendor);
    expect(given).toHaveLength(3);
    expect(given.every(Boolean), JSON.stringify(given)).toBe(true);
  });
}

test("of calls side by side the first is signed, and comes back so", async ({ app, model, name }) => {
  const socket = await RawSocket.open(app.url, name);
  await socket.changeState({ model: "google/fake-flash" });
  await socket.end(socket.ask(`[[fake:steps-2:signed-tools:list,grep]] ${name}`));
  const messages = model.requestsWith(name).at(-1)?.body.messages ?? [];
  const signed = messages.filter((message) => callsOf(message).length > 0).map((message) => {
    return callsOf(message).map((call) => call.extra_content !== undefined);
  });
  expect(signed).toEqual([
    [true, false],
    [true, false],
  ]);
  socket.close();
});

test("another model gets nothing of it, and the first one gets it again", async ({ app, model, name }) => {
  const [gemini, , claude] = VENDORS as [Vendor, Vendor, Vendor];
  const socket = await RawSocket.open(app.url, name);
  await socket.changeState({ model: gemini.model });
  await socket.end(socket.ask(`[[fake:steps-2:signed-tool:find:{"glob":"*.#"}]] first ${name}`));
  await socket.changeState({ model: claude.model });
  await socket.end(socket.ask(`[[fake:reasoned-tool:list:{}]] second ${name}`));
  const second = JSON.stringify(model.requestsWith(`second ${name}`).map(({ body }) => body.messages));
  expect(second).not.toContain("thought_signature");
  expect(second).toContain("reasoning_details");
  await socket.changeState({ model: "mistralai/fake-small" });
  await socket.end(socket.ask(`third ${name}`));
  const third = JSON.stringify(model.requestsWith(`third ${name}`).map(({ body }) => body.messages));
  expect(third).not.toMatch(/thought_signature|reasoning_details|extra_content/);
  await socket.changeState({ model: gemini.model });
  await socket.end(socket.ask(`fourth ${name}`));
  const fourth = model.requestsWith(`fourth ${name}`).at(-1)?.body;
  expect(fourth?.model).toBe(gemini.model);
  const given = givenBack(model, `fourth ${name}`, gemini);
  expect(given.map((each) => typeof each)).toEqual(["string", "string", "undefined"]);
  expect(JSON.stringify(fourth?.messages)).not.toContain("reasoning_details");
  socket.close();
});

test("a page does not load vendor data that it cannot show, and a client gets all of it", async ({ app, chat, name, page }) => {
  // The base64 of a long run of the same letter.
  const data = "eHh4".repeat(1_000);
  await chat.open(name);
  await chat.send("[[fake:steps-2:much-reasoned-tool:list:{}]]");
  await expect(chat.answers).toContainText(DONE);
  await chat.settled();
  const agent = `${app.url}/agents/coderagent/${name}`;
  const textAt = async (url: string) => (await page.request.get(url)).text();
  const loaded = [await textAt(`${app.url}/chat/${name}`), await textAt(`${agent}/get-messages?include=growing`)];
  for (const text of loaded) {
    expect(text).toContain(DONE);
    expect(text.includes(data)).toBe(false);
    expect(text).not.toContain("reasoning.encrypted");
  }
  expect((await textAt(`${agent}/get-messages`)).split(data).length, "both calls and the last text").toBeGreaterThan(3);

  // Data that the page does not have survives its next message.
  await chat.reload();
  await chat.send("[[fake:steps-2:much-reasoned-tool:list:{}]] again");
  await expect(chat.answers).toHaveCount(2);
  await expect(chat.answers.last()).toContainText(DONE);
  await chat.settled();
  await expect(chat.error).toHaveCount(0);
});
