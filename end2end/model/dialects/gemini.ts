// The rules of Gemini. Its signatures are checked where they are recorded (see opaque.ts).

import { callsOf, textsOf } from "../request.ts";
import {
  first,
  imagesOf,
  inMessages,
  listWithoutItems,
  mediaTypeOf,
  throughOpenRouter,
  unpaired,
  type Dialect,
} from "./dialect.ts";

const MEDIA_TYPES = ["image/png", "image/jpeg", "image/webp", "image/heic", "image/heif"];

/** Begins with a letter or underscore, where others also accept a digit or dash. */
const NAME = /^[a-zA-Z_][a-zA-Z0-9_.-]{0,63}$/;

const BAD_NAME =
  "Invalid function name. Must start with a letter or an underscore. Must be alphanumeric (a-z, A-Z, 0-9), " +
  "underscores (_), dots (.) or dashes (-), with a maximum length of 64.";

export const gemini: Dialect = {
  name: "Gemini",
  prefix: "google/",
  rules: {
    names: ({ messages, tools }) =>
      first(tools ?? [], ({ function: { name } }, index) =>
        NAME.test(name) ? null : `GenerateContentRequest.tools[0].function_declarations[${index}].name: ${BAD_NAME}`,
      ) ??
      first(messages, (message, index) =>
        first(callsOf(message), ({ function: { name } }, at) => {
          const path = `GenerateContentRequest.contents[${index}].parts[${at}].function_call.name`;
          if (name === "") return `${path}: Name cannot be empty.`;
          return NAME.test(name) ? null : `${path}: ${BAD_NAME}`;
        }),
      ),
    schemas: ({ tools }) =>
      first(tools ?? [], ({ function: { parameters } }, index) => {
        const steps = listWithoutItems(parameters);
        if (!steps) return null;
        const path = steps.map((step, at) => (steps[at - 1] === "properties" ? `[${step}]` : `.${step}`)).join("");
        return `GenerateContentRequest.tools[0].function_declarations[${index}].parameters${path}.items: missing field.`;
      }),
    contents: ({ messages }) => {
      const contents = messages.filter(({ role }) => role !== "system");
      if (contents.length === 0) return "GenerateContentRequest.contents: contents is not specified";
      return first(contents, (message, index) => {
        const says = textsOf(message).some((text) => text !== "") || imagesOf(message).length > 0;
        return says || callsOf(message).length > 0 || message.role === "tool"
          ? null
          : `GenerateContentRequest.contents[${index}].parts: contents.parts must not be empty.`;
      });
    },
    "call turns": inMessages((message, index, messages) => {
      if (callsOf(message).length === 0) return null;
      const before = messages[index - 1]?.role;
      return before === "user" || before === "tool"
        ? null
        : "Please ensure that function call turn comes immediately after a user turn or after a function response turn.";
    }),
    responses: ({ messages }) =>
      first(messages, (message, index) => {
        const calls = callsOf(message).length;
        if (calls === 0) return null;
        const behind = messages.slice(index + 1);
        const end = behind.findIndex(({ role }) => role !== "tool");
        return (end < 0 ? behind.length : end) === calls
          ? null
          : "Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.";
      }) ??
      first(unpaired(messages), ({ orphan }) =>
        orphan === null
          ? null
          : "Please ensure that function response turn comes immediately after a function call turn.",
      ),
    images: inMessages((message) =>
      first(imagesOf(message), (image) => {
        const type = mediaTypeOf(image);
        return type === null || MEDIA_TYPES.includes(type) ? null : `Unsupported MIME type: ${type}`;
      }),
    ),
    "last message": ({ messages }) =>
      messages.at(-1)?.role === "assistant"
        ? "Please ensure that single turn requests end with a user role or the model role."
        : null,
  },
  refusal: (message) =>
    throughOpenRouter("Google AI Studio", { error: { code: 400, message, status: "INVALID_ARGUMENT" } }),
  overflow: (tokens, window) =>
    `The input token count (${tokens}) exceeds the maximum number of tokens allowed (${window}).`,
  noImages: "No endpoints found that support image input",
  callId: (count) => `tool_0_call_${count}`,
};
