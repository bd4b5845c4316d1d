// The fake model server in the role of vendors and local servers: their data, model lists, refusals and unusual
// streams.

import { expect, test } from "@playwright/test";
import { MODEL_LIST } from "../model/models.ts";
import type { ReasoningDetail } from "../model/opaque.ts";
import { afterCall, BEFORE_CALL, GREETING, words } from "../model/script.ts";
import { FakeModel } from "../model/server.ts";
import { AFTER_THOUGHT, MIDSTREAM_ERROR, REASONING_CONTENT, THOUGHT, WITH_EMOJI } from "../model/trouble.ts";

let model: FakeModel;
test.beforeEach(async () => {
  model = await FakeModel.start();
});
test.afterEach(async () => {
  await model.close();
});

type Json = Record<string, unknown>;

const user = (content: unknown): Json => ({ role: "user", content });
const assistant = (content: string): Json => ({ role: "assistant", content });
const tools = ["read", "write"].map((name) => ({
  type: "function",
  function: { name, parameters: { type: "object" } },
}));
const image = { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } };

function post(messages: Json[], modelName = "any", extra: Json = {}): Promise<Response> {
  return fetch(`${model.baseUrl}/chat/completions`, {
    method: "POST",
    body: JSON.stringify({ model: modelName, stream: true, messages, ...extra }),
  });
}

interface Call {
  index?: number;
  id: string;
  type: string;
  function: { name: string; arguments: string };
  extra_content?: object;
}

interface Heard {
  text: string;
  reasoning: string;
  reasoningContent: string;
  details: ReasoningDetail[];
  calls: Call[];
  extras: object[];
  finish: string | null;
  usage: { prompt_tokens: number; prompt_tokens_details: { cached_tokens: number }; cost: number } | null;
  /** The raw stream. */
  raw: string;
}

/** The content that a lenient client reads. */
async function heard(response: Response): Promise<Heard> {
  expect(response.status).toBe(200);
  const raw = await response.text();
  const all: Heard = {
    text: "",
    reasoning: "",
    reasoningContent: "",
    details: [],
    calls: [],
    extras: [],
    finish: null,
    usage: null,
    raw,
  };
  for (const line of raw.match(/^data: \{.*\}$/gm) ?? []) {
    const { choices = [], usage = null } = JSON.parse(line.slice(6));
    all.usage = usage ?? all.usage;
    const [choice] = choices;
    if (!choice) continue;
    const { delta, finish_reason: finish } = choice;
    all.finish = finish ?? all.finish;
    all.text += delta.content ?? "";
    all.reasoning += delta.reasoning ?? "";
    all.reasoningContent += delta.reasoning_content ?? "";
    all.details.push(...(delta.reasoning_details ?? []));
    if (delta.extra_content) all.extras.push(delta.extra_content);
    for (const call of delta.tool_calls ?? []) {
      const known = all.calls[call.index];
      if (known) known.function.arguments += call.function.arguments;
      else all.calls[call.index] = call;
    }
  }
  return all;
}

/** The messages after the calls in `answer`. */
function called(question: Json, { calls }: Heard, more: Json = {}, keepsExtra = true): Json[] {
  const made = calls.map(({ index: _, extra_content: extra, ...call }) => ({
    ...call,
    ...(keepsExtra && extra ? { extra_content: extra } : {}),
  }));
  const outputs = calls.map(({ id }) => ({ role: "tool", tool_call_id: id, content: "done" }));
  return [question, { role: "assistant", content: BEFORE_CALL, tool_calls: made, ...more }, ...outputs];
}

const raw = async (response: Response) => JSON.parse((await response.json()).error.metadata.raw);

