// A turn frame by frame, and its result in the AI SDK's strict reader.

import { WebSocketChatTransport } from "agents/chat/transport";
import { readUIMessageStream, type UIMessage } from "ai";
import { storedMessages, storedTexts } from "../../fixture/transcript.ts";
import { GREETING, words } from "../../model/script.ts";
import { Heard, question } from "../fixture/heard.ts";
import { expect, test } from "../fixture/test.ts";
import { ends, numbered, responses, type Frame } from "../fixture/wire.ts";

for (const behaviour of ["words-50-1", "reasoning", "markdown", "usage", "echo"]) {
  test(`UI-18, CH-11: the strict reader builds from \`${behaviour}\` what the agent stored`, async ({
    app,
    connect,
    name,
  }) => {
    const client = connect();
    const activeRequestIds = new Set<string>();
    const transport = new WebSocketChatTransport({ agent: client, activeRequestIds });
    const asked: UIMessage = { id: name, role: "user", parts: [{ type: "text", text: `[[fake:${behaviour}]]` }] };
    const stream = await transport.sendMessages({
      chatId: name,
      messages: [asked],
      trigger: "submit-message",
      messageId: undefined,
      abortSignal: undefined,
    });
    let answer: UIMessage | undefined;
    for await (answer of readUIMessageStream({ stream, terminateOnError: true }));
    const [, stored] = await storedMessages(app.url, name);
    expect(shared(answer!)).toEqual(stored);
    expect(activeRequestIds.size).toBe(0);
  });
}

/** A message as any fold builds it: only the SDK keeps the ids of reasoning chunks. */
function shared(message: UIMessage): unknown {
  const parts = message.parts.map((part) => (part.type === "reasoning" ? { ...part, id: undefined } : part));
  return JSON.parse(JSON.stringify({ ...message, parts }));
}

test("CH-08: questions from two clients are answered one after the other", async ({ app, connect, model, name }) => {
  const [first, second] = [connect(), connect()];
  const [heard, heardToo] = [new Heard(first), new Heard(second)];
  await Promise.all([first.ready, second.ready]);
  const [one, two] = [question(`[[fake:gate:${name}]]`), question("And me?")];
  first.send(one.frame);
  await model.reached(name);
  second.send(two.frame);
  await heard.frame(({ type }) => type === "cf_agent_chat_messages");
  model.release(name);
  await Promise.all([heard.end(two.id), heardToo.end(two.id)]);
  expect(ends(heard.frames).map(({ id }) => id)).toEqual([one.id, two.id]);
  expect(ends(heardToo.frames).map(({ id }) => id)).toEqual([one.id, two.id]);
  expect(await storedTexts(app.url, name)).toEqual([
    `user: [[fake:gate:${name}]]`,
    `assistant: ${words(6)}`,
    "user: And me?",
    `assistant: ${GREETING}`,
  ]);
});

test("CN-04, CN-05: cancels of turns that do not run have no effect", async ({ connect }) => {
  const client = connect();
  const heard = new Heard(client);
  const cancel = (id: string) => client.send(JSON.stringify({ type: "cf_agent_chat_request_cancel", id }));
  cancel("nobody");
  const asked = question("Hello.");
  client.send(asked.frame);
  await heard.end(asked.id);
  cancel(asked.id);
  cancel(asked.id);
  const again = question("Hello again.");
  client.send(again.frame);
  expect(await heard.end(again.id)).not.toHaveProperty("outcome");
  expect(ends(heard.frames)).toHaveLength(2);
});

test("CN-08: clearing skips queued turns", async ({ app, connect, model, name }) => {
  const [asking, clearing] = [connect(), connect()];
  const [heard, heardToo] = [new Heard(asking), new Heard(clearing)];
  await Promise.all([asking.ready, clearing.ready]);
  const [running, waiting] = [question(`[[fake:gate:${name}]]`), question("Later.")];
  asking.send(running.frame);
  await model.reached(name);
  asking.send(waiting.frame);
  await heardToo.frame((frame) => JSON.stringify(frame).includes("Later."));
  clearing.send(JSON.stringify({ type: "cf_agent_chat_clear" }));
  expect(await heard.end(running.id)).toMatchObject({ outcome: "aborted" });
  expect(await heard.end(waiting.id)).toMatchObject({ outcome: "skipped" });
  expect(await storedTexts(app.url, name)).toEqual([]);
});

