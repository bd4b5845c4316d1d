// The answers of the fake model: scripts of steps, chosen by name.

import { faultOfOutputs, recording } from "./recording.ts";
import { troubleOf } from "./trouble.ts";

/** One step of a streamed answer. */
export type Step =
  | { kind: "text"; text: string }
  | { kind: "reasoning"; text: string }
  /** DeepSeek's reasoning, which must be sent back beside the calls of its step. */
  | { kind: "reasoning-content"; text: string }
  /** OpenRouter's reasoning of a step, in pieces, with this many additional encrypted bytes; it must be sent back whole. */
  | { kind: "reasoning-details"; bytes: number }
  /** A signed call must be sent back with Gemini's signature, which has at least this many characters. */
  | { kind: "call"; index: number; name: string; input: string; signed?: number }
  /** The signature of the text before it. */
  | { kind: "signature" }
  /** Raw bytes of the stream. */
  | { kind: "raw"; text: string }
  /** Keeps the stream alive without a token, for this long. */
  | { kind: "comments"; milliseconds: number }
  | { kind: "pause"; milliseconds: number }
  | { kind: "gate"; key: string }
  | { kind: "drop" }
  | { kind: "hang" }
  /** Ends the answer without a finish reason and without `[DONE]`. */
  | { kind: "close" };

/** The response to a request. */
export type Behaviour =
  | {
      kind: "answer";
      steps: Step[];
      tellUsage: boolean;
      /** Sends one JSON object, whatever was requested. */
      whole?: boolean;
      /** Milliseconds until the head of the response. */
      headAfter?: number;
    }
  | { kind: "refuse"; status: number; words?: string; retryAfter?: string }
  /** Drops the connection before an answer. */
  | { kind: "drop" }
  /** Refuses the request because of a fault. */
  | { kind: "fault"; words: string };

/** The text of `tool` and `tools` before their calls. */
export const BEFORE_CALL = "Let me look. ";

/** Their text after the calls have outputs. */
export function afterCall(...outputs: string[]): string {
  return `The tools said: ${outputs.join(" and ")}`;
}

/** The relevant facts about a request. */
export interface Situation {
  /** The message to answer. */
  userText: string;
  /** The number of tool calls since. */
  calls: number;
  /** Their outputs. */
  outputs: string[];
  /** The outputs of the last step. */
  lastOutputs: string[];
  /** Whether the request offers tools. */
  offersTools: boolean;
  model: string;
  /** The tokens of the whole request. */
  tokens: number;
  showsImages: boolean;
  /** The names of the request's fields. */
  fields: string[];
}

/** Returns how often a key was requested before, and counts this time. */
export type CountOf = (key: string) => number;

export const GREETING = "Hello from the fake model.";

/** The whole text of `words-COUNT-MS`, and of every behaviour that uses numbered words. */
export function words(count: number, first = 0): string {
  return Array.from({ length: count }, (_, index) => `word${first + index} `).join("");
}

/** Milliseconds between the words of `gate-BEFORE-AFTER` before its gate. */
const GATED_PACE = 5;

export const MARKDOWN = `# Reversing a list

A list is reversed **in place** with one call, and the *original order* is lost.

\`\`\`rust
fn main() {
    let mut numbers = vec![1, 2, 3];
    numbers.reverse();
    println!("{numbers:?}"); // a line that is long enough to need its own scroll bar on a narrow screen
}
\`\`\`

| method | allocates | keeps the original |
| --- | --- | --- |
| \`reverse\` | no | no |
| \`iter().rev()\` | no | yes |

1. Prefer \`iter().rev()\` when you only read.
2. Use \`reverse\` when you own the list.

- [The book](https://doc.rust-lang.org/book/) explains ownership.
- averylongwordwithoutanyspacethatmustnotmakethepagewiderthanthescreenofasmallphone
`;

export function numberedWords(count: number, first = 0, pause = 0): Step[] {
  return Array.from({ length: count }, (_, index): Step[] => {
    const word: Step = { kind: "text", text: words(1, first + index) };
    return pause > 0 ? [{ kind: "pause", milliseconds: pause }, word] : [word];
  }).flat();
}

/**
 * `count` words, a step each, every `pause` milliseconds: paragraphs of prose with some marks, or one block of code with
 * lines of ten words.
 */
function longAnswer(code: boolean, count: number, pause: number): Step[] {
  const [perLine, lineEnd] = code ? [10, "\n"] : [60, "\n\n"];
  const steps = Array.from({ length: count }, (_, index): Step[] => {
    const marked = !code && index % 20 === 7 ? `**word${index}** ` : words(1, index);
    const text = index % perLine === perLine - 1 ? marked.trimEnd() + lineEnd : marked;
    return [{ kind: "pause", milliseconds: pause }, { kind: "text", text }];
  }).flat();
  return code ? [{ kind: "text", text: "```rust\n" }, ...steps, { kind: "text", text: "\n```\n" }] : steps;
}

/** One step per word, with the space that follows it. */
export function spoken(text: string): Step[] {
  return (text.match(/\S+\s*|\s+/g) ?? []).map((word) => ({ kind: "text", text: word }));
}

