// RPC calls to the agent.

import type { UIMessage } from "ai";
import { storedMessages } from "../../fixture/transcript.ts";
import { Heard, question } from "../fixture/heard.ts";
import { expect, test } from "../fixture/test.ts";

test("RP-04, RP-09: every call gets its own answer, and an unknown method is named", async ({ connect }) => {
  const client = connect();
  const calls = ["nope", "neither"].map((method) =>
    client.call(method).then(
      () => "answered",
      (error: Error) => error.message,
    ),
  );
  expect(await Promise.all(calls)).toEqual([
    "Method nope does not exist",
    "Method neither does not exist",
  ]);
  await expect(client.stub.nothing!()).rejects.toThrow("Method nothing does not exist");
});

test("RP-04: a streamed call of an unknown method fails too", async ({ connect }) => {
  const heard: string[] = [];
  const call = connect().call("nope", [], {
    stream: {
      onChunk: (chunk) => heard.push(`chunk ${String(chunk)}`),
      onDone: () => heard.push("done"),
      onError: (error) => heard.push(error),
    },
  });
  await expect(call).rejects.toThrow("Method nope does not exist");
  expect(heard).toEqual(["Method nope does not exist"]);
});

test("RP-10, RP-11: a malformed call is refused under its id if it has one, and extra keys are ignored", async ({ connect }) => {
  const client = connect();
  const heard = new Heard(client);
  await client.ready;
  for (const frame of [
    { type: "rpc", id: "1", method: "nope", args: null },
    { type: "rpc", id: "2", method: "nope" },
    { type: "rpc", id: "3", args: [] },
    { type: "rpc", method: "nope", args: [] },
  ]) {
    client.send(JSON.stringify(frame));
  }
  client.send(JSON.stringify({ type: "rpc", id: "5", method: "nope", args: [], extra: true }));
  await heard.frame(({ id }) => id === "5");
  const refused = (id: string, error: unknown) => ({ type: "rpc", id, success: false, error });
  const missing = (what: string) => expect.stringContaining(`The call was not taken: ${what} is missing`);
  expect(heard.frames.filter(({ type }) => type === "rpc")).toEqual([
    refused("1", missing("`args`")),
    refused("2", missing("`args`")),
    refused("3", missing("`method`")),
    refused("5", "Method nope does not exist"),
  ]);
  expect(heard.types).toContain("cf_agent_frame_error");
});

test.describe("methods", () => {
  test("RP-01: `getMessages` gives the transcript", async ({ app, connect, name }) => {
    const client = connect();
    const heard = new Heard(client);
    expect(await client.call("getMessages")).toEqual([]);
    const asked = question("Hello.");
    client.send(asked.frame);
    await heard.end(asked.id);
    const messages = await client.call<UIMessage[]>("getMessages");
    expect(messages.map(({ role }) => role)).toEqual(["user", "assistant"]);
    expect(messages).toEqual(await storedMessages(app.url, name));
  });

  test("RP-02: `setProjectContext` returns nothing, `getProjectContext` the set value, null at first", async ({
    connect,
  }) => {
    const client = connect();
    const heard = new Heard(client);
    const get = () => client.call<string | null>("getProjectContext");
    expect(await get()).toBeNull();
    expect(await client.call("setProjectContext", ["A parser in Rust."])).toBeUndefined();
    expect(await get()).toBe("A parser in Rust.");
    const answers = heard.frames.filter(({ type }) => type === "rpc");
    expect("result" in answers[0]!, "null is sent").toBe(true);
    expect("result" in answers[1]!, "nothing is not").toBe(false);
  });

  test("`annotateApproval` carries what the approval frame has no field for", async ({ app, connect, name }) => {
    const client = connect();
    const heard = new Heard(client);
    const ask = async (path: string) => {
      const asked = question(`[[fake:tool:write:${JSON.stringify({ path, text: "" })}]]`);
      client.send(asked.frame);
      await heard.end(asked.id);
      const parts = (await storedMessages(app.url, name)).at(-1)!.parts as { toolCallId?: string; state?: string }[];
      return parts.find(({ toolCallId }) => toolCallId)!;
    };
    const answer = async (toolCallId: string, approved: boolean, note: object) => {
      expect(await client.call("annotateApproval", [{ toolCallId, ...note }])).toBeUndefined();
      client.send(JSON.stringify({ type: "cf_agent_tool_approval", toolCallId, approved }));
      return heard.frame(({ type, message }) => {
        const updated = message as UIMessage | undefined;
        return type === "cf_agent_message_updated" && JSON.stringify(updated?.parts).includes(`"${toolCallId}"`);
      });
    };
    const refused = await ask("src/a.js");
    const told = await answer(refused.toolCallId!, false, { reason: "Not now." });
    expect(JSON.stringify(told)).toContain('"reason":"Not now."');
    const allowed = await ask("src/b.js");
    await answer(allowed.toolCallId!, true, { always: "src/**" });
    await heard.frame(({ type, state }) => {
      const { allowed } = (state ?? {}) as { allowed?: unknown };
      return type === "cf_agent_state" && JSON.stringify(allowed) === '[{"paths":"src/**","tool":"write"}]';
    });
    expect((await ask("src/c.js")).state).toBe("output-available");
    await expect(client.call("annotateApproval", [{ toolCallId: "unknown" }])).rejects.toThrow("no call of this id");
  });

  test("RP-05: `exportTranscript` streams one text a message and ends with their number", async ({ connect }) => {
    const client = connect();
    const heard = new Heard(client);
    const asked = question("Export me.");
    client.send(asked.frame);
    await heard.end(asked.id);
    for (const [args, first] of [
      [[], /Export me\./],
      [["markdown"], /Export me\./],
      [["json"], /"role":\s*"user"/],
    ] as const) {
      const chunks: unknown[] = [];
      let last: unknown;
      const stream = { onChunk: (chunk: unknown) => chunks.push(chunk), onDone: (end: unknown) => (last = end) };
      expect(await client.call("exportTranscript", [...args], { stream })).toEqual({ messages: 2 });
      expect(last).toEqual({ messages: 2 });
      expect(chunks).toHaveLength(2);
      expect(chunks[0]).toMatch(first);
    }
  });

  test("RP-03: wrong arguments are refused with a reason", async ({ connect }) => {
    const client = connect();
    for (const [method, args] of [
      ["setProjectContext", []],
      ["setProjectContext", [7]],
      ["exportTranscript", ["pdf"]],
      ["getMessages", ["unasked"]],
    ] as const) {
      const refusal = await client.call(method, [...args]).then(
        () => "answered",
        (error: Error) => error.message,
      );
      expect(refusal, `${method}(${JSON.stringify(args)})`).toMatch(/\w+ \w+/);
      expect(refusal).not.toMatch(/does not exist|answered/);
    }
  });
});