test("CH-24, CH-25: a list with less in it deletes nothing", async ({ app, connect, name }) => {
  const client = connect();
  const heard = new Heard(client);
  for (const text of ["First.", "Second."]) {
    const asked = question(text);
    client.send(asked.frame);
    await heard.end(asked.id);
  }
  const stored = await storedMessages(app.url, name);
  expect(stored).toHaveLength(4);
  client.send(JSON.stringify({ type: "cf_agent_chat_messages", messages: stored.slice(2) }));
  client.send(JSON.stringify({ type: "cf_agent_chat_messages", messages: [] }));
  const asked = question("Third.");
  client.send(asked.frame);
  await heard.end(asked.id);
  expect((await storedMessages(app.url, name)).slice(0, 4)).toEqual(stored);
});

test("CH-14: a custom body field reaches the agent, for that request alone", async ({ connect, model, name }) => {
  const client = connect();
  const heard = new Heard(client);
  const [chosen, usual] = [question(`chosen ${name}`, { model: "markdown" }), question(`usual ${name}`)];
  client.send(chosen.frame);
  await heard.end(chosen.id);
  client.send(usual.frame);
  await heard.end(usual.id);
  expect(model.requestsWith(`chosen ${name}`)[0]?.body.model).toBe("markdown");
  expect(model.requestsWith(`usual ${name}`)[0]?.body.model).not.toBe("markdown");
});

test("CH-20, CH-21: malformed requests leave the connection usable", async ({ app, connect, name }) => {
  const client = connect();
  const heard = new Heard(client);
  const request = (init: object) => JSON.stringify({ type: "cf_agent_use_chat_request", id: "broken", init });
  client.send(request({ method: "POST" }));
  client.send(request({ method: "POST", body: "{" }));
  client.send(request({ method: "POST", body: '{"messages":[]}' }));
  client.send(request({ method: "GET", body: '{"messages":[]}' }));
  const asked = question("Hello.");
  client.send(asked.frame);
  await heard.end(asked.id);
  expect(await storedTexts(app.url, name)).toEqual(["user: Hello.", `assistant: ${GREETING}`]);
});

test("RS-04, RS-05, RS-06, RS-18, RS-24: the handshake by hand", async ({ connect, model, name }) => {
  const asking = connect();
  const whole = new Heard(asking);
  const probe = (client: typeof asking, probeId: string) =>
    client.send(JSON.stringify({ type: "cf_agent_stream_resume_request", probeId }));
  const ack = (client: typeof asking, id: string) =>
    client.send(JSON.stringify({ type: "cf_agent_stream_resume_ack", id }));
  probe(asking, "early");
  expect(await whole.frame(({ probeId }) => probeId === "early")).toEqual({
    type: "cf_agent_stream_resume_none",
    reason: "idle",
    probeId: "early",
  });

  const asked = question(`[[fake:gate:${name}]]`);
  asking.send(asked.frame);
  await model.reached(name);
  // The model's words are gathered for a moment; after this nothing more comes.
  await whole.frame(({ body }) => String(body).includes("word2"));
  const gone = connect();
  await gone.ready;
  ack(gone, asked.id);
  gone.close();

  const late = connect();
  const heard = new Heard(late);
  await late.ready;
  expect(heard.frames[0], "RS-01").toEqual({ type: "cf_agent_stream_resuming", id: asked.id });
  probe(late, "asked");
  const offer = await heard.frame(({ probeId }) => probeId === "asked");
  expect(offer).toMatchObject({ type: "cf_agent_stream_resuming", id: asked.id });
  ack(late, asked.id);
  const isComplete = ({ replayComplete }: Frame) => replayComplete === true;
  await heard.frame(isComplete);
  const replay = numbered(heard.frames);
  expect(replay).toEqual(numbered(whole.frames));
  ack(late, asked.id);
  await expect.poll(() => heard.frames.filter(isComplete).length, "RS-18").toBe(2);
  expect(numbered(heard.frames)).toEqual([...replay, ...replay]);

  const lost = connect();
  const nothing = new Heard(lost);
  await lost.ready;
  ack(lost, "another");
  probe(lost, "after");
  await nothing.frame(({ probeId }) => probeId === "after");
  expect(responses(nothing.frames), "RS-04").toEqual([]);

  model.release(name);
  await Promise.all([whole.end(asked.id), heard.end(asked.id)]);
  expect(numbered(heard.frames).slice(2 * replay.length)).toEqual(numbered(whole.frames).slice(replay.length));
});
