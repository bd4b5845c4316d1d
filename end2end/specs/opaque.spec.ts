// The fake model server's record of its own answers: vendor data must be sent back to its vendor.

import { expect, test } from "@playwright/test";
import { assistant, call, calls, ID, OTHER, output, request, user, type Json } from "../fixture/requests.ts";
import { Memory, merged, streamedDetails } from "../model/opaque.ts";

test("a signature is required with its call during the turn, by its vendor only", () => {
  const memory = new Memory();
  memory.step(request("google/any", [user()])).call(ID, "read", "{}", "SIG==");
  const signed = (signature?: string) => {
    return calls(
      call(
        ID,
        "read",
        "{}",
        signature === undefined ? {} : { extra_content: { google: { thought_signature: signature } } },
      ),
    );
  };
  const faultIn = (model: string, ...messages: Json[]) => memory.fault(request(model, [user(), ...messages]));
  expect(faultIn("google/any", signed("SIG=="), output(ID))).toBeNull();
  expect(faultIn("google/other", signed("SIG=="), output(ID))).toBeNull();
  expect(faultIn("google/any", signed(), output(ID))).toContain(
    "Function call is missing a thought_signature in functionCall parts.",
  );
  expect(faultIn("google/any", signed("GIS=="), output(ID))).toContain("Corrupted thought signature");
  expect(faultIn("other", signed("SIG=="), output(ID))).toContain("Corrupted thought signature");
  expect(faultIn("other", signed(), output(ID))).toBeNull();
  // After the turn it may be missing; a request for the rest of an answer does not end the turn.
  expect(faultIn("google/any", signed(), output(ID), assistant(), user("and?"))).toBeNull();
  const rest = user("Your previous answer was cut off. Continue.");
  expect(faultIn("google/any", signed(), output(ID), assistant(), rest)).toContain("Function call is missing");
});

test("reasoning is required complete and unchanged during the turn", () => {
  const thinking = {
    lost: "Expected `thinking` or `redacted_thinking`, but found `tool_use`",
    inPieces: "Invalid `signature` in `thinking` block",
    changed: "cannot be modified",
  };
  const corrupted = "Corrupted thought signature.";
  const unpaired = "was provided without its required 'reasoning' item: 'rs_7'";
  for (const [model, { lost, inPieces, changed }] of [
    ["any", thinking],
    ["anthropic/any", thinking],
    ["google/any", { lost: "Function call is missing a thought_signature", inPieces: corrupted, changed: corrupted }],
    ["openai/any", { lost: unpaired, inPieces: unpaired, changed: unpaired }],
  ] as const) {
    const memory = new Memory();
    const step = memory.step(request(model, [user()]));
    const pieces = streamedDetails(model, "7").flat();
    expect(pieces.length, "it comes in pieces").toBeGreaterThan(3);
    for (const piece of pieces) step.details([piece]);
    step.call(ID, "read", "{}", null);
    const whole = merged(pieces);
    expect(whole).toHaveLength(2);
    const faultWith = (details?: object[], asked: string = model) => {
      return memory.fault(
        request(asked, [user(), { ...calls(ID), ...(details ? { reasoning_details: details } : {}) }, output(ID)]),
      );
    };
    expect(faultWith(whole), model).toBeNull();
    expect(faultWith(), model).toContain(lost);
    expect(faultWith(pieces), model).toContain(inPieces);
    expect(faultWith(whole.slice(0, 1)), model).toContain(inPieces);
    expect(faultWith([...whole].reverse()), model).not.toBeNull();
    expect(faultWith([{ ...whole[0], format: "unknown" }, whole[1]!]), model).toContain(changed);
    expect(faultWith(whole, "mistralai/any"), model).toContain("Invalid `signature`");
    expect(faultWith(undefined, "mistralai/any"), model).toBeNull();
  }
});

test("reasoning content is required during the turn", () => {
  const memory = new Memory();
  const step = memory.step(request("deepseek/any", [user()]));
  step.reasoning("A tool ");
  step.reasoning("knows.");
  step.call(ID, "read", '{"a":1,"b":{"c":2,"d":3}}', null);
  const faultWith = (more: Json, ...after: Json[]) => {
    return memory.fault(request("deepseek/any", [user(), { ...calls(ID), ...more }, output(ID), ...after]));
  };
  expect(faultWith({ reasoning_content: "A tool knows." })).toBeNull();
  expect(faultWith({})).toContain("Missing `reasoning_content` field in the assistant message at message index 1.");
  expect(faultWith({ reasoning_content: "A tool" })).toContain("must be passed back to the API");
  expect(faultWith({}, assistant(), user("and?"))).toBeNull();
  // The call is recognised despite another id and another order of its input; other calls and turns have no data to
  // send back.
  const renamed = (input: string, question = "hi") => {
    return memory.fault(request("deepseek/any", [user(question), calls(call(OTHER, "read", input)), output(OTHER)]));
  };
  expect(renamed('{"b":{"d":3,"c":2},"a":1}')).toContain("Missing `reasoning_content`");
  expect(renamed('{"a":1}')).toBeNull();
  expect(renamed('{"a":1,"b":{"c":2,"d":3}}', "other")).toBeNull();
});