test("the vendor in the model's name chooses the rules, the ids and the shape of a refusal", async () => {
  const question = user('[[fake:tool:read:{"path":"a"}]]');
  for (const [vendor, id] of [
    ["openai", /^call_\w{24}$/],
    ["anthropic", /^toolu_01\w{22}$/],
    ["google", /^tool_0_call_\d+$/],
    ["mistralai", /^[a-zA-Z0-9]{9}$/],
    ["llama-cpp", /^[a-z0-9]{32}$/],
    ["any", /^call_\d+$/],
  ] as const) {
    const name = vendor === "any" ? vendor : `${vendor}/any`;
    const answer = await heard(await post([question], name, { tools }));
    expect(answer.calls[0]?.id, vendor).toMatch(id);
    expect((await heard(await post(called(question, answer), name, { tools }))).text).toBe(afterCall("done"));
  }
  expect(model.faults).toEqual([]);

  const behind = [
    ...called(question, {
      calls: [{ id: "abcdefgh1", type: "function", function: { name: "read", arguments: "{}" } }],
    } as Heard),
    user("and?"),
  ];
  expect((await heard(await post(behind, "openai/any"))).text).toBe(GREETING);
  const refused = await post(behind, "mistralai/any");
  expect(refused.status).toBe(400);
  expect((await raw(refused)).message).toBe("Unexpected role 'user' after role 'tool'");
  expect((await post(behind)).status).toBe(400);
  expect(model.faults).toEqual([
    "Unexpected role 'user' after role 'tool'",
    "Mistral: Unexpected role 'user' after role 'tool'",
  ]);
});

test("the model's name behaves without its vendor", async () => {
  expect((await heard(await post([user("hello")], "anthropic/words-4-0"))).text).toBe(words(4));
});

test("a signed call has to come back signed", async () => {
  const question = user("[[fake:signed-tools:read,write]]");
  const answer = await heard(await post([question], "google/any", { tools }));
  expect(
    answer.calls.map((call) => call.extra_content !== undefined),
    "the first alone is signed",
  ).toEqual([true, false]);
  const end = await heard(await post(called(question, answer), "google/any", { tools }));
  expect(end.text).toBe(afterCall("done", "done"));
  expect(end.extras, "the text is signed, too").toHaveLength(1);
  expect(model.faults).toEqual([]);
  const refused = await post(called(question, answer, {}, false), "google/any", { tools });
  expect((await raw(refused)).error.message).toContain(
    "Function call is missing a thought_signature in functionCall parts.",
  );
  expect(model.faults).toHaveLength(1);
});

test("reasoning comes in pieces and has to come back whole", async () => {
  const question = user("[[fake:reasoned-tool:read:{}]]");
  const answer = await heard(await post([question], "anthropic/any", { tools }));
  expect(answer.reasoning).toBe("First look, then answer.");
  expect(answer.details.map(({ type }) => type)).toEqual([...Array(4).fill("reasoning.text"), "reasoning.encrypted"]);
  const [first, , , signed, encrypted] = answer.details;
  const whole = [{ ...first, text: answer.reasoning, signature: signed!.signature }, encrypted];
  const end = await heard(
    await post(called(question, answer, { reasoning_details: whole }), "anthropic/any", { tools }),
  );
  expect(end.text).toBe(afterCall("done"));
  expect(model.faults).toEqual([]);
  const refused = await post(called(question, answer, { reasoning_details: answer.details }), "anthropic/any", {
    tools,
  });
  expect((await raw(refused)).error.message).toContain("Invalid `signature` in `thinking` block");
  expect((await post(called(question, answer), "anthropic/any", { tools })).status).toBe(400);
});

test("reasoning content has to come back beside its call", async () => {
  const question = user("[[fake:reasoning-content-tool:read:{}]]");
  const answer = await heard(await post([question], "deepseek/any", { tools }));
  expect(answer.reasoningContent).toBe(REASONING_CONTENT);
  const back = { reasoning_content: REASONING_CONTENT };
  expect((await heard(await post(called(question, answer, back), "deepseek/any", { tools }))).text).toBe(
    afterCall("done"),
  );
  const refused = await post(called(question, answer), "deepseek/any", { tools });
  expect((await refused.json()).error.message).toContain("Missing `reasoning_content` field");
});

