// The rules of Anthropic, for requests that OpenRouter has converted.

import { callsOf, partsOf, textsOf, type ChatMessage, type ChatRequest } from "../request.ts";
import { first, imagesOf, inMessages, mediaTypeOf, throughOpenRouter, type Dialect } from "./dialect.ts";

const MOST_BREAKPOINTS = 4;
const MEDIA_TYPES = ["image/jpeg", "image/png", "image/gif", "image/webp"];

type Block =
  | { type: "text"; text: string }
  | { type: "image"; mediaType: string | null }
  | { type: "tool_use"; id: string; name: string }
  | { type: "tool_result"; id: string };

interface Turn {
  role: "user" | "assistant";
  blocks: Block[];
}

/** Merges adjacent messages of one role; an output belongs to the user. */
function turnsOf({ messages }: ChatRequest): Turn[] {
  const turns: Turn[] = [];
  for (const message of messages) {
    if (message.role === "system") continue;
    const role = message.role === "assistant" ? "assistant" : "user";
    const last = turns.at(-1);
    const blocks = blocksOf(message);
    if (last?.role === role) last.blocks.push(...blocks);
    else turns.push({ role, blocks });
  }
  return turns;
}

function blocksOf(message: ChatMessage): Block[] {
  if (message.role === "tool") return [{ type: "tool_result", id: message.tool_call_id ?? "" }];
  return [
    ...textsOf(message).map((text): Block => ({ type: "text", text })),
    ...imagesOf(message).map((image): Block => ({ type: "image", mediaType: mediaTypeOf(image) })),
    ...callsOf(message).map((call): Block => ({ type: "tool_use", id: call.id, name: call.function.name })),
  ];
}

/** The first fault in a block; `path` is the vendor's notation for its place. */
function inBlocks(look: (block: Block, path: string) => string | null): (request: ChatRequest) => string | null {
  return (request) =>
    first(turnsOf(request), ({ blocks }, turn) =>
      first(blocks, (block, index) => look(block, `messages.${turn}.content.${index}`)),
    );
}

/** The ids of the outputs at the beginning of a turn: outputs after another block do not count as answers. */
function answeredBy(turn: Turn | undefined): string[] {
  const ids: string[] = [];
  for (const block of turn?.blocks ?? []) {
    if (block.type !== "tool_result") break;
    ids.push(block.id);
  }
  return ids;
}

function usesOf(turn: Turn | undefined): string[] {
  return (turn?.blocks ?? []).flatMap((block) => (block.type === "tool_use" ? [block.id] : []));
}

function breakpoints({ messages, tools }: ChatRequest): number {
  const parts = messages.flatMap(({ content }) => partsOf(content));
  return [...parts, ...(tools ?? [])].filter(({ cache_control }) => cache_control !== undefined).length;
}

