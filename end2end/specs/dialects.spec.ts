// The rules of the fake model server: each accepts a valid request and refuses the smallest one that breaks it.

import { expect, test } from "@playwright/test";
import {
  assistant,
  call,
  calls,
  ID,
  image,
  OTHER,
  output,
  request,
  system,
  text,
  tool,
  user,
  type Json,
} from "../fixture/requests.ts";
import { DIALECTS, dialectOf, faultOfRequest, NOT_OF_ALL, refusalOf } from "../model/dialects.ts";
import { anthropic } from "../model/dialects/anthropic.ts";
import { fault, type Dialect } from "../model/dialects/dialect.ts";
import { gemini } from "../model/dialects/gemini.ts";
import { llamaCpp } from "../model/dialects/llama-cpp.ts";
import { mistral } from "../model/dialects/mistral.ts";
import { openai } from "../model/dialects/openai.ts";

const LONG_NAME = "n".repeat(65);
const LIST = { type: "object", properties: { paths: { type: "array" } } };
const NAMED_LIST = { type: "object", properties: { paths: { type: "array", items: { type: "string" } } } };

/** Requests that every dialect accepts. */
const SOUND: [messages: Json[], more?: Json][] = [
  [[user()]],
  [[system(), user()]],
  [[user(), assistant(), user("and?")]],
  [[user(), calls(ID), output(ID)]],
  [[user(), { ...calls(ID, OTHER), content: "Let me look." }, output(OTHER), output(ID)], { tools: [tool()] }],
  [
    [user(), calls(ID), output(ID), calls(OTHER), output(OTHER), assistant(), user()],
    { tools: [tool("read", NAMED_LIST), tool("write")] },
  ],
  [[user(), assistant("some"), user("Your previous answer was cut off. Continue.")]],
];

interface Case {
  messages: Json[];
  more?: Json;
  words: string;
}

const bad = (words: string, messages: Json[], more: Json = {}): Case => ({ messages, more, words });