test("a refusal of a while says when to ask again", async () => {
  const once = [user("[[fake:status-529-once:3]] first")];
  const refused = await post(once);
  expect([refused.status, refused.headers.get("retry-after")]).toEqual([529, "3"]);
  expect((await heard(await post(once))).text).toBe(GREETING);
  expect((await post([user("[[fake:status-529-once:3]] second")])).status, "each message is refused by itself").toBe(
    529,
  );

  const twice = [user("[[fake:status-503-twice::echo]] third")];
  const statuses = [];
  for (let round = 0; round < 3; round++) statuses.push((await post(twice)).status);
  expect(statuses).toEqual([503, 503, 200]);
  expect((await post([user("[[fake:status-408-always]]")])).headers.get("retry-after")).toBeNull();
});

test("a connection is dropped once before there is an answer", async () => {
  const question = [user("[[fake:drop-once]]")];
  await expect(post(question)).rejects.toThrow();
  expect((await heard(await post(question))).text).toBe(GREETING);
});

test("a slow first token comes behind comments, silence or no head at all", async () => {
  const began = Date.now();
  const slow = await heard(await post([user("[[fake:slow-first:700:words-2-0]]")]));
  expect(slow.text).toBe(words(2));
  expect(slow.raw.match(/^: OPENROUTER PROCESSING$/gm)).toHaveLength(2);
  expect(Date.now() - began).toBeGreaterThanOrEqual(690);
  const silent = await heard(await post([user("[[fake:silent-first:50]]")]));
  expect([silent.text, silent.raw.startsWith("data: ")]).toEqual([GREETING, true]);
  const late = Date.now();
  const response = await post([user("[[fake:late-head:200]]")]);
  expect(Date.now() - late).toBeGreaterThanOrEqual(190);
  expect((await heard(response)).text).toBe(GREETING);
});

test("usage includes the cached tokens and their cost", async () => {
  const asked = { stream_options: { include_usage: true }, tools };
  const opening = [{ role: "system", content: "Be brief. ".repeat(50) }, user("first")];
  const first = (await heard(await post(opening, "openai/fake-mini", asked))).usage!;
  expect(first.prompt_tokens_details.cached_tokens).toBe(0);
  const next = [...opening, assistant(GREETING), user("second")];
  const second = (await heard(await post(next, "openai/fake-mini", { usage: { include: true }, tools }))).usage!;
  const { cached_tokens: cached } = second.prompt_tokens_details;
  expect(Math.abs(cached - first.prompt_tokens), "all but the end of the first request").toBeLessThanOrEqual(1);
  expect(second.cost).toBeLessThan((second.prompt_tokens * 0.25 + 5 * 2) / 1_000_000);
  expect(second.cost).toBeGreaterThan(0);
  const changed = [{ role: "system", content: "Now be verbose." }, ...next.slice(1)];
  const third = (await heard(await post(changed, "openai/fake-mini", asked))).usage!;
  expect(third.prompt_tokens_details.cached_tokens, "tools come before the system's message").toBeGreaterThan(20);
  expect(third.prompt_tokens_details.cached_tokens).toBeLessThan(60);
  expect((await heard(await post([user("third")]))).usage, "nobody asked").toBeNull();
});

test("the models are listed, until the list fails", async () => {
  const list = () => fetch(`${model.baseUrl}/models`);
  expect(await (await list()).json()).toEqual(MODEL_LIST);
  const [mini] = MODEL_LIST.data;
  expect(mini).toMatchObject({ id: "openai/fake-mini", context_length: 400_000, pricing: { prompt: "2.5e-7" } });
  for (const { id } of MODEL_LIST.data) expect((await heard(await post([user("hi")], id))).text, id).toBe(GREETING);
  model.modelList = { object: "list", data: [{ id: "local", object: "model" }] };
  expect((await (await list()).json()).data[0].id).toBe("local");
  model.modelList = null;
  expect((await list()).status).toBe(503);
  expect(model.modelListRequests).toHaveLength(3);
});

