// Vendor data that must be sent back: what the fake model sent, recorded by the calls it was sent with.

import { dialectOf } from "./dialects.ts";
import { callsOf, isRecord, textOf, turnStart, type ChatMessage, type ChatRequest } from "./request.ts";

export type ReasoningDetail = Record<string, unknown>;

/** The data sent with the calls of one step. */
interface Sent {
  family: string;
  details: ReasoningDetail[] | null;
  reasoning: string | null;
}

interface SentCall {
  step: Sent;
  signature: string | null;
}

/** Models of one vendor accept each other's data; those of unknown vendors accept only their own. */
function familyOf(model: string): string {
  return dialectOf(model)?.name ?? model;
}

/** The reasoning of a step as OpenRouter streams it, in deltas; `key` makes it unique, and `bytes` longer. */
export function streamedDetails(model: string, key: string, bytes = 0): ReasoningDetail[][] {
  const data = secretOf(`encrypted ${key} ${"x".repeat(bytes)}`);
  const encrypted = (format: string, index: number): ReasoningDetail => {
    return { type: "reasoning.encrypted", data, id: `rs_${key}`, format, index };
  };
  const pieces = ["First look, ", "then ", "answer."];
  switch (dialectOf(model)?.name) {
    case "OpenAI": {
      const format = "openai-responses-v1";
      const summaries = pieces.map((summary) => ({ type: "reasoning.summary", summary, format, index: 0 }));
      return [...summaries, encrypted(format, 1)].map((detail) => [detail]);
    }
    case "Gemini": {
      const format = "google-gemini-v1";
      const texts = pieces.map((text) => ({ type: "reasoning.text", text, format, index: 0 }));
      return [...texts, encrypted(format, 1)].map((detail) => [detail]);
    }
    default: {
      const format = "anthropic-claude-v1";
      const texts = pieces.map((text) => ({ type: "reasoning.text", text, format, index: 0 }));
      const signature = { type: "reasoning.text", signature: secretOf(`signature ${key}`), format, index: 0 };
      return [...texts, signature, encrypted(format, 1)].map((detail) => [detail]);
    }
  }
}

/** Joins the pieces of one index into one detail: its texts are concatenated, other fields come from any piece. */
export function merged(pieces: ReasoningDetail[]): ReasoningDetail[] {
  const details: ReasoningDetail[] = [];
  for (const piece of pieces) {
    const known = details.find(({ type, index }) => type === piece.type && index === piece.index);
    if (!known) {
      details.push({ ...piece });
      continue;
    }
    for (const [field, value] of Object.entries(piece)) {
      const grows = field === "text" || field === "summary";
      known[field] = grows && typeof known[field] === "string" ? `${known[field]}${value}` : value;
    }
  }
  return details;
}

/** Resembles vendor data: base64 that is opaque to others. */
export function secretOf(text: string): string {
  return Buffer.from(`fake ${text}`).toString("base64");
}

export class Memory {
  private readonly byId = new Map<string, SentCall>();
  /** An agent may rename calls: then the turn, the tool and the input identify the call. */
  private readonly byShape = new Map<string, SentCall>();
  /** Every signature that was sent, with the family that sent it. */
  private readonly families = new Map<string, string>();

  /** Begins the record of the step that answers this request; added data belongs to the named calls. */
  step(request: ChatRequest): StepMemory {
    const step: Sent = { family: familyOf(request.model), details: null, reasoning: null };
    const turn = turnOf(request);
    return {
      call: (id, name, input, signature) => {
        const call: SentCall = { step, signature };
        this.byId.set(id, call);
        this.byShape.set(shapeOf(turn, name, input), call);
        if (signature !== null) this.families.set(signature, step.family);
      },
      signed: (signature) => this.families.set(signature, step.family),
      details: (pieces) => {
        step.details = merged([...(step.details ?? []), ...pieces]);
        for (const detail of step.details)
          for (const secret of secretsOf(detail)) this.families.set(secret, step.family);
      },
      reasoning: (text) => (step.reasoning = (step.reasoning ?? "") + text),
    };
  }

  /** Data that is missing in the request, or belongs to another model, in the vendors' words. */
  fault(request: ChatRequest): string | null {
    const family = familyOf(request.model);
    const start = turnStart(request.messages);
    const turn = turnOf(request);
    for (const [index, message] of request.messages.entries()) {
      const words =
        this.foreign(message, index, family) ?? (index > start ? this.missing(message, index, family, turn) : null);
      if (words) return words;
    }
    return null;
  }