/** Requests that break each rule. */
const BROKEN = new Map<Dialect, Record<string, Case[]>>([
  [
    openai,
    {
      roles: [
        bad("Invalid value: 'robot'. Supported values are: 'system',", [user(), { role: "robot", content: "hi" }]),
      ],
      parts: [bad("Invalid value: 'image'. Supported values are: 'text',", [user([{ type: "image" }])])],
      names: [
        bad("Invalid 'tools[0].function.name': string does not match pattern.", [user()], {
          tools: [tool("read file")],
        }),
        bad("with maximum length 64, but got a string with length 65 instead.", [user()], { tools: [tool(LONG_NAME)] }),
        bad("Invalid 'messages[1].tool_calls[0].function.name': empty string.", [
          user(),
          calls(call(ID, "")),
          output(ID),
        ]),
        bad("string does not match pattern", [user(), calls(call(ID, "functions.read:0")), output(ID)]),
      ],
      ids: [
        bad("Invalid 'messages[1].tool_calls[0].id': string too long. Expected a string with maximum length 40", [
          user(),
          calls("x".repeat(41)),
          output("x".repeat(41)),
        ]),
        bad("Invalid 'messages[2].tool_call_id': string too long.", [user(), calls(ID), output("x".repeat(41))]),
      ],
      tools: [
        bad("Invalid 'tools': empty array.", [user()], { tools: [] }),
        bad("maximum length 128, but got an array with length 129 instead.", [user()], {
          tools: Array.from({ length: 129 }, (_, index) => tool(`tool${index}`)),
        }),
      ],
      schemas: [
        bad(`got 'type: "string"'.`, [user()], { tools: [tool("read", { type: "string" })] }),
        bad("In context=('properties', 'paths'), array schema missing items.", [user()], {
          tools: [tool("read", LIST)],
        }),
      ],
      "options without tools": [
        bad("'parallel_tool_calls' is only allowed when 'tools' are specified.", [user()], {
          parallel_tool_calls: false,
        }),
        bad("'tool_choice' is only allowed when 'tools' are specified.", [user()], { tool_choice: "auto" }),
      ],
      "options without stream": [
        bad("only allowed when 'stream' is enabled", [user()], {
          stream: false,
          stream_options: { include_usage: true },
        }),
      ],
      calls: [
        bad("Invalid 'messages[1].tool_calls': empty array.", [user(), assistant("x", { tool_calls: [] }), user()]),
      ],
      content: [
        bad("expected a string, got null", [user(), assistant(null), user()]),
        bad("expected a string, got null", [user(null)]),
        bad("Invalid 'messages[0].content': empty array.", [user([])]),
      ],
      images: [
        bad("this message with role 'tool' contains an image URL", [user(), calls(ID), output(ID, [image()])]),
        bad("this message with role 'assistant' contains an image URL", [user(), assistant([image()]), user()]),
      ],
      answers: [
        bad(`did not have response messages: ${OTHER}`, [user(), calls(ID, OTHER), output(ID)]),
        bad("must be followed by tool messages", [user(), calls(ID), user("and?"), output(ID)]),
        bad("must be a response to a preceeding message with 'tool_calls'.", [user(), output(ID)]),
        bad("must be a response to a preceeding message", [user(), calls(ID), output(ID), output(ID)]),
      ],
    },
  ],
  [
    anthropic,
    {
      names: [
        bad("tools.0.custom.name: String should match pattern", [user()], { tools: [tool("a.b")] }),
        bad("messages.1.content.0.tool_use.name: String should match pattern", [
          user(),
          calls(call(ID, "a b")),
          output(ID),
        ]),
      ],
      schemas: [
        bad("tools.0.custom.input_schema.type: Field required", [user()], { tools: [tool("read", {})] }),
        bad("does not support oneOf, allOf, or anyOf at the top level", [user()], {
          tools: [tool("read", { type: "object", anyOf: [] })],
        }),
      ],
      ids: [
        bad("messages.1.content.0.tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'", [
          user(),
          calls("a.b"),
          output("a.b"),
        ]),
        bad("messages.2.content.0.tool_result.tool_use_id: String should", [user(), calls(ID), output("a:b")]),
      ],
      "unique ids": [
        bad("messages.1: `tool_use` ids must be unique", [user(), calls(ID, ID), output(ID)]),
        bad("messages.3: `tool_use` ids must be unique", [user(), calls(ID), output(ID), calls(ID), output(ID)]),
      ],
      texts: [
        bad("messages: text content blocks must be non-empty", [user("")]),
        bad("messages: text content blocks must contain non-whitespace text", [user(), assistant(" \n"), user()]),
        bad("messages: text content blocks must contain non-whitespace text", [user([text(" ")])]),
        bad("system: text content blocks must be non-empty", [system(""), user()]),
      ],
      content: [bad("messages.1: all messages must have non-empty content", [user(), assistant(null), user()])],
      "first message": [
        bad('messages: first message must use the "user" role', [system(), assistant(), user()]),
        bad("messages: at least one message is required", [system()]),
      ],
      results: [
        bad("messages.2: `tool_use` ids were found without `tool_result` blocks immediately after: abcdefgh1.", [
          user(),
          calls(ID),
        ]),
        bad("immediately after", [user(), calls(ID), user("wait"), output(ID)]),
        bad("messages.0.content.1: unexpected `tool_use_id` found in `tool_result` blocks: abcdefgh1.", [
          user(),
          output(ID),
        ]),
        bad("each tool_use must have a single result.", [user(), calls(ID), output(ID), output(ID)]),
      ],
      images: [bad("messages.0.content.0.image.source.base64.media_type", [user([image("image/svg+xml")])])],
      "cache breakpoints": [
        bad("A maximum of 4 blocks with cache_control may be provided. Found 5.", [
          user(Array.from({ length: 5 }, () => text("hi", { cache_control: { type: "ephemeral" } }))),
        ]),
      ],
      "last message": [
        bad("final assistant content cannot end with trailing whitespace", [user(), assistant("some ")]),
        bad("This model does not support assistant message prefill.", [user(), assistant("some")]),
      ],
    },
  ],
  [
    gemini,
    {
      names: [
        bad("function_declarations[0].name: Invalid function name. Must start with a letter", [user()], {
          tools: [tool("1st")],
        }),
        bad("contents[1].parts[0].function_call.name: Name cannot be empty.", [
          user(),
          calls(call(ID, "")),
          output(ID),
        ]),
        bad("contents[1].parts[0].function_call.name: Invalid function name.", [
          user(),
          calls(call(ID, "-a")),
          output(ID),
        ]),
      ],
      schemas: [bad("parameters.properties[paths].items: missing field.", [user()], { tools: [tool("read", LIST)] })],
      contents: [
        bad("contents is not specified", [system()]),
        bad("contents[0].parts: contents.parts must not be empty.", [user("")]),
      ],
      "call turns": [
        bad("function call turn comes immediately after a user turn", [user(), assistant(), calls(ID), output(ID)]),
        bad("function call turn comes immediately after a user turn", [system(), calls(ID), output(ID)]),
      ],
      responses: [
        bad("number of function response parts is equal", [user(), calls(ID, OTHER), output(ID)]),
        bad("number of function response parts is equal", [user(), calls(ID), output(ID), output(OTHER)]),
        bad("function response turn comes immediately after a function call turn", [user(), output(ID)]),
      ],
      images: [bad("Unsupported MIME type: image/gif", [user([image("image/gif")])])],
      "last message": [bad("Please ensure that single turn requests end with a user role", [user(), assistant()])],
    },
  ],
  [
    mistral,
    {
      fields: [
        bad("body.messages.1.assistant.reasoning_content: Extra inputs are not permitted", [
          user(),
          assistant("x", { reasoning_content: "hm" }),
          user(),
        ]),
        bad("assistant.reasoning_details: Extra", [user(), assistant("x", { reasoning_details: [] }), user()]),
        bad("assistant.tool_calls.0.extra_content: Extra", [
          user(),
          calls(call(ID, "read", "{}", { extra_content: {} })),
          output(ID),
        ]),
        bad("user.content.0.cache_control: Extra", [user([text("hi", { cache_control: { type: "ephemeral" } })])]),
        bad("user.name: Extra", [{ ...user(), name: "me" }]),
      ],
      "last message": [
        bad("Expected last role User or Tool (or Assistant with prefix True) for serving but got assistant", [
          user(),
          assistant(),
        ]),
      ],
      order: [
        bad("Unexpected role 'user' after role 'tool'", [user(), calls(ID), output(ID), user("and?")]),
        bad("Unexpected role 'tool' after role 'user'", [user(), output(ID)]),
        bad("Unexpected role 'system' after role 'assistant'", [user(), assistant(), system(), user()]),
      ],
      responses: [
        bad("Not the same number of function calls and responses", [user(), calls(ID, OTHER), output(ID)]),
        bad("Not the same number of function calls and responses", [user(), calls(ID), user()]),
      ],
      content: [
        bad("Assistant message must have either content or tool_calls, but not none.", [user(), assistant(""), user()]),
        bad("Message must have content", [user(null)]),
      ],
      names: [
        bad("Function name was a.b but must be a-z, A-Z, 0-9, or contain underscores and dashes", [user()], {
          tools: [tool("a.b")],
        }),
        bad("Function name was a b but must be", [user(), calls(call(ID, "a b")), output(ID)]),
      ],
      ids: [
        bad("Tool call id was call_1 but must be a-z, A-Z, 0-9, with a length of 9.", [
          user(),
          calls("call_1"),
          output("call_1"),
        ]),
        bad("Tool call id was abc-efgh1 but must be", [user(), calls("abc-efgh1"), output("abc-efgh1")]),
      ],
    },
  ],
  [
    llamaCpp,
    {
      images: [bad("image input is not supported - hint:", [user([text(), image()])])],
      "content is a text": [bad("Only text content is supported", [user([text()])])],
      content: [
        bad("Assistant message must contain either 'content' or 'tool_calls'!", [user(), assistant(null), user()]),
        bad("All non-assistant messages must contain 'content'", [user(null)]),
      ],
      roles: [
        bad("Only user and assistant roles are supported, with the exception of an initial optional system message!", [
          system(),
          system(),
          user(),
        ]),
        bad("Only user and assistant roles are supported", [user(), { role: "robot", content: "hi" }]),
      ],
      alternation: [
        bad("Conversation roles must alternate user/assistant/user/assistant/...", [user(), user("and?")]),
        bad("Conversation roles must alternate", [user(), assistant(), assistant("more"), user()]),
        bad("Conversation roles must alternate", [assistant(), user()]),
        bad("Conversation roles must alternate", [user(), calls(ID), output(ID), user("and?")]),
      ],
      outputs: [bad("Message has tool role, but there was no previous assistant message", [user(), output(ID)])],
      "last message": [bad("Assistant response prefill is incompatible", [user(), assistant()])],
    },
  ],
]);

