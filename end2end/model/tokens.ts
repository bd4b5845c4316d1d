// How many tokens a request has, and how many of them a server has seen before.

import { textOf, type ChatRequest } from "./request.ts";

/** A token of the fake model. */
const BYTES_A_TOKEN = 4;

export function tokensOf(bytes: number): number {
  return Math.ceil(bytes / BYTES_A_TOKEN);
}

/** What a server reads of a request, in the order of its cache: tools first. */
function promptOf({ tools, messages }: ChatRequest): Buffer {
  return Buffer.from(JSON.stringify(tools ?? []) + JSON.stringify(messages));
}

/** Conversations that are remembered; the one that was silent for longest is forgotten. */
const MOST_CONVERSATIONS = 200;

/** Remembers of each conversation the last request. */
export class PromptCache {
  private readonly prompts = new Map<string, Buffer>();

  /** The request's tokens, and those at its beginning that the one before had, too; this one is remembered. */
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

/** A conversation is known by its model and its oldest question. */
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
