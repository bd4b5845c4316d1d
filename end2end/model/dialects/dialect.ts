// What a dialect is: the rules that one vendor holds requests to, and the words in which it refuses them.

import { callsOf, isRecord, partsOf, type ChatMessage, type ChatRequest, type ContentPart } from "../request.ts";

/** What a rule finds wrong with a request whose shape is sound, in the vendor's words; null: nothing. */
export type Rule = (request: ChatRequest) => string | null;

export interface Dialect {
  name: string;
  /** How the names of its models begin. */
  prefix: string;
  /** In the order in which the vendor looks at them. */
  rules: Record<string, Rule>;
  /** The JSON of a refusal. */
  refusal: (words: string) => object;
  /** How a request of too many tokens is refused. */
  overflow: (tokens: number, window: number) => string;
  /** How a model without eyes refuses a picture. */
  noImages: string;
  /** An id as this vendor's models make them; `count` makes it unique. */
  callId: (count: number) => string;
}

/** What `dialect` finds wrong with the request, without the rules called `except`. */
export function fault(dialect: Dialect, request: ChatRequest, except: ReadonlySet<string> = new Set()): string | null {
  for (const [name, rule] of Object.entries(dialect.rules)) {
    if (except.has(name)) continue;
    const words = rule(request);
    if (words) return words;
  }
  return null;
}

/** The first fault that `look` finds in a message. */
export function inMessages(
  look: (message: ChatMessage, index: number, messages: ChatMessage[]) => string | null,
): Rule {
  return ({ messages }) => first(messages, (message, index) => look(message, index, messages));
}

/** The first fault in an item of a list. */
export function first<Item>(items: readonly Item[], look: (item: Item, index: number) => string | null): string | null {
  for (const [index, item] of items.entries()) {
    const words = look(item, index);
    if (words) return words;
  }
  return null;
}

/** Calls and outputs that have no counterpart where it has to be: directly behind the calls. */
export interface Unpaired {
  index: number;
  /** Ids of calls without output, of an assistant's message. */
  unanswered: string[];
  /** The id of an output without call, of a tool's message. */
  orphan: string | null;
}

export function unpaired(messages: ChatMessage[]): Unpaired[] {
  const found: Unpaired[] = [];
  let asked = -1;
  let open: string[] = [];
  const close = () => {
    if (open.length > 0) found.push({ index: asked, unanswered: open, orphan: null });
    open = [];
  };
  for (const [index, message] of messages.entries()) {
    if (message.role === "tool") {
      const id = message.tool_call_id ?? "";
      if (open.includes(id)) open = open.filter((each) => each !== id);
      else found.push({ index, unanswered: [], orphan: id });
      continue;
    }
    close();
    asked = index;
    open = callsOf(message).map(({ id }) => id);
  }
  close();
  return found.sort((one, other) => one.index - other.index);
}

export function imagesOf(message: ChatMessage): ContentPart[] {
  return partsOf(message.content).filter(({ type }) => type === "image_url");
}

/** The media type of a picture that comes as a data URL; null for one that is only linked. */
export function mediaTypeOf(image: ContentPart): string | null {
  return /^data:([^;,]*)/.exec(image.image_url?.url ?? "")?.[1] ?? null;
}

/** Where a schema has a list that does not say what is in it; null: nowhere. */
export function listWithoutItems(schema: unknown, path: string[] = []): string[] | null {
  if (!isRecord(schema)) return null;
  if (schema.type === "array" && schema.items === undefined) return path;
  const properties = isRecord(schema.properties) ? schema.properties : {};
  for (const [name, property] of Object.entries(properties)) {
    const found = listWithoutItems(property, [...path, "properties", name]);
    if (found) return found;
  }
  return listWithoutItems(schema.items, [...path, "items"]);
}

/** How OpenRouter gives back what a vendor refused with. */
export function throughOpenRouter(vendor: string, raw: object): object {
  const metadata = { raw: JSON.stringify(raw), provider_name: vendor };
  return { error: { message: "Provider returned error", code: 400, metadata } };
}
