// Which dialects a request is held to: that of its model's vendor, else all of them.

import { anthropic } from "./dialects/anthropic.ts";
import { fault, type Dialect } from "./dialects/dialect.ts";
import { gemini } from "./dialects/gemini.ts";
import { llamaCpp } from "./dialects/llama-cpp.ts";
import { mistral } from "./dialects/mistral.ts";
import { openai } from "./dialects/openai.ts";
import { faultOf, faultOfShape, type ChatRequest } from "./request.ts";

export const DIALECTS: readonly Dialect[] = [openai, anthropic, gemini, mistral, llamaCpp];

/**
 * The rules that a model of no known vendor is not held to, since another dialect wants the opposite, or since they are about
 * what one model can see. All others fit together: one request can keep them all.
 */
export const NOT_OF_ALL: ReadonlyMap<Dialect, ReadonlySet<string>> = new Map([
  // Ids go back as the model made them, and only Mistral's have nine letters.
  // Fields of Mistral's messages are a closed list, in which Gemini's signature, reasoning and cache breakpoints are missing.
  [mistral, new Set(["ids", "fields"])],
  // A picture makes the content a list, and so does a cache breakpoint.
  [llamaCpp, new Set(["images", "content is a text"])],
  // Anthropic takes a GIF where Gemini does not, and Gemini takes HEIC.
  [anthropic, new Set(["images"])],
  [gemini, new Set(["images"])],
]);

/** The dialect of the vendor that has a model of this name; null: any. */
export function dialectOf(model: string): Dialect | null {
  return DIALECTS.find(({ prefix }) => model.startsWith(prefix)) ?? null;
}

/** What the servers that this body is for find wrong with it, in the words of the first to refuse; null: nothing. */
export function faultOfRequest(body: unknown): string | null {
  const malformed = faultOfShape(body);
  if (malformed) return malformed;
  const request = body as ChatRequest;
  const dialect = dialectOf(request.model);
  const words = dialect ? fault(dialect, request) : faultForAll(request);
  return words ?? faultOf(request);
}

function faultForAll(request: ChatRequest): string | null {
  for (const dialect of DIALECTS) {
    const words = fault(dialect, request, NOT_OF_ALL.get(dialect));
    if (words) return `${dialect.name}: ${words}`;
  }
  return null;
}

/** The JSON of a refusal, as the vendor of this model writes it. */
export function refusalOf(model: string, words: string, status: number): object {
  const dialect = dialectOf(model);
  if (dialect && status === 400) return dialect.refusal(words);
  return { error: { message: words, code: status, type: "fake_error", param: null } };
}
