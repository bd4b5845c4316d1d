// Behaviour of vendors and local servers beyond plain answers: vendor data, refusals, and unusual streams.

import { dialectOf } from "./dialects.ts";
import {
  afterCall,
  answer,
  behaviourOf,
  calling,
  GREETING,
  numberedWords,
  split,
  spoken,
  type Behaviour,
  type CountOf,
  type Situation,
  type Step,
} from "./script.ts";

/** The reasoning of `think`. */
export const THOUGHT = "First think, then answer.";
export const AFTER_THOUGHT = "The answer is 42.";

/** The text of `half-emoji`. */
export const WITH_EMOJI = "A rocket \u{1f680} and a flag \u{1f3c1}.";

/** The end of `error-event` and `error-chunk`. */
export const MIDSTREAM_ERROR = "The upstream server is overloaded";

/** The reasoning of `reasoning-content-tool` before its call. */
export const REASONING_CONTENT = "A tool knows this.";

/** The size of the encrypted reasoning of `much-reasoned-tool`, in bytes. */
export const MUCH_REASONING = 30_000;

const UNKNOWN_PARAMETER = "Unknown parameter";

/** How often `status-N-…` refuses. */
const REFUSALS: Record<string, number> = { once: 1, twice: 2, always: Infinity };

/** The behaviour called `name` if it is one of these; null for others. */
export function troubleOf(name: string, situation: Situation, countOf: CountOf): Behaviour | null {
  const [verb, rest] = split(name);
  /** The behaviour once nothing refuses any more. */
  const otherwise = (then: string) => behaviourOf(then, situation, countOf);
  const status = /^status-(\d{3})-(once|twice|always)$/.exec(verb);
  if (status) {
    const [retryAfter, then] = split(rest);
    const refused = countOf(`${name}\n${situation.userText}`);
    if (refused >= REFUSALS[status[2]!]!) return otherwise(then);
    return { kind: "refuse", status: Number(status[1]), ...(retryAfter ? { retryAfter } : {}) };
  }
  const steps = /^steps-(\d+)$/.exec(verb);
  if (steps) return inSteps(Number(steps[1]), rest, situation, countOf);
  const overflow = /^overflow-(\d+)$/.exec(verb);
  if (overflow) return tooLong(situation, Number(overflow[1])) ?? otherwise(rest);
  return (
    vendorDataOf(verb, rest, situation) ??
    refusalOf(verb, rest, situation, otherwise) ??
    streamOf(verb, rest, situation, countOf, otherwise)
  );
}

/** `steps-N:NAME` is NAME, which makes N calls before it repeats the outputs; `#` in its input is the number of the call. */
function inSteps(count: number, rest: string, situation: Situation, countOf: CountOf): Behaviour {
  const { calls } = situation;
  const outputs = calls < count ? [] : situation.outputs;
  return behaviourOf(rest.replaceAll("#", String(calls + 1)), { ...situation, outputs }, countOf);
}

/** Behaviour with vendor data. */
function vendorDataOf(verb: string, rest: string, { outputs }: Situation): Behaviour | null {
  const isOver = outputs.length > 0;
  const signature = /^signed-tool(s?)(?:-(\d+))?$/.exec(verb);
  if (signature) {
    if (isOver) return answer([...spoken(afterCall(...outputs)), { kind: "signature" }]);
    const tools = rest.split(",").map((tool): [string, string] => [tool, "{}"]);
    // Of parallel calls only the first one is signed.
    const signed = Number(signature[2] ?? 0);
    const sign = (step: Step): Step => (step.kind === "call" && step.index === 0 ? { ...step, signed } : step);
    return answer(calling(signature[1] ? tools : [split(rest)]).map(sign));
  }
  switch (verb) {
    case "reasoned-tool":
    case "much-reasoned-tool": {
      const bytes = verb === "much-reasoned-tool" ? MUCH_REASONING : 0;
      const says = isOver ? spoken(afterCall(...outputs)) : calling([split(rest)]);
      return answer([{ kind: "reasoning-details", bytes }, ...says]);
    }
    case "reasoning-content-tool": {
      const thought = spoken(REASONING_CONTENT).map((step): Step => ({ ...step, kind: "reasoning-content" }) as Step);
      return answer([...thought, ...(isOver ? spoken(afterCall(...outputs)) : calling([split(rest)]))]);
    }
    default:
      return null;
  }
}

