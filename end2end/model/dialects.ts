// Selects the dialects that check a request: that of its model's vendor, else all of them.

import { anthropic } from "./dialects/anthropic.ts";
import { fault, type Dialect } from "./dialects/dialect.ts";
import { gemini } from "./dialects/gemini.ts";
import { llamaCpp } from "./dialects/llama-cpp.ts";
import { mistral } from "./dialects/mistral.ts";
import { openai } from "./dialects/openai.ts";
import { faultOf, faultOfShape, type ChatRequest } from "./request.ts";

export const DIALECTS: readonly Dialect[] = [openai, anthropic, gemini, mistral, llamaCpp];

/**
 * The rules that are not applied to models of unknown vendors, since another dialect requires the opposite, or since
 * they are about what one model can see. All others are compatible: one request can obey them all.
 */
export const NOT_OF_ALL: ReadonlyMap<Dialect, ReadonlySet<string>> = new Map([
  // Ids are sent back as the model made them, and only Mistral's have nine letters.
  // The fields of Mistral's messages are a closed list, without Gemini's signature, reasoning and cache breakpoints.
  [mistral, new Set(["ids", "fields"])],
  // An image makes the content a list, as does a cache breakpoint.
  [llamaCpp, new Set(["images", "content is a text"])],
  // Anthropic accepts GIF where Gemini does not, and Gemini accepts HEIC.
  [anthropic, new Set(["images"])],
  [gemini, new Set(["images"])],
]);

/** The dialect of the vendor with a model of this name; null for any. */
export function dialectOf(model: string): Dialect | null {
  return DIALECTS.find(({ prefix }) => model.startsWith(prefix)) ?? null;
}

/** The first fault that the servers for this body find, in the words of the first one to refuse; null without a fault. */
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

/** The JSON of a refusal, in the format of this model's vendor. */
export function refusalOf(model: string, words: string, status: number): object {
  const dialect = dialectOf(model);
  if (dialect && status === 400) return dialect.refusal(words);
  return { error: { message: words, code: status, type: "fake_error", param: null } };
}
