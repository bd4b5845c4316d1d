// The agent's additions to the plain chunks, in the strict readers of both AI SDKs.

import { WebSocketChatTransport } from "agents/chat/transport";
import type { AgentClient } from "agents/client";
import * as sdk6 from "ai";
import type { UIMessage, UIMessageChunk } from "ai";
import { storedMessages } from "../../fixture/transcript.ts";
import { callsOf, type ChatMessage } from "../../model/request.ts";
import { afterCall, BEFORE_CALL, GREETING } from "../../model/script.ts";
import { DOT_URL } from "../fixture/files.ts";
import { expect, test } from "../fixture/test.ts";
import * as sdk7 from "../sdk7/node_modules/ai/dist/index.js";

const AFTER_CALL = afterCall("");
const TITLE = '{"title":"Parsers"}';

/** Questions, and the content of their answers. */
const CASES: [model: string, behaviour: string][] = [
  ["any", `signed-tool:rename_conversation:${TITLE}`],
  ["any", `reasoned-tool:rename_conversation:${TITLE}`],
  ["google/any", `signed-tool:rename_conversation:${TITLE}`],
  ["google/any", `reasoned-tool:rename_conversation:${TITLE}`],
  ["openai/any", `reasoned-tool:rename_conversation:${TITLE}`],
  ["anthropic/any", `reasoned-tool:rename_conversation:${TITLE}`],
  ["deepseek/any", `reasoning-content-tool:rename_conversation:${TITLE}`],
];

/** Submits like the page, with the whole transcript, and builds the answer like each AI SDK. */
async function ask(client: AgentClient, messages: UIMessage[], model: string): Promise<UIMessage> {
  const transport = new WebSocketChatTransport({ agent: client });
  const options = { chatId: "chat", trigger: "submit-message", messageId: undefined, abortSignal: undefined } as const;
  const stream = await transport.sendMessages({ ...options, messages, body: { model } });
  const chunks: UIMessageChunk[] = [];
  const noted = stream.pipeThrough(
    new TransformStream<UIMessageChunk, UIMessageChunk>({
      transform: (chunk, controller) => {
        chunks.push(chunk);
        controller.enqueue(chunk);
      },
    }),
  );
  let answer: UIMessage | undefined;
  for await (answer of sdk6.readUIMessageStream({ stream: noted, terminateOnError: true }));
  for (const { uiMessageChunkSchema } of [sdk6, sdk7]) {
    const schema = uiMessageChunkSchema();
    for (const chunk of chunks) {
      expect(await schema.validate!(chunk), JSON.stringify(chunk)).toMatchObject({ success: true });
    }
  }
  const again = new ReadableStream<sdk7.UIMessageChunk>({
    start: (controller) => {
      for (const chunk of chunks) controller.enqueue(chunk as sdk7.UIMessageChunk);
      controller.close();
    },
  });
  let answer7: unknown;
  for await (answer7 of sdk7.readUIMessageStream({ stream: again, terminateOnError: true }));
  const json = (message: unknown) => JSON.parse(JSON.stringify(message));
  expect(json(answer7), "both AI SDKs build the same").toEqual(json(answer));
  return answer!;
}

function question(id: string, text: string, files: UIMessage["parts"] = []): UIMessage {
  return { id, role: "user", parts: [...files, { type: "text", text }] };
}

function textOf({ parts }: UIMessage): string {
  return parts.flatMap((part) => (part.type === "text" ? [part.text] : [])).join("");
}

for (const [asked, behaviour] of CASES) {
  test(`UI-18: \`${behaviour}\` of ${asked}, and a question after it`, async ({ app, connect, model, name }) => {
    const client = connect();
    const first = question(`${name}-1`, `[[fake:${behaviour}]] ${name}`);
    const answer = await ask(client, [first], asked);
    expect(textOf(answer)).toContain(BEFORE_CALL + AFTER_CALL);
    const before = await storedMessages(app.url, name);
    await expectValid(before as UIMessage[]);

    const second = question(`${name}-2`, "And now?");
    expect(textOf(await ask(client, [first, answer, second], asked))).toBe(GREETING);
    const after = await storedMessages(app.url, name);
    expect(after.slice(0, 2), "the copy that the client sent changes nothing").toEqual(before);
    const makesCalls = (message: ChatMessage) => callsOf(message).length > 0;
    const calls = model.requestsWith(name).map(({ body }) => body.messages.find(makesCalls));
    expect(calls[0], "the first step has no call to bring back").toBeUndefined();
    expect(calls[1]).toBeDefined();
    expect(calls[2], "the call goes back as it went back before").toEqual(calls[1]);
  });
}

test("UI-18: a picture that is sent as a part", async ({ app, connect, model, name }) => {
  const picture = { type: "file", mediaType: "image/png", filename: "dot.png", url: DOT_URL } as const;
  const first = question(`${name}-1`, `What is it, ${name}?`, [picture]);
  const answer = await ask(connect(), [first], "openai/fake-mini");
  expect(textOf(answer)).toBe(GREETING);
  const [stored, storedAnswer] = (await storedMessages(app.url, name)) as UIMessage[];
  expect(stored).toEqual(first);
  expect(storedAnswer?.metadata).toEqual(answer.metadata);
  expect(model.requestsWith(name)[0]!.body.messages.at(-1)!.content).toContainEqual(
    expect.objectContaining({ type: "image_url", image_url: expect.objectContaining({ url: DOT_URL }) }),
  );
  await expectValid([stored!, storedAnswer!]);
});

for (const [how, asked, words] of [
  ["is listed as one without pictures", "mistralai/fake-small", ""],
  ["refuses pictures", "blind", "[[fake:no-images:echo]]"],
] as const) {
  test(`UI-18: a part that names the files a model did not get, which ${how}`, async ({ app, connect, model, name }) => {
    const client = connect();
    await client.call("listModels");
    const picture = { type: "file", mediaType: "image/png", filename: "dot.png", url: DOT_URL } as const;
    const first = question(`${name}-1`, `${words} What is it, ${name}?`, [picture]);
    const answer = await ask(client, [first], asked);
    expect(answer.parts.map(({ type }) => type)).toContain("data-notice");
    expect(textOf(answer)).not.toBe("");
    const stored = (await storedMessages(app.url, name)) as UIMessage[];
    expect(stored[0], "the picture stays").toEqual(first);
    await expectValid(stored);

    expect(textOf(await ask(client, [first, answer, question(`${name}-2`, "And now?")], asked))).toBe(GREETING);
    const [request] = model.requestsWith(name).slice(-1);
    expect(JSON.stringify(request!.body.messages)).not.toContain("image_url");
  });
}

/** Validates messages like an application that gets them from elsewhere. */
async function expectValid(messages: UIMessage[]): Promise<void> {
  expect(await sdk6.safeValidateUIMessages({ messages })).toMatchObject({ success: true });
  expect(await sdk7.safeValidateUIMessages({ messages })).toMatchObject({ success: true });
}