test("a request that is too long is refused in the vendor's words", async () => {
  const long = user(`[[fake:overflow-400:echo]] ${"word ".repeat(500)}`);
  for (const [name, sentence] of [
    ["openai/any", "This model's maximum context length is 400 tokens. However, your messages resulted in "],
    ["anthropic/any", "prompt is too long: "],
    ["google/any", "exceeds the maximum number of tokens allowed (400)."],
    ["mistralai/any", "too large for model with 400 maximum context length"],
  ] as const) {
    const refused = await post([long], name);
    expect(refused.status).toBe(400);
    expect(JSON.stringify(await raw(refused)), name).toContain(sentence);
  }
  const local = await (await post([long], "llama-cpp/any")).json();
  expect(local.error).toMatchObject({ type: "exceed_context_size_error", n_ctx: 400 });
  expect((await (await post([long])).json()).error.message).toContain("maximum context length is 400 tokens");
  expect((await heard(await post([user("[[fake:overflow-400:echo]] short")]))).text).toContain("short");
  expect(model.faults, "a long conversation is no fault of the agent").toEqual([]);
});

test("an unsupported feature is refused while the request has it", async () => {
  const seen = user([{ type: "text", text: "[[fake:no-images:echo]] look" }, image]);
  const router = await post([seen], "mistralai/any");
  expect([router.status, (await router.json()).error.message]).toEqual([
    404,
    "No endpoints found that support image input",
  ]);
  expect((await heard(await post([user("[[fake:no-images:echo]] look")], "mistralai/any"))).text).toContain("look");

  const question = [user("[[fake:unknown-param:stream_options:echo]]")];
  const refused = await post(question, "any", { stream_options: { include_usage: true } });
  expect([refused.status, (await refused.json()).error.message]).toEqual([400, "Unknown parameter: 'stream_options'."]);
  expect((await heard(await post(question))).text).toContain("You said");
  expect(model.faults).toEqual([]);
});

test("an answer may be one piece of JSON", async () => {
  const response = await post([user("[[fake:whole-json:tool:read:{}]]")], "any", { tools, usage: { include: true } });
  expect(response.headers.get("content-type")).toBe("application/json");
  const { object, choices, usage } = await response.json();
  expect(object).toBe("chat.completion");
  expect(choices[0]).toMatchObject({
    finish_reason: "tool_calls",
    message: {
      role: "assistant",
      content: BEFORE_CALL,
      tool_calls: [{ type: "function", function: { name: "read", arguments: "{}" } }],
    },
  });
  expect(usage.total_tokens).toBeGreaterThan(0);
  const plain = await (await post([user("[[fake:whole-json]]")])).json();
  expect(plain.choices[0]).toMatchObject({ finish_reason: "stop", message: { content: GREETING } });
});

test("thoughts in tags and halves of characters come in pieces", async () => {
  const thought = await heard(await post([user("[[fake:think]]")]));
  expect(thought.text).toBe(`<think>${THOUGHT}</think>${AFTER_THOUGHT}`);
  expect(thought.raw).not.toContain("<think>");
  const emoji = await heard(await post([user("[[fake:half-emoji]]")]));
  expect(emoji.text).toBe(WITH_EMOJI);
  expect(emoji.raw).toContain('\\ud83d"');
  expect(emoji.raw).toContain('"\\ude80');
});

test("streams end badly: with an error, without content, with a chunk that cannot be read", async () => {
  const event = await heard(await post([user("[[fake:error-event]]")]));
  expect(event.text).toBe(words(3));
  expect(event.raw).toMatch(new RegExp(`event: error\ndata: .*${MIDSTREAM_ERROR}.*\n\n$`));
  const chunk = await heard(await post([user("[[fake:error-chunk]]")]));
  expect(chunk.raw).toContain(`"error":{"code":502,"message":"${MIDSTREAM_ERROR}"}`);
  const empty = await heard(await post([user("[[fake:empty]]")]));
  expect([empty.text, empty.finish, empty.raw.endsWith("data: [DONE]\n\n")]).toEqual(["", "stop", true]);
  const garbage = await heard(await post([user("[[fake:garbage-after-output]]")]));
  expect(garbage.text).toBe(words(3));
  expect(garbage.raw).toContain('{"delta": {"conte\n');
});