export function calling(calls: [name: string, input: string][]): Step[] {
  const steps = calls.map(([name, input], index): Step => ({ kind: "call", index, name, input: input || "{}" }));
  return [...spoken(BEFORE_CALL), ...steps];
}

export function answer(steps: Step[], tellUsage = false): Behaviour & { kind: "answer" } {
  return { kind: "answer", steps, tellUsage };
}

/**
 * The behaviour called `name`; an unknown name greets, so that any model name works.
 */
export function behaviourOf(name: string, situation: Situation, countOf: CountOf): Behaviour {
  const { userText, calls, outputs, lastOutputs, offersTools } = situation;
  const [verb, rest] = split(name);
  const refusal = /^error-(\d{3})$/.exec(verb);
  if (refusal) return { kind: "refuse", status: Number(refusal[1]) };
  const firstRefusal = /^error-once-(\d{3})$/.exec(verb);
  if (firstRefusal) {
    return countOf(name) === 0 ? { kind: "refuse", status: Number(firstRefusal[1]) } : answer(spoken(GREETING));
  }
  const paced = /^words-(\d+)-(\d+)$/.exec(verb);
  if (paced) return answer(numberedWords(Number(paced[1]), 0, Number(paced[2])));
  const long = /^long-(prose|code)-(\d+)-(\d+)$/.exec(verb);
  if (long) return answer(longAnswer(long[1] === "code", Number(long[2]), Number(long[3])));
  const gated = /^gate-(\d+)-(\d+)$/.exec(verb);
  if (gated) {
    const [before, after] = [Number(gated[1]), Number(gated[2])];
    return answer([...numberedWords(before, 0, GATED_PACE), { kind: "gate", key: rest }, ...numberedWords(after, before)]);
  }
  switch (verb) {
    case "gate":
      return answer([...numberedWords(3), { kind: "gate", key: rest }, ...numberedWords(3, 3)]);
    case "code": {
      const [before, after] = [numberedWords(3), numberedWords(3, 3)];
      return answer([{ kind: "text", text: "```\n" }, ...before, { kind: "gate", key: rest }, ...after, { kind: "text", text: "\n```\n" }]);
    }
    case "listed": {
      // Code in a list is read again with each word that comes into the list.
      const items = [2, 3, 4].map((item): Step => ({ kind: "text", text: `- item ${item}\n` }));
      const code = "- Code:\n\n  ```rust\n  let a = 1;\n  let b = 2;\n  ```\n\n- ";
      return answer([{ kind: "text", text: code }, ...numberedWords(60, 0, 25), { kind: "gate", key: rest }, { kind: "text", text: "\n" }, ...items]);
    }
    case "drop-midstream":
      return answer([...numberedWords(3), { kind: "drop" }, ...numberedWords(3, 3)]);
    case "tool":
      return outputs.length > 0 ? answer(spoken(afterCall(...outputs))) : answer(calling([split(rest)]));
    case "tools":
      if (outputs.length > 0) return answer(spoken(afterCall(...outputs)));
      return answer(calling(rest.split(",").map((tool) => [tool, "{}"])));
    case "recorded": {
      const [recorded, key] = split(rest);
      const step = recording(recorded, key)[calls];
      const fault = step ? faultOfOutputs(step, lastOutputs) : "it has no such step";
      if (fault) return { kind: "fault", words: `step ${calls} of the recording ${recorded}: ${fault}` };
      return answer(step!.says);
    }
    case "hang":
      return answer([{ kind: "hang" }]);
    case "reasoning":
      return answer([
        ...["First ", "think, ", "then answer."].map((text): Step => ({ kind: "reasoning", text })),
        ...spoken("The answer is 42."),
      ]);
    case "no-tools":
      if (offersTools) return { kind: "refuse", status: 400, words: "this model does not support tools" };
      return answer(spoken(GREETING));
    case "usage":
      return answer(numberedWords(5), true);
    case "markdown":
      return answer(spoken(MARKDOWN));
    case "echo":
      return answer(spoken(`You said: ${userText}`));
    default:
      return troubleOf(name, situation, countOf) ?? answer(spoken(GREETING));
  }
}

/** Splits `gate:KEY` into the verb `gate` and the rest `KEY`. */
export function split(name: string): [verb: string, rest: string] {
  const colon = name.indexOf(":");
  return colon < 0 ? [name, ""] : [name.slice(0, colon), name.slice(colon + 1)];
}

/**
 * The remaining steps after `delivered`, or null when the script never says that text. Steps before the cut are not
 * repeated; a gate at the cut still holds.
 */
export function continuationOf(steps: Step[], delivered: string): Step[] | null {
  let left = delivered;
  let index = 0;
  for (; left !== "" && index < steps.length; index++) {
    const step = steps[index]!;
    if (step.kind !== "text") continue;
    if (left.startsWith(step.text)) {
      left = left.slice(step.text.length);
    } else if (step.text.startsWith(left)) {
      const remainder: Step = { kind: "text", text: step.text.slice(left.length) };
      return [remainder, ...steps.slice(index + 1)];
    } else {
      return null;
    }
  }
  if (left !== "") return null;
  const remaining = steps.slice(index);
  return remaining[0]?.kind === "drop" ? remaining.slice(1) : remaining;
}
