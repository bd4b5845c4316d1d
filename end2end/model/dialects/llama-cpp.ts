// The rules of a llama.cpp server whose chat template requires alternating roles.

import { callsOf, partsOf, textsOf } from "../request.ts";
import { first, imagesOf, inMessages, unpaired, type Dialect } from "./dialect.ts";

const NO_IMAGES = "image input is not supported - hint: if this is unexpected, you may need to provide the mmproj";

/** The errors that the template raises; the server itself reports all others. */
const RAISED = /^(Conversation roles|Only user|Message has tool role)/;

function jinja(words: string): string {
  const place = "\n------------\nWhile executing CallExpression at line 19, column 27 in source:\n";
  const source = `...% 2 == 0) -%}↵        {{ raise_exception("${words.slice(0, 40)}...\n`;
  return `${place}${source}${" ".repeat(43)}^\nError: Jinja Exception: ${words}`;
}

export const llamaCpp: Dialect = {
  name: "llama.cpp",
  prefix: "llama-cpp/",
  rules: {
    images: inMessages((message) => (imagesOf(message).length === 0 ? null : NO_IMAGES)),
    "content is a text": inMessages(({ content }) =>
      Array.isArray(content) ? "Only text content is supported by this chat template" : null,
    ),
    content: inMessages((message) => {
      // An image alone counts as content, too.
      const says = textsOf(message).length > 0 || partsOf(message.content).length > 0;
      if (says || callsOf(message).length > 0) return null;
      return message.role === "assistant"
        ? "Assistant message must contain either 'content' or 'tool_calls'!"
        : "All non-assistant messages must contain 'content'";
    }),
    roles: inMessages(({ role }, index) => {
      if (role === "user" || role === "assistant" || role === "tool" || (role === "system" && index === 0)) return null;
      return "Only user and assistant roles are supported, with the exception of an initial optional system message!";
    }),
    alternation: ({ messages }) => {
      // Calls and their outputs belong to the answer that follows them.
      const counted = messages.filter(({ role, tool_calls }, index) => {
        return role !== "tool" && tool_calls === undefined && !(role === "system" && index === 0);
      });
      return first(counted, ({ role }, index) =>
        (role === "user") === (index % 2 === 0)
          ? null
          : "Conversation roles must alternate user/assistant/user/assistant/...",
      );
    },
    outputs: ({ messages }) =>
      first(unpaired(messages), ({ orphan }) =>
        orphan === null ? null : "Message has tool role, but there was no previous assistant message with a tool call!",
      ),
    "last message": ({ messages }) =>
      messages.at(-1)?.role === "assistant" ? "Assistant response prefill is incompatible with enable_thinking." : null,
  },
  refusal: (words) => {
    const overflow = /^request \((\d+) tokens\) exceeds .* \((\d+) tokens\)/.exec(words);
    if (!overflow)
      return {
        error: { code: 400, message: RAISED.test(words) ? jinja(words) : words, type: "invalid_request_error" },
      };
    const counts = { n_prompt_tokens: Number(overflow[1]), n_ctx: Number(overflow[2]) };
    return { error: { code: 400, message: words, type: "exceed_context_size_error", ...counts } };
  },
  overflow: (tokens, window) =>
    `request (${tokens} tokens) exceeds the available context size (${window} tokens), try increasing it`,
  noImages: NO_IMAGES,
  callId: (count) => String(count).padStart(32, "a"),
};