/** Refusals of unsupported features. */
function refusalOf(
  verb: string,
  rest: string,
  situation: Situation,
  otherwise: (then: string) => Behaviour,
): Behaviour | null {
  const dialect = dialectOf(situation.model);
  switch (verb) {
    case "no-images": {
      if (!situation.showsImages) return otherwise(rest);
      // OpenRouter finds no server; a server itself names the missing feature.
      const words = dialect?.noImages ?? "No endpoints found that support image input";
      return { kind: "refuse", status: words.startsWith("No endpoints") ? 404 : 400, words };
    }
    case "unknown-param": {
      const [parameter, then] = split(rest);
      if (!situation.fields.includes(parameter)) return otherwise(then);
      return { kind: "refuse", status: 400, words: `${UNKNOWN_PARAMETER}: '${parameter}'.` };
    }
    default:
      return null;
  }
}

function tooLong({ model, tokens }: Situation, window: number): Behaviour | null {
  if (tokens <= window) return null;
  const words =
    dialectOf(model)?.overflow(tokens, window) ??
    `This model's maximum context length is ${window} tokens. However, you requested about ${tokens} tokens.`;
  return { kind: "refuse", status: 400, words };
}

/** The forms of an answer. */
function streamOf(
  verb: string,
  rest: string,
  { userText }: Situation,
  countOf: CountOf,
  otherwise: (then: string) => Behaviour,
): Behaviour | null {
  const [milliseconds, then] = split(rest);
  const after = (step: Step): Behaviour => {
    const behaviour = otherwise(then);
    return behaviour.kind === "answer" ? { ...behaviour, steps: [step, ...behaviour.steps] } : behaviour;
  };
  const text = (piece: string): Step => ({ kind: "text", text: piece });
  switch (verb) {
    case "slow-first":
      return after({ kind: "comments", milliseconds: Number(milliseconds) });
    case "silent-first":
      return after({ kind: "pause", milliseconds: Number(milliseconds) });
    case "late-head": {
      const behaviour = otherwise(then);
      return behaviour.kind === "answer" ? { ...behaviour, headAfter: Number(milliseconds) } : behaviour;
    }
    case "drop-once":
      return countOf(`${verb}\n${userText}`) === 0 ? { kind: "drop" } : otherwise(rest);
    case "whole-json": {
      const behaviour = otherwise(rest);
      return behaviour.kind === "answer" ? { ...behaviour, whole: true } : behaviour;
    }
    case "think":
      // Both tags are cut.
      return answer(["<thi", "nk>First think, ", "then answer.</", "think>The answer ", "is 42."].map(text));
    case "half-emoji":
      // A character is cut in two; JSON contains its halves as escapes.
      return answer(["A rocket \ud83d", "\ude80 and a flag \ud83c", "\udfc1."].map(text));
    case "error-event":
      return answer([...numberedWords(3), { kind: "raw", text: errorEvent() }, { kind: "close" }]);
    case "error-chunk":
      return answer([...numberedWords(3), { kind: "raw", text: errorChunk() }]);
    case "empty":
      return answer([]);
    case "garbage-after-output":
      return answer([...numberedWords(3), { kind: "raw", text: 'data: {"choices": [{"delta": {"conte\n\n' }]);
    case "greet":
      return answer(spoken(GREETING));
    default:
      return null;
  }
}

function errorEvent(): string {
  return `event: error\ndata: ${JSON.stringify({ error: { message: MIDSTREAM_ERROR, type: "server_error" } })}\n\n`;
}

/** OpenRouter's end of a stream that failed. */
function errorChunk(): string {
  const choices = [{ index: 0, delta: { role: "assistant", content: "" }, finish_reason: "error" }];
  return `data: ${JSON.stringify({ id: "gen-fake", choices, error: { code: 502, message: MIDSTREAM_ERROR } })}\n\n`;
}