export const anthropic: Dialect = {
  name: "Anthropic",
  prefix: "anthropic/",
  rules: {
    names: (request) =>
      first(request.tools ?? [], (tool, index) =>
        /^[a-zA-Z0-9_-]{1,64}$/.test(tool.function.name)
          ? null
          : `tools.${index}.custom.name: String should match pattern '^[a-zA-Z0-9_-]{1,64}$'`,
      ) ??
      inBlocks((block, path) =>
        block.type !== "tool_use" || /^[a-zA-Z0-9_-]{1,64}$/.test(block.name)
          ? null
          : `${path}.tool_use.name: String should match pattern '^[a-zA-Z0-9_-]{1,64}$'`,
      )(request),
    schemas: ({ tools }) =>
      first(tools ?? [], ({ function: { parameters } }, index) => {
        const path = `tools.${index}.custom.input_schema`;
        const schema = parameters ?? {};
        if (!("type" in schema)) return `${path}.type: Field required`;
        const combined = ["oneOf", "allOf", "anyOf"].some((keyword) => keyword in schema);
        return combined ? `${path}: input_schema does not support oneOf, allOf, or anyOf at the top level` : null;
      }),
    ids: inBlocks((block, path) => {
      if (block.type === "tool_use" && !/^[a-zA-Z0-9_-]+$/.test(block.id)) {
        return `${path}.tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'`;
      }
      if (block.type === "tool_result" && !/^[a-zA-Z0-9_-]+$/.test(block.id)) {
        return `${path}.tool_result.tool_use_id: String should match pattern '^[a-zA-Z0-9_-]+$'`;
      }
      return null;
    }),
    "unique ids": (request) => {
      const seen = new Set<string>();
      return inBlocks((block, path) => {
        if (block.type !== "tool_use") return null;
        if (seen.has(block.id)) return `${path.replace(/\.content\.\d+$/, "")}: \`tool_use\` ids must be unique`;
        seen.add(block.id);
        return null;
      })(request);
    },
    texts: inMessages((message) => {
      const where = message.role === "system" ? "system" : "messages";
      return first(textsOf(message), (text) => {
        if (text === "") return `${where}: text content blocks must be non-empty`;
        return text.trim() === "" ? `${where}: text content blocks must contain non-whitespace text` : null;
      });
    }),
    content: (request) =>
      first(turnsOf(request), ({ blocks }, turn) =>
        blocks.length === 0 ? `messages.${turn}: all messages must have non-empty content` : null,
      ),
    "first message": (request) => {
      const [opening] = turnsOf(request);
      if (!opening) return "messages: at least one message is required";
      return opening.role === "user" ? null : 'messages: first message must use the "user" role';
    },
    results: (request) => {
      const turns = turnsOf(request);
      return first(turns, (turn, index) => {
        const unanswered = usesOf(turn).filter((id) => !answeredBy(turns[index + 1]).includes(id));
        if (unanswered.length > 0) {
          return (
            `messages.${index + 1}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ` +
            `${unanswered.join(", ")}. Each \`tool_use\` block must have a corresponding \`tool_result\` block in the next message.`
          );
        }
        const asked = index > 0 ? usesOf(turns[index - 1]) : [];
        return first(turn.blocks, (block, at) => {
          if (block.type !== "tool_result") return null;
          const before = turn.blocks.slice(0, at);
          if (before.some((other) => other.type === "tool_result" && other.id === block.id)) {
            return `messages.${index}.content.${at}: each tool_use must have a single result. Found multiple \`tool_result\` blocks with id: ${block.id}`;
          }
          if (asked.includes(block.id)) return null;
          return (
            `messages.${index}.content.${at}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${block.id}. ` +
            "Each `tool_result` block must have a corresponding `tool_use` block in the previous message."
          );
        });
      });
    },
    images: inBlocks((block, path) => {
      if (block.type !== "image" || block.mediaType === null || MEDIA_TYPES.includes(block.mediaType)) return null;
      return `${path}.image.source.base64.media_type: Input should be 'image/jpeg', 'image/png', 'image/gif' or 'image/webp'`;
    }),
    "cache breakpoints": (request) => {
      const found = breakpoints(request);
      return found > MOST_BREAKPOINTS
        ? `A maximum of ${MOST_BREAKPOINTS} blocks with cache_control may be provided. Found ${found}.`
        : null;
    },
    "last message": (request) => {
      const last = turnsOf(request).at(-1);
      if (last?.role !== "assistant") return null;
      const block = last.blocks.at(-1);
      if (block?.type === "text" && block.text !== block.text.trimEnd()) {
        return "messages: final assistant content cannot end with trailing whitespace";
      }
      return "This model does not support assistant message prefill. The conversation must end with a user message.";
    },
  },
  refusal: (message) =>
    throughOpenRouter("Anthropic", { type: "error", error: { type: "invalid_request_error", message } }),
  overflow: (tokens, window) => `prompt is too long: ${tokens} tokens > ${window} maximum`,
  noImages: "No endpoints found that support image input",
  callId: (count) => `toolu_01${String(count).padStart(22, "A")}`,
};
