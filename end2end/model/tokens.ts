// Counts the tokens of a request, and how many of them are cached.

import { textOf, type ChatRequest } from "./request.ts";

/** The size of a token of the fake model. */
const BYTES_A_TOKEN = 4;

export function tokensOf(bytes: number): number {
  return Math.ceil(bytes / BYTES_A_TOKEN);
}

/** The text of a request in the order of the cache: tools first. */
function promptOf({ tools, messages }: ChatRequest): Buffer {
  return Buffer.from(JSON.stringify(tools ?? []) + JSON.stringify(messages));
}

/** The maximum number of remembered conversations; the one idle for longest is dropped. */
const MOST_CONVERSATIONS = 200;

/** Remembers the last request of each conversation. */
export class PromptCache {
  private readonly prompts = new Map<string, Buffer>();

  /** The number of the request's tokens, and of those that its beginning shares with the previous one; stores this request. */
  read(request: ChatRequest): { prompt: number; cached: number } {
    const prompt = promptOf(request);
    const conversation = conversationOf(request);
    const before = this.prompts.get(conversation);
    this.prompts.delete(conversation);
    this.prompts.set(conversation, prompt);
    const [oldest] = this.prompts.keys();
    if (this.prompts.size > MOST_CONVERSATIONS && oldest !== undefined) this.prompts.delete(oldest);
    const cached = before ? Math.floor(commonBytes(before, prompt) / BYTES_A_TOKEN) : 0;
    return { prompt: tokensOf(prompt.length), cached };
  }
}

/** A conversation is identified by its model and its first question. */
function conversationOf({ model, messages }: ChatRequest): string {
  const opening = messages.find(({ role }) => role === "user");
  return `${model}\n${opening ? textOf(opening) : ""}`;
}

function commonBytes(one: Buffer, other: Buffer): number {
  const length = Math.min(one.length, other.length);
  let at = 0;
  while (at < length && one[at] === other[at]) at++;
  return at;
}
