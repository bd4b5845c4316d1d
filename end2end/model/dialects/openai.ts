// The rules of OpenAI.

import { callsOf, partsOf, textsOf } from "../request.ts";
import { first, imagesOf, inMessages, listWithoutItems, throughOpenRouter, unpaired, type Dialect } from "./dialect.ts";

const ROLES = ["system", "assistant", "user", "function", "tool", "developer"];
const PARTS = ["text", "image_url", "input_audio", "refusal", "audio", "file"];
const LONGEST_ID = 40;
const LONGEST_NAME = 64;
const MOST_TOOLS = 128;

function tooLong(path: string, text: string, most: number): string | null {
  if (text.length <= most) return null;
  return (
    `Invalid '${path}': string too long. Expected a string with maximum length ${most}, ` +
    `but got a string with length ${text.length} instead.`
  );
}

function faultOfName(path: string, name: string): string | null {
  if (name === "") {
    return `Invalid '${path}': empty string. Expected a string with minimum length 1, but got an empty string instead.`;
  }
  if (!/^[a-zA-Z0-9_-]+$/.test(name)) {
    return `Invalid '${path}': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.`;
  }
  return tooLong(path, name, LONGEST_NAME);
}

const emptyList = (path: string) =>
  `Invalid '${path}': empty array. Expected an array with minimum length 1, but got an empty array instead.`;

const supported = (value: string, values: string[]) =>
  `Invalid value: '${value}'. Supported values are: ${values.map((each) => `'${each}'`).join(", ")}.`;

export const openai: Dialect = {
  name: "OpenAI",
  prefix: "openai/",
  rules: {
    roles: inMessages(({ role }) => (ROLES.includes(role) ? null : supported(role, ROLES))),
    parts: inMessages(({ content }) =>
      first(partsOf(content), ({ type }) => (PARTS.includes(type) ? null : supported(type, PARTS))),
    ),
    names: ({ messages, tools }) =>
      first(tools ?? [], (tool, index) => faultOfName(`tools[${index}].function.name`, tool.function.name)) ??
      first(messages, (message, index) =>
        first(callsOf(message), (call, at) =>
          faultOfName(`messages[${index}].tool_calls[${at}].function.name`, call.function.name),
        ),
      ),
    ids: inMessages(
      (message, index) =>
        first(callsOf(message), ({ id }, at) => tooLong(`messages[${index}].tool_calls[${at}].id`, id, LONGEST_ID)) ??
        tooLong(`messages[${index}].tool_call_id`, message.tool_call_id ?? "", LONGEST_ID),
    ),
    tools: ({ tools }) => {
      if (tools?.length === 0) return emptyList("tools");
      if (!tools || tools.length <= MOST_TOOLS) return null;
      return (
        `Invalid 'tools': array too long. Expected an array with maximum length ${MOST_TOOLS}, ` +
        `but got an array with length ${tools.length} instead.`
      );
    },
    schemas: ({ tools }) =>
      first(tools ?? [], ({ function: { name, parameters } }) => {
        const type = (parameters as { type?: unknown } | undefined)?.type;
        if (parameters !== undefined && type !== "object") {
          const given = type === undefined ? "None" : `${JSON.stringify(type)}`;
          return `Invalid schema for function '${name}': schema must be a JSON Schema of 'type: "object"', got 'type: ${given}'.`;
        }
        const path = listWithoutItems(parameters);
        const context = path?.map((step) => `'${step}'`).join(", ");
        return path
          ? `Invalid schema for function '${name}': In context=(${context}), array schema missing items.`
          : null;
      }),
    "options without tools": ({ tools, tool_choice, parallel_tool_calls }) => {
      if (tools) return null;
      if (tool_choice !== undefined) {
        return "Invalid value for 'tool_choice': 'tool_choice' is only allowed when 'tools' are specified.";
      }
      if (parallel_tool_calls === undefined) return null;
      return "Invalid value for 'parallel_tool_calls': 'parallel_tool_calls' is only allowed when 'tools' are specified.";
    },
    "options without stream": ({ stream, stream_options }) =>
      stream_options && !stream ? "The 'stream_options' parameter is only allowed when 'stream' is enabled." : null,
    calls: inMessages(({ tool_calls }, index) =>
      tool_calls?.length === 0 ? emptyList(`messages[${index}].tool_calls`) : null,
    ),
    content: inMessages((message, index) => {
      if (Array.isArray(message.content))
        return message.content.length === 0 ? emptyList(`messages[${index}].content`) : null;
      const mayBeMissing = message.role === "assistant" && callsOf(message).length > 0;
      return textsOf(message).length > 0 || mayBeMissing
        ? null
        : "Invalid value for 'content': expected a string, got null.";
    }),
    images: inMessages((message, index) => {
      if (message.role === "user" || imagesOf(message).length === 0) return null;
      return (
        `Invalid 'messages[${index}]'. Image URLs are only allowed for messages with role 'user', ` +
        `but this message with role '${message.role}' contains an image URL.`
      );
    }),
    answers: ({ messages }) =>
      first(unpaired(messages), ({ unanswered, orphan }) =>
        orphan === null
          ? "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. " +
            `The following tool_call_ids did not have response messages: ${unanswered.join(", ")}`
          : "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.",
      ),
  },
  refusal: (message) =>
    throughOpenRouter("OpenAI", { error: { message, type: "invalid_request_error", param: null, code: null } }),
  overflow: (tokens, window) =>
    `This model's maximum context length is ${window} tokens. However, your messages resulted in ${tokens} tokens. ` +
    "Please reduce the length of the messages.",
  noImages: "No endpoints found that support image input",
  callId: (count) => `call_${String(count).padStart(24, "A")}`,
};