for (const dialect of DIALECTS) {
  const model = `${dialect.prefix}any`;

  test(`${dialect.name} accepts valid requests`, () => {
    for (const [messages, more] of SOUND) {
      const sound = request(model, messages, more);
      expect(fault(dialect, sound), JSON.stringify(messages)).toBeNull();
      expect(faultOfRequest(sound), JSON.stringify(messages)).toBeNull();
    }
  });

  test(`${dialect.name} refuses requests that break one of its rules`, () => {
    const broken = BROKEN.get(dialect)!;
    expect(Object.keys(broken).sort(), "every rule has a case").toEqual(Object.keys(dialect.rules).sort());
    for (const [name, cases] of Object.entries(broken)) {
      const rule = dialect.rules[name]!;
      for (const [messages, more] of SOUND) expect(rule(request(model, messages, more)), name).toBeNull();
      for (const { messages, more, words } of cases) {
        const refused = request(model, messages, more);
        expect(rule(refused), name).toContain(words);
        expect(faultOfRequest(refused), name).not.toBeNull();
      }
    }
  });
}

test("pictures are taken where the vendor takes them", () => {
  for (const dialect of [openai, anthropic, gemini, mistral]) {
    expect(faultOfRequest(request(`${dialect.prefix}any`, [user([text(), image()])])), dialect.name).toBeNull();
  }
  expect(faultOfRequest(request("any", [user([text(), image()])]))).toBeNull();
});

