// Data of a vendor's own that has to come back: what the fake model sent, remembered by the calls it was sent with.

import { dialectOf } from "./dialects.ts";
import { callsOf, turnStart, type ChatMessage, type ChatRequest } from "./request.ts";

export type ReasoningDetail = Record<string, unknown>;

/** What was sent along with the calls of one step. */
interface Sent {
  family: string;
  /** Of each call that was signed. */
  signatures: Map<string, string>;
  details: ReasoningDetail[] | null;
  reasoning: string | null;
}

/** Models of one vendor read each other's data; those of no known vendor read only their own. */
function familyOf(model: string): string {
  return dialectOf(model)?.name ?? model;
}

/** The reasoning of one step as OpenRouter streams it, by deltas; `key` makes it unique. */
export function streamedDetails(model: string, key: string): ReasoningDetail[][] {
  const encrypted = (format: string, index: number): ReasoningDetail => {
    return { type: "reasoning.encrypted", data: secretOf(`encrypted ${key}`), id: `rs_${key}`, format, index };
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

/** The pieces of one index are one detail: its texts are joined, its other fields are those that a piece had. */
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

/** Looks like what vendors send: base64 that says nothing to others. */
export function secretOf(text: string): string {
  return Buffer.from(`fake ${text}`).toString("base64");
}

export class Memory {
  private readonly byCall = new Map<string, Sent>();
  /** Every signature that was sent, with the family that sent it. */
  private readonly families = new Map<string, string>();

  /** Begins the record of one step; what is added to it belongs to the calls that are named. */
  step(model: string): StepMemory {
    const sent: Sent = { family: familyOf(model), signatures: new Map(), details: null, reasoning: null };
    return {
      call: (id) => this.byCall.set(id, sent),
      signed: (signature, call) => {
        this.families.set(signature, sent.family);
        if (call !== null) sent.signatures.set(call, signature);
      },
      details: (pieces) => {
        sent.details = merged([...(sent.details ?? []), ...pieces]);
        for (const detail of sent.details) for (const secret of secretsOf(detail)) this.families.set(secret, sent.family);
      },
      reasoning: (text) => (sent.reasoning = (sent.reasoning ?? "") + text),
    };
  }

  /** What of the data that was sent is missing in the request, or is not for this model, in the vendors' words. */
  fault({ model, messages }: ChatRequest): string | null {
    const family = familyOf(model);
    const start = turnStart(messages);
    for (const [index, message] of messages.entries()) {
      const words = this.foreign(message, index, family) ?? (index > start ? this.missing(message, index, family) : null);
      if (words) return words;
    }
    return null;
  }

  private foreign(message: ChatMessage, index: number, family: string): string | null {
    const signatures = [message, ...callsOf(message)].map((each) => each.extra_content?.google?.thought_signature);
    if (signatures.some((each) => each !== undefined && this.families.get(each) !== family)) {
      return `contents[${index}]: Thought signature is not valid.`;
    }
    const secrets = (message.reasoning_details ?? []).flatMap(secretsOf);
    const isForeign = secrets.some((each) => this.families.get(each) !== family);
    return isForeign ? `messages.${index}.content.0: Invalid \`signature\` in \`thinking\` block` : null;
  }

  private missing(message: ChatMessage, index: number, family: string): string | null {
    const calls = callsOf(message);
    const sent = calls.map(({ id }) => this.byCall.get(id)).find((each) => each !== undefined);
    if (!sent || sent.family !== family) return null;
    for (const [position, call] of calls.entries()) {
      const signature = sent.signatures.get(call.id);
      if (signature !== undefined && call.extra_content?.google?.thought_signature !== signature) {
        return (
          "Function call is missing a thought_signature in functionCall parts. This is required for tools to work correctly, " +
          "and missing thought_signature may lead to degraded model performance. " +
          `Additional data, function call \`default_api:${call.function.name}\` , position ${index + position}.`
        );
      }
    }
    if (sent.details) {
      const words = faultOfDetails(sent.details, message.reasoning_details ?? [], index);
      if (words) return words;
    }
    if (sent.reasoning === null || message.reasoning_content === sent.reasoning) return null;
    return message.reasoning_content === undefined
      ? `Missing \`reasoning_content\` field in the assistant message at message index ${index}. ` +
          "For more information, please refer to https://api-docs.deepseek.com/guides/thinking_mode#tool-calls"
      : "The `reasoning_content` in the thinking mode must be passed back to the API.";
  }
}

export interface StepMemory {
  call: (id: string) => void;
  /** `call` is null for the signature of a text. */
  signed: (signature: string, call: string | null) => void;
  details: (pieces: ReasoningDetail[]) => void;
  reasoning: (text: string) => void;
}

function secretsOf({ signature, data }: ReasoningDetail): string[] {
  return [signature, data].filter((each) => typeof each === "string");
}

function faultOfDetails(sent: ReasoningDetail[], given: ReasoningDetail[], index: number): string | null {
  if (given.length === 0) {
    return (
      `messages.${index}.content.0.type: Expected \`thinking\` or \`redacted_thinking\`, but found \`tool_use\`. ` +
      "When `thinking` is enabled, a final `assistant` message must start with a thinking block " +
      "(preceeding the lastmost set of `tool_use` and `tool_result` blocks)."
    );
  }
  if (given.length === sent.length && given.every((detail, at) => isSame(detail, sent[at]!))) return null;
  // The signature is of the whole text: pieces of it are no better than another text.
  if (given.length !== sent.length || given.some((detail, at) => detail.text !== sent[at]!.text)) {
    return `messages.${index}.content.0: Invalid \`signature\` in \`thinking\` block`;
  }
  return (
    `messages.${index}.content.0: \`thinking\` or \`redacted_thinking\` blocks in the latest assistant message cannot be modified. ` +
    "These blocks must remain as they were in the original response."
  );
}

/** The order of fields does not matter, and a null is a missing one. */
function isSame(one: ReasoningDetail, other: ReasoningDetail): boolean {
  const fields = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...fields].every((field) => JSON.stringify(one[field] ?? null) === JSON.stringify(other[field] ?? null));
}
