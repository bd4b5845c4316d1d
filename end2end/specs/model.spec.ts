// The fake model server itself: its answers, its refusals, and how it continues after a cut.

import { expect, test } from "@playwright/test";
import { FakeModel } from "../model/server.ts";
import { afterCall, BEFORE_CALL, MARKDOWN, words } from "../model/script.ts";

let model: FakeModel;
test.beforeEach(async () => {
  model = await FakeModel.start();
});
test.afterEach(async () => {
  await model.close();
});

const user = (content: string) => ({ role: "user", content });
const assistant = (content: string) => ({ role: "assistant", content });
const CONTINUE = user("Your previous answer was cut off. Continue exactly where it ended.");

function post(messages: unknown, modelName = "any", extra: object = {}): Promise<Response> {
  return fetch(`${model.baseUrl}/chat/completions`, {
    method: "POST",
    body: JSON.stringify({ model: modelName, stream: true, messages, ...extra }),
  });
}

/** The text of all deltas, up to the end or abort of the stream. */
async function textOf(response: Response): Promise<string> {
  let stream = "";
  try {
    for await (const piece of response.body!.pipeThrough(new TextDecoderStream()) as unknown as AsyncIterable<string>) {
      stream += piece;
    }
  } catch {
    // An aborted stream yields the text before it.
  }
  const chunks = stream.match(/^data: \{.*$/gm) ?? [];
  return chunks.map((line) => JSON.parse(line.slice(6)).choices[0]?.delta.content ?? "").join("");
}

test("the prompt chooses the behaviour, else the model's name does", async () => {
  expect(await textOf(await post([user("say [[fake:words-4-0]] please")], "markdown"))).toBe(words(4));
  expect(await textOf(await post([user("hello")], "markdown"))).toBe(MARKDOWN);
  expect(await textOf(await post([user("[[fake:words-4-0]]"), assistant("x"), user("hello [[fake:echo]]")]))).toContain(
    "hello",
  );
});

test("a gate holds until it is released", async () => {
  const response = await post([user("[[fake:gate:held]]")]);
  await model.reached("held");
  expect(model.requests[0]?.deltas).toBe(3);
  model.release("held");
  expect(await textOf(response)).toBe(words(6));

  const longer = await post([user("[[fake:gate-7-2:longer]]")]);
  await model.reached("longer");
  expect(model.requests[1]?.deltas).toBe(7);
  model.release("longer");
  expect(await textOf(longer)).toBe(words(9));
});

test("a dropped answer ends after three words, and its rest completes it", async () => {
  const question = user("[[fake:drop-midstream]]");
  const partial = await textOf(await post([question]));
  expect(partial).toBe(words(3));
  expect(partial + (await textOf(await post([question, assistant(partial), CONTINUE])))).toBe(words(6));
});

test("the rest of an answer begins exactly where the delivered part ends", async () => {
  const question = user("[[fake:words-9-0]]");
  const whole = words(9);
  for (const end of [1, 5, 6, 7, 30, whole.length]) {
    const delivered = whole.slice(0, end);
    expect(delivered + (await textOf(await post([question, assistant(delivered), CONTINUE])))).toBe(whole);
  }
  const foreign = await post([question, assistant("never said"), CONTINUE]);
  expect(foreign.status).toBe(400);
});

test("a tool is called once, in pieces, and its output is quoted", async () => {
  const tools = ["read", "write"].map((name) => ({ type: "function", function: { name, parameters: { type: "object" } } }));
  const question = user('[[fake:tool:read:{"path":"src/lib.rs"}]]');
  const stream = await (await post([question], "any", { tools })).text();
  const choices = (stream.match(/^data: \{.*$/gm) ?? []).map((line) => JSON.parse(line.slice(6)).choices[0]);
  const calls = choices.flatMap((choice) => choice?.delta.tool_calls ?? []);
  expect(calls[0]).toMatchObject({ index: 0, type: "function", function: { name: "read" } });
  expect(calls.map((call) => call.function.arguments).join("")).toBe('{"path":"src/lib.rs"}');
  expect(choices.map((choice) => choice?.delta.content ?? "").join("")).toBe(BEFORE_CALL);
  expect(choices.map((choice) => choice?.finish_reason).filter(Boolean)).toEqual(["tool_calls"]);

  const made = { id: calls[0].id, type: "function", function: { name: "read", arguments: "{}" } };
  const called = { role: "assistant", content: BEFORE_CALL, tool_calls: [made] };
  const output = { role: "tool", tool_call_id: calls[0].id, content: "fn main()" };
  const whole = afterCall("fn main()");
  expect(await textOf(await post([question, called, output], "any", { tools }))).toBe(whole);
  const cut = [question, called, output, assistant(whole.slice(0, 9)), CONTINUE];
  expect(await textOf(await post(cut, "any", { tools }))).toBe(whole.slice(9));
  expect(model.faults).toEqual([]);

  expect((await post([user("[[fake:tools:read,copy]]")], "any", { tools })).status).toBe(400);
  expect((await post([user("hi")], "any", { tools: [] })).status).toBe(400);
  expect((await post([user("hi")], "any", { tools: [tools[0], tools[0]] })).status).toBe(400);
});

test("refusals carry their status, and a refusal that happens once is over the second time", async () => {
  for (const status of [401, 402, 404, 429, 500]) {
    const response = await post([user(`[[fake:error-${status}]]`)]);
    expect(response.status).toBe(status);
    expect((await response.json()).error.message).not.toBe("");
    expect(response.headers.get("retry-after")).toBe(status === 429 ? "7" : null);
  }
  const once = [user("[[fake:error-once-500:first]]")];
  expect((await post(once)).status).toBe(500);
  expect((await post(once)).status).toBe(200);
});

test("malformed requests are refused", async () => {
  const call = (id: string) => ({ id, type: "function", function: { name: "read", arguments: "{}" } });
  const calls = (...ids: string[]) => ({ role: "assistant", content: null, tool_calls: ids.map(call) });
  const output = (id: string) => ({ role: "tool", tool_call_id: id, content: "done" });
  const accepted = [
    [user("hi"), calls("a", "b"), output("b"), output("a")],
    [{ role: "system", content: "be brief" }, user("hi")],
  ];
  const refused = [
    [],
    "hello",
    [user("")],
    [{ role: "robot", content: "hi" }],
    [user("hi"), assistant("there")],
    [user("hi"), assistant(""), user("again")],
    [user("hi"), calls("a")],
    [user("hi"), calls("a"), user("and?")],
    [user("hi"), calls("a"), output("b")],
    [user("hi"), calls("a", "a"), output("a")],
    [user("hi"), output("a")],
    [user("hi"), calls("a"), output("a"), output("a")],
  ];
  for (const messages of accepted) expect((await post(messages)).status, JSON.stringify(messages)).toBe(200);
  for (const messages of refused) expect((await post(messages)).status, JSON.stringify(messages)).toBe(400);
  expect(model.faults).toHaveLength(refused.length);
});