test("a model of no known vendor is held to all rules but those that contradict each other", () => {
  for (const [messages, more] of SOUND) expect(faultOfRequest(request("any", messages, more))).toBeNull();
  for (const [dialect, broken] of BROKEN) {
    for (const [name, cases] of Object.entries(broken)) {
      if (NOT_OF_ALL.get(dialect)?.has(name)) continue;
      for (const { messages, more } of cases) {
        expect(faultOfRequest(request("any", messages, more)), `${dialect.name}, ${name}`).not.toBeNull();
      }
    }
  }
  // One vendor forbids this and another requires it.
  const signed = call("call_1", "read", "{}", { extra_content: { google: { thought_signature: "x" } } });
  expect(faultOfRequest(request("any", [user(), calls(signed), output("call_1")]))).toBeNull();
  expect(faultOfRequest(request("any", [user([text("hi", { cache_control: { type: "ephemeral" } })])]))).toBeNull();
});

test("every omitted rule exists", () => {
  for (const [dialect, names] of NOT_OF_ALL)
    expect(Object.keys(dialect.rules)).toEqual(expect.arrayContaining([...names]));
});

test("whatever the vendor, some requests are refused", () => {
  const refused: unknown[] = [
    undefined,
    { messages: [user()] },
    { model: "", messages: [user()] },
    { model: "any", messages: [] },
    { model: "any", messages: "hello" },
    { model: "any", messages: [user(7)] },
    { model: "any", messages: [user(["hi"])] },
    { model: "any", messages: [user()], tools: "none" },
  ];
  for (const body of refused) expect(faultOfRequest(body), JSON.stringify(body)).not.toBeNull();
  const illegal: [Json[], Json?][] = [
    [[user("")]],
    [[user(" \n\t")]],
    [[user(), assistant(" "), user()]],
    [[user(), { ...calls(ID), content: " " }, output(ID)]],
    [[user(), calls(ID), output(ID, "")]],
    [[user(), calls(call(ID, "read", "[]")), output(ID)]],
    [[user(), calls(call(ID, "read", "")), output(ID)]],
    [[user(), calls(call(ID, "functions.read:0")), output(ID)]],
    [[user(), calls(call(ID, LONG_NAME)), output(ID)]],
    [[user(), calls(ID, ID), output(ID)]],
    [[user(), assistant()]],
    [[user()], { tools: [tool("read"), tool("read")] }],
  ];
  for (const model of ["any", ...DIALECTS.map(({ prefix }) => `${prefix}any`)]) {
    for (const [messages, more] of illegal) {
      expect(faultOfRequest(request(model, messages, more)), `${model}: ${JSON.stringify(messages)}`).not.toBeNull();
    }
  }
});

test("a refusal has the vendor's shape", () => {
  const raw = (model: string, words: string) => {
    const { error } = refusalOf(model, words, 400) as { error: { message: string; metadata: { raw: string } } };
    expect(error.message).toBe("Provider returned error");
    return JSON.parse(error.metadata.raw);
  };
  expect(raw("openai/any", "no")).toEqual({
    error: { message: "no", type: "invalid_request_error", param: null, code: null },
  });
  expect(raw("anthropic/any", "no")).toEqual({
    type: "error",
    error: { type: "invalid_request_error", message: "no" },
  });
  expect(raw("google/any", "no")).toEqual({ error: { code: 400, message: "no", status: "INVALID_ARGUMENT" } });
  expect(raw("mistralai/any", "Unexpected role 'user' after role 'tool'")).toMatchObject({
    type: "invalid_request_message_order",
    code: "3230",
  });
  expect(
    raw("mistralai/any", "body.messages.1.user.name: Extra inputs are not permitted").message.detail[0],
  ).toMatchObject({
    type: "extra_forbidden",
    loc: ["body", "messages", 1, "user", "name"],
  });
  const template = refusalOf(
    "llama-cpp/any",
    "Conversation roles must alternate user/assistant/user/assistant/...",
    400,
  );
  expect(template).toMatchObject({
    error: { message: expect.stringContaining("Jinja Exception: Conversation roles must") },
  });
  const overflow = refusalOf("llama-cpp/any", llamaCpp.overflow(900, 512), 400);
  expect(overflow).toMatchObject({ error: { type: "exceed_context_size_error", n_prompt_tokens: 900, n_ctx: 512 } });
  expect(refusalOf("any", "no", 400)).toMatchObject({ error: { message: "no", code: 400 } });
});

test("each vendor's models make ids that the vendor takes", () => {
  for (const { prefix, callId } of DIALECTS) {
    const id = callId(17);
    expect(faultOfRequest(request(`${prefix}any`, [user(), calls(id), output(id)]))).toBeNull();
    expect(callId(18)).not.toBe(id);
  }
  expect(dialectOf("openrouter/auto")).toBeNull();
});