  private foreign(message: ChatMessage, index: number, family: string): string | null {
    const signatures = [message, ...callsOf(message)].map((each) => each.extra_content?.google?.thought_signature);
    if (signatures.some((each) => each !== undefined && this.families.get(each) !== family)) {
      return `contents[${index}]: Corrupted thought signature.`;
    }
    const secrets = (message.reasoning_details ?? []).flatMap(secretsOf);
    if (secrets.every((each) => this.families.get(each) === family)) return null;
    return family === "Gemini"
      ? "Corrupted thought signature."
      : `messages.${index}.content.0: Invalid \`signature\` in \`thinking\` block`;
  }

  private missing(message: ChatMessage, index: number, family: string, turn: string): string | null {
    let step: Sent | null = null;
    for (const [position, call] of callsOf(message).entries()) {
      const { name, arguments: input } = call.function;
      const sent = this.byId.get(call.id) ?? this.byShape.get(shapeOf(turn, name, input));
      if (!sent || sent.step.family !== family) continue;
      step ??= sent.step;
      if (sent.signature !== null && call.extra_content?.google?.thought_signature !== sent.signature) {
        return unsigned(name, index + position);
      }
    }
    return step ? faultOfStep(step, message, index) : null;
  }
}

function faultOfStep(sent: Sent, message: ChatMessage, index: number): string | null {
  if (sent.details) {
    const words = faultOfDetails(sent, message, index);
    if (words) return words;
  }
  if (sent.reasoning === null || message.reasoning_content === sent.reasoning) return null;
  return message.reasoning_content === undefined
    ? `Missing \`reasoning_content\` field in the assistant message at message index ${index}. ` +
        "For more information, please refer to https://api-docs.deepseek.com/guides/thinking_mode#tool-calls"
    : "The `reasoning_content` in the thinking mode must be passed back to the API.";
}

export interface StepMemory {
  /** Records a call; `signature` is null when it has none. */
  call: (id: string, name: string, input: string, signature: string | null) => void;
  /** Records the signature of a text. */
  signed: (signature: string) => void;
  details: (pieces: ReasoningDetail[]) => void;
  reasoning: (text: string) => void;
}

/** The user text that the turn answers. */
function turnOf({ messages }: ChatRequest): string {
  const question = messages[turnStart(messages)];
  return question ? textOf(question) : "";
}

/** The order of an input's fields does not matter. */
function shapeOf(turn: string, name: string, input: string): string {
  return JSON.stringify([turn, name, sorted(parsed(input))]);
}

function parsed(input: string): unknown {
  try {
    return JSON.parse(input);
  } catch {
    return input;
  }
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isRecord(value)) return value;
  const fields = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(fields.map(([field, each]) => [field, sorted(each)]));
}

function secretsOf({ signature, data }: ReasoningDetail): string[] {
  return [signature, data].filter((each) => typeof each === "string");
}

function faultOfDetails(sent: Sent, message: ChatMessage, index: number): string | null {
  const whole = sent.details ?? [];
  const given = message.reasoning_details ?? [];
  if (given.length === whole.length && given.every((detail, at) => isSame(detail, whole[at]!))) return null;
  const [call] = callsOf(message);
  const path = `messages.${index}.content.0`;
  switch (sent.family) {
    case "Gemini":
      return given.length === 0 && call ? unsigned(call.function.name, index) : "Corrupted thought signature.";
    case "OpenAI":
      return `Item '${call?.id}' of type 'function_call' was provided without its required 'reasoning' item: '${whole.at(-1)?.id}'.`;
    default:
      break;
  }
  if (given.length === 0) {
    return (
      `${path}.type: Expected \`thinking\` or \`redacted_thinking\`, but found \`tool_use\`. ` +
      "When `thinking` is enabled, a final `assistant` message must start with a thinking block " +
      "(preceeding the lastmost set of `tool_use` and `tool_result` blocks)."
    );
  }
  // The signature covers the whole text: a part of it counts as another text.
  if (given.length !== whole.length || given.some((detail, at) => detail.text !== whole[at]!.text)) {
    return `${path}: Invalid \`signature\` in \`thinking\` block`;
  }
  return (
    `${path}: \`thinking\` or \`redacted_thinking\` blocks in the latest assistant message cannot be modified. ` +
    "These blocks must remain as they were in the original response."
  );
}

function unsigned(name: string, position: number): string {
  return (
    "Function call is missing a thought_signature in functionCall parts. This is required for tools to work correctly, " +
    "and missing thought_signature may lead to degraded model performance. " +
    `Additional data, function call \`default_api:${name}\` , position ${position}.`
  );
}

/** The order of fields does not matter, and null counts as missing. */
function isSame(one: ReasoningDetail, other: ReasoningDetail): boolean {
  const fields = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...fields].every((field) => JSON.stringify(one[field] ?? null) === JSON.stringify(other[field] ?? null));
}
