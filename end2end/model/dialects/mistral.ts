// The rules of Mistral.

import { callsOf, partsOf, textsOf, type ChatMessage } from "../request.ts";
import { first, inMessages, throughOpenRouter, unpaired, type Dialect } from "./dialect.ts";

const ID = /^[a-zA-Z0-9]{9}$/;

/** The roles that may follow a role. */
const FOLLOWERS: Record<string, string[]> = {
  system: ["user", "assistant", "system"],
  user: ["assistant", "system", "user"],
  assistant: ["assistant", "user", "tool"],
  tool: ["assistant", "tool"],
};

/** The fields that a message of a role may have. */
const FIELDS: Record<string, string[]> = {
  system: ["role", "content"],
  user: ["role", "content"],
  assistant: ["role", "content", "tool_calls", "prefix"],
  tool: ["role", "content", "tool_call_id", "name"],
};

const PART_FIELDS = ["type", "text", "image_url", "document_url", "document_name", "input_audio", "file_id"];
const CALL_FIELDS = ["id", "type", "function", "index"];
const FUNCTION_FIELDS = ["name", "arguments"];

const EXTRA = "Extra inputs are not permitted";

function badId(id: string): string | null {
  return ID.test(id) ? null : `Tool call id was ${id} but must be a-z, A-Z, 0-9, with a length of 9.`;
}

function badName(name: string): string | null {
  if (/^[a-zA-Z0-9_-]{1,64}$/.test(name)) return null;
  return `Function name was ${name} but must be a-z, A-Z, 0-9, or contain underscores and dashes, with a maximum length of 64.`;
}

function extraField(value: object, allowed: string[], path: string): string | null {
  return first(Object.keys(value), (key) => (allowed.includes(key) ? null : `${path}.${key}: ${EXTRA}`));
}

function extraFieldOf(message: ChatMessage, index: number): string | null {
  const path = `body.messages.${index}.${message.role}`;
  return (
    extraField(message, FIELDS[message.role] ?? [], path) ??
    first(partsOf(message.content), (part, at) => extraField(part, PART_FIELDS, `${path}.content.${at}`)) ??
    first(
      callsOf(message),
      (call, at) =>
        extraField(call, CALL_FIELDS, `${path}.tool_calls.${at}`) ??
        extraField(call.function, FUNCTION_FIELDS, `${path}.tool_calls.${at}.function`),
    )
  );
}

/** A malformed request is refused with the place of the fault; a well-formed one with a sentence. */
function raw(words: string): object {
  const path = words.endsWith(`: ${EXTRA}`) ? words.slice(0, -EXTRA.length - 2).split(".") : null;
  const number = words.startsWith("Unexpected role") || words.startsWith("Expected last role") ? "3230" : null;
  if (!path) {
    const type = number ? "invalid_request_message_order" : "invalid_request_error";
    return { object: "error", message: words, type, param: null, code: number };
  }
  const loc = path.map((step) => (/^\d+$/.test(step) ? Number(step) : step));
  const detail = [{ type: "extra_forbidden", loc, msg: EXTRA, input: null }];
  return { object: "error", message: { detail }, type: "invalid_request_error", param: null, code: null };
}

export const mistral: Dialect = {
  name: "Mistral",
  prefix: "mistralai/",
  rules: {
    fields: inMessages(extraFieldOf),
    "last message": ({ messages }) => {
      const role = messages.at(-1)?.role ?? "none";
      if (role === "user" || role === "tool") return null;
      return `Expected last role User or Tool (or Assistant with prefix True) for serving but got ${role}`;
    },
    order: inMessages(({ role }, index, messages) => {
      const before = messages[index - 1]?.role;
      if (before === undefined)
        return role === "tool" ? "Unexpected role 'tool' at the start of the conversation" : null;
      return FOLLOWERS[before]?.includes(role) ? null : `Unexpected role '${role}' after role '${before}'`;
    }),
    responses: ({ messages }) =>
      unpaired(messages).length === 0 ? null : "Not the same number of function calls and responses",
    content: inMessages((message) => {
      const says = textsOf(message).some((text) => text !== "") || partsOf(message.content).length > 0;
      if (says || callsOf(message).length > 0) return null;
      return message.role === "assistant"
        ? "Assistant message must have either content or tool_calls, but not none."
        : `${message.role === "system" ? "System prompt" : "Message"} must have content`;
    }),
    names: ({ messages, tools }) =>
      first(tools ?? [], (tool) => badName(tool.function.name)) ??
      first(messages, (message) => first(callsOf(message), (call) => badName(call.function.name))),
    ids: inMessages(
      (message) =>
        first(callsOf(message), ({ id }) => badId(id)) ??
        (message.role === "tool" ? badId(message.tool_call_id ?? "") : null),
    ),
  },
  refusal: (words) => throughOpenRouter("Mistral", raw(words)),
  overflow: (tokens, window) =>
    `Prompt contains ${tokens} tokens and 0 draft tokens, too large for model with ${window} maximum context length`,
  noImages: "No endpoints found that support image input",
  callId: (count) => String(count).padStart(9, "A"),
};
