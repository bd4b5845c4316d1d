// An answer being sent: the steps of a script as server-sent events, or as one JSON object.

import type http from "node:http";
import { merged, secretOf, streamedDetails, type ReasoningDetail, type StepMemory } from "./opaque.ts";
import type { Step } from "./script.ts";
import type { RecordedRequest } from "./server.ts";

/** Milliseconds between the comments that keep a stream alive. */
const COMMENT_PACE = 500;

export interface Stage {
  record: RecordedRequest;
  response: http.ServerResponse;
  /** Resolves when the caller disconnects. */
  abandoned: Promise<void>;
  /** Reports that the gate was reached, and resolves when it is open. */
  pass: (gate: string) => Promise<void>;
  nextCallId: () => string;
  /** A new number on each call. */
  nextKey: () => number;
  memory: StepMemory;
  /** The usage of the complete answer; null when it was not requested. */
  usage: (completion: number) => object | null;
  now: () => number;
}

type Delta = Record<string, unknown>;

/** The receiver of deltas. */
interface Outlet {
  delta: (fields: Delta, finishReason?: string | null) => void;
  raw: (text: string) => void;
  /** The end, with the usage of the answer. */
  end: (usage: object | null) => void;
}

/** Performs the steps; `whole` sends one JSON object at the end. */
export async function perform(steps: Step[], whole: boolean, stage: Stage): Promise<void> {
  const { record, response, abandoned, memory } = stage;
  const outlet = whole ? pieceOf(stage) : streamOf(stage);
  const wait = (milliseconds: number) =>
    Promise.race([abandoned, new Promise<void>((resolve) => setTimeout(resolve, milliseconds))]);
  const say = (fields: Delta) => {
    record.answeredAt ??= stage.now();
    record.deltas++;
    outlet.delta({ role: "assistant", ...fields });
  };
  for (const step of steps) {
    if (response.destroyed) return;
    switch (step.kind) {
      case "text":
        say({ content: step.text });
        break;
      case "reasoning":
        say({ reasoning: step.text });
        break;
      case "reasoning-content":
        memory.reasoning(step.text);
        say({ content: null, reasoning_content: step.text });
        break;
      case "reasoning-details":
        for (const details of streamedDetails(record.body.model, String(stage.nextKey()), step.bytes)) {
          memory.details(details);
          const text = details.map(({ text, summary }) => text ?? summary ?? "").join("");
          say({ content: "", ...(text === "" ? {} : { reasoning: text }), reasoning_details: details });
        }
        break;
      case "call":
        record.deltas++;
        callTool(step, outlet, stage);
        break;
      case "signature": {
        const signature = secretOf(`signature of text ${stage.nextKey()}`);
        memory.signed(signature);
        outlet.delta({ role: "assistant", content: "", extra_content: { google: { thought_signature: signature } } });
        break;
      }
      case "raw":
        outlet.raw(step.text);
        break;
      case "comments":
        for (let left = step.milliseconds; left > 0 && !response.destroyed; left -= COMMENT_PACE) {
          outlet.raw(": OPENROUTER PROCESSING\n\n");
          await wait(Math.min(left, COMMENT_PACE));
        }
        break;
      case "pause":
        await wait(step.milliseconds);
        break;
      case "gate":
        await Promise.race([abandoned, stage.pass(step.key)]);
        break;
      case "drop":
        // The bytes written so far must be sent before the socket closes.
        await new Promise((resolve) => response.write(":\n\n", resolve));
        response.destroy();
        return;
      case "hang":
        await abandoned;
        return;
      case "close":
        response.end();
        return;
    }
  }
  if (response.destroyed) return;
  outlet.delta({}, steps.some(({ kind }) => kind === "call") ? "tool_calls" : "stop");
  record.endedAt = stage.now();
  outlet.end(stage.usage(record.deltas));
}

function callTool(step: Step & { kind: "call" }, outlet: Outlet, { memory, nextCallId }: Stage): void {
  const id = nextCallId();
  const call = { index: step.index, id, type: "function", function: { name: step.name, arguments: "" } };
  const signature = step.signed === undefined ? null : secretOf(`signature of ${id}`.padEnd(step.signed));
  memory.call(id, step.name, step.input, signature);
  const extra = signature === null ? {} : { extra_content: { google: { thought_signature: signature } } };
  outlet.delta({ role: "assistant", tool_calls: [{ ...call, ...extra }] });
  for (const piece of step.input.match(/[^]{1,7}/g) ?? []) {
    outlet.delta({ tool_calls: [{ index: step.index, function: { arguments: piece } }] });
  }
}

function streamOf({ record, response }: Stage): Outlet {
  response.socket?.setNoDelay(true);
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache" });
  response.flushHeaders();
  const send = (choices: object[], extra: object = {}) => {
    const chunk = { id: "gen-fake", object: "chat.completion.chunk", created: 0, model: record.body.model, choices };
    response.write(`data: ${JSON.stringify({ ...chunk, ...extra })}\n\n`);
  };
  return {
    delta: (fields, finishReason = null) => send([{ index: 0, delta: fields, finish_reason: finishReason }]),
    raw: (text) => response.write(text),
    end: (usage) => {
      if (usage) send([], { usage });
      response.end("data: [DONE]\n\n");
    },
  };
}

/** Joins the deltas into one message. */
function pieceOf({ record, response }: Stage): Outlet {
  const message: Record<string, unknown> = { role: "assistant", content: null };
  const calls: { id: string; function: { arguments: string } }[] = [];
  const details: ReasoningDetail[] = [];
  let finish: string | null = null;
  return {
    delta: ({ tool_calls, reasoning_details, role: _, ...fields }, finishReason = null) => {
      finish = finishReason ?? finish;
      details.push(...((reasoning_details ?? []) as ReasoningDetail[]));
      for (const { index, ...call } of (tool_calls ?? []) as ({ index: number } & (typeof calls)[number])[]) {
        const known = calls[index];
        if (known) known.function.arguments += call.function.arguments;
        else calls[index] = call;
      }
      for (const [field, value] of Object.entries(fields)) {
        if (value === null || value === "") continue;
        const before = message[field];
        message[field] = typeof value === "string" && typeof before === "string" ? before + value : value;
      }
    },
    raw: () => {},
    end: (usage) => {
      if (calls.length > 0) message.tool_calls = calls;
      if (details.length > 0) message.reasoning_details = merged(details);
      const choices = [{ index: 0, message, finish_reason: finish }];
      const head = { id: "gen-fake", object: "chat.completion", created: 0, model: record.body.model };
      response.writeHead(200, { "content-type": "application/json" });
      response.end(JSON.stringify({ ...head, choices, ...(usage ? { usage } : {}) }));
    },
  };
}
