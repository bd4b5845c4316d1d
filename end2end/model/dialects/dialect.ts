// A dialect: the rules of one vendor for requests, and the texts of its refusals.

import { callsOf, isRecord, partsOf, type ChatMessage, type ChatRequest, type ContentPart } from "../request.ts";

/** The fault that a rule finds in a well-formed request, in the vendor's words; null without a fault. */
export type Rule = (request: ChatRequest) => string | null;

export interface Dialect {
  name: string;
  /** The prefix of its models' names. */
  prefix: string;
  /** The rules, in the order in which the vendor checks them. */
  rules: Record<string, Rule>;
  /** The JSON of a refusal. */
  refusal: (words: string) => object;
  /** The refusal of a request with too many tokens. */
  overflow: (tokens: number, window: number) => string;
  /** The refusal of an image by a model that cannot see. */
  noImages: string;
  /** An id in the format of this vendor's models; `count` makes it unique. */
  callId: (count: number) => string;
}

/** The fault that `dialect` finds in the request, without the rules named in `except`. */
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

/** Calls and outputs without a counterpart directly after the calls. */
export interface Unpaired {
  index: number;
  /** The ids of an assistant message's calls without output. */
  unanswered: string[];
  /** The id of a tool message's output without call. */
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

/** The media type of an image in a data URL; null for a linked one. */
export function mediaTypeOf(image: ContentPart): string | null {
  return /^data:([^;,]*)/.exec(image.image_url?.url ?? "")?.[1] ?? null;
}

/** The path of a list in a schema whose items are not described; null without one. */
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

/** The form in which OpenRouter passes on a vendor's refusal. */
export function throughOpenRouter(vendor: string, raw: object): object {
  const metadata = { raw: JSON.stringify(raw), provider_name: vendor };
  return { error: { message: "Provider returned error", code: 400, metadata } };
}
