// Invalid input on the wire: refused with a reason, and the connection stays usable.

import { RawSocket } from "../fixture/socket.ts";
import { expect, test } from "../fixture/test.ts";
import { storedMessages, storedTexts } from "../fixture/transcript.ts";
import { GREETING, words } from "../model/script.ts";

test("a connection begins with identity, state and servers, in this order", async ({ app, name }) => {
  const socket = await RawSocket.open(app.url, name);
  await socket.frame(({ type }) => type === "cf_agent_mcp_servers");
  const first = socket.frames[0];
  expect(first).toMatchObject({ type: "cf_agent_identity", name });
  const types = socket.frames.map(({ type }) => type);
  expect(types).toEqual(
    first?.stateFollows
      ? ["cf_agent_identity", "cf_agent_state", "cf_agent_mcp_servers"]
      : ["cf_agent_identity", "cf_agent_mcp_servers"],
  );
  expect(socket.frames.at(-1)?.mcp).toEqual({ prompts: [], resources: [], servers: {}, tools: [] });
  socket.close();
});

const BAD_FRAMES: [what: string, data: string | Buffer][] = [
  ["malformed JSON", '{"type":"cf_agent_use_chat_re'],
  ["no JSON", "hello"],
  ["an empty frame", ""],
  ["null", "null"],
  ["a list", "[]"],
  ["a number", "42"],
  ["an empty object", "{}"],
  ["an unknown type", '{"type":"cf_agent_from_the_future","id":"1"}'],
  ["a type that is no text", '{"type":7}'],
  ["a chat request without init", '{"type":"cf_agent_use_chat_request","id":"x"}'],
  [
    "a chat request whose body is no JSON",
    '{"type":"cf_agent_use_chat_request","id":"x","init":{"method":"POST","body":"{"}}',
  ],
  [
    "a chat request without messages",
    '{"type":"cf_agent_use_chat_request","id":"x","init":{"method":"POST","body":"{}"}}',
  ],
  ["a cancel of an unknown turn", '{"type":"cf_agent_chat_request_cancel","id":"nobody"}'],
  ["an acknowledgement of an unknown turn", '{"type":"cf_agent_stream_resume_ack","id":"nobody"}'],
  ["binary bytes", Buffer.from([0, 255, 1, 254, 2, 253])],
  ["binary bytes that read as a chat frame", Buffer.from('{"type":"cf_agent_chat_clear"}')],
];

test("no frame, however wrong, spoils the connection", async ({ app, model, name }) => {
  const socket = await RawSocket.open(app.url, name);
  const before = `Before ${name}.`;
  await socket.end(socket.ask(before));
  for (const [what, data] of BAD_FRAMES) {
    await test.step(what, async () => {
      socket.sendRaw(data);
      const probe = Math.random().toString(36).slice(2);
      socket.send({ type: "cf_agent_stream_resume_request", probeId: probe });
      await socket.frame(({ probeId }) => probeId === probe);
    });
  }
  expect(await storedTexts(app.url, name)).toEqual([`user: ${before}`, `assistant: ${GREETING}`]);
  await socket.end(socket.ask("After."));
  expect(await storedTexts(app.url, name)).toHaveLength(4);
  expect(model.requestsWith(before), "only the two good requests reach the model").toHaveLength(2);
  socket.close();
});

const ANSWERED: [what: string, data: string, answer: Record<string, unknown>][] = [
  [
    "a chat request whose body is no JSON",
    '{"type":"cf_agent_use_chat_request","id":"x","init":{"method":"POST","body":"{"}}',
    { type: "cf_agent_use_chat_response", id: "x", done: true, error: true },
  ],
  [
    "a message without an id",
    JSON.stringify({
      type: "cf_agent_use_chat_request",
      id: "y",
      init: { method: "POST", body: JSON.stringify({ messages: [{ role: "user", parts: [] }] }) },
    }),
    { type: "cf_agent_use_chat_response", id: "y", done: true, error: true },
  ],
  ["a call without arguments", '{"type":"rpc","id":"7","method":"m"}', { type: "rpc", id: "7", success: false }],
  ["a state frame without a state", '{"type":"cf_agent_state"}', { type: "cf_agent_state_error" }],
  ["a frame that is cut off", '{"type":"cf_agent_chat_cl', { type: "cf_agent_frame_error" }],
];

test("a malformed frame is answered under its id", async ({ app, name }) => {
  const socket = await RawSocket.open(app.url, name);
  for (const [what, data, answer] of ANSWERED) {
    await test.step(what, async () => {
      socket.sendRaw(data);
      await socket.frame((frame) => Object.entries(answer).every(([field, value]) => frame[field] === value));
    });
  }
  socket.close();
});

test("half a character is replaced and nothing else is lost", async ({ app, name }) => {
  const socket = await RawSocket.open(app.url, name);
  await socket.end(socket.ask("cut \ud83d here"));
  expect((await storedTexts(app.url, name))[0]).toBe("user: cut \ufffd here");
  socket.close();
});

test("a message larger than a storage row is stored and returned whole", async ({ app, name }) => {
  const text = `[[fake:words-2-0]] ${"0123456789abcdé ".repeat(200_000)}`;
  expect(Buffer.byteLength(text)).toBeGreaterThan(3_000_000);
  const socket = await RawSocket.open(app.url, name);
  await socket.end(socket.ask(text));
  const stored = await storedMessages(app.url, name);
  expect(stored.map(({ role }) => role)).toEqual(["user", "assistant"]);
  expect(stored[0]?.parts[0]?.text === text).toBe(true);
  expect(stored[1]?.parts.find(({ type }) => type === "text")?.text).toBe(words(2));
  socket.close();
});

test("wrong methods are refused", async ({ app }) => {
  for (const [method, path] of [
    ["DELETE", "/"],
    ["POST", "/chat/somewhere"],
  ] as const) {
    const { status } = await fetch(`${app.url}${path}`, { method });
    expect([404, 405], `${method} ${path}`).toContain(status);
  }
});
