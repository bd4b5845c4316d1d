//! Makes every request legal: [`make_legal`] runs after the messages are built and before they are encoded.
//!
//! [`RULES`] lists what vendors refuse: each rule is a small function, with the vendor that requires it and its error
//! text. A request obeys the rules of all vendors at once, since the vendor behind a router is unknown. Where vendors
//! contradict each other, the model's name decides: see [`Family`].
//!
//! As far as possible, a rule looks only at a message and those before it, so that the next request begins with the
//! same text: vendors charge less for a beginning that they know.
//!
//! - `tools`: schemas. `calls`: calls and their outputs, and `names` of tools. `files`: images and other files.
//! - `texts`: blank texts. `roles`: the order of roles.
//! - `target`: the recipient of the request.

mod calls;
mod files;
mod names;
mod roles;
mod target;
mod texts;
mod tools;

use common::id::MessageId;

pub use self::{
    files::{MOST_FILES_BYTES, MOST_PICTURE_BYTES, megabytes},
    target::{Family, ModelAbilities, Target},
};
use super::ModelRequest;

/// Content that the model does not get, which the user should know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// The message of the transcript that contains it.
    pub origin: Option<MessageId>,
    /// What was omitted and why, as a sentence for the user.
    pub what: String,
}

/// A rule for requests.
#[derive(Debug)]
pub struct Rule {
    /// What holds after the rule was applied.
    pub name: &'static str,
    /// The vendors that require it, with their error texts.
    pub why: &'static str,
    /// Applies the rule.
    pub apply: fn(&mut ModelRequest, &Target<'_>, &mut Vec<LeftOut>),
}

/// All rules, in the order in which they are applied.
pub const RULES: &[Rule] = &[
    Rule {
        name: "tools have legal names, each its own, and take an object",
        why: "OpenAI: \"Invalid schema for function: schema must be a JSON Schema of 'type: \"object\"'\", \"array schema \
              missing items\", at most 128 tools; Mistral, Anthropic: names of 1 to 64 letters, digits, `_` and `-`; Gemini: \
              names begin with a letter or `_`",
        apply: tools::legal_schemas,
    },
    Rule {
        name: "every call has one output, directly behind it, in the order of the calls",
        why: "Anthropic: \"`tool_use` ids were found without `tool_result` blocks immediately after\"; OpenAI: \"messages \
              with role 'tool' must be a response to a preceeding message with 'tool_calls'\"; Gemini: as many responses as \
              calls",
        apply: calls::pair,
    },
    Rule {
        name: "ids of calls are legal, each its own",
        why: "Mistral: \"Tool call id must be a-z, A-Z, 0-9, with a length of 9\", which is legal everywhere; Anthropic: \
              \"`tool_use` ids must be unique\"; OpenAI: 40 characters. A vendor's own id goes back to its model: Kimi and \
              routers that keep data in it read it",
        apply: calls::legal_ids,
    },
    Rule {
        name: "names of calls are legal",
        why: "OpenAI, Anthropic: \"String should match pattern '^[a-zA-Z0-9_-]{1,64}$'\"; Gemini: \"Must start with a letter \
              or an underscore\"",
        apply: calls::legal_names,
    },
    Rule {
        name: "arguments are a JSON object",
        why: "Anthropic: \"Input should be a valid dictionary\"; llama.cpp, Mistral and vLLM parse them for their templates",
        apply: calls::legal_arguments,
    },
    Rule {
        name: "calls of DeepSeek and Kimi come with reasoning",
        why: "Kimi: \"thinking is enabled but reasoning_content is missing in assistant tool call message\"; DeepSeek: \
              \"Missing `reasoning_content` field in the assistant message\". Steps of other models have none",
        apply: calls::reasoning_beside_calls,
    },
    Rule {
        name: "without tools there are no calls: they become text",
        why: "Anthropic: \"Requests which include `tool_use` or `tool_result` blocks must define tools\"; templates without \
              tools drop or refuse calls",
        apply: calls::as_text_without_tools,
    },
    Rule {
        name: "files are what the model takes",
        why: "OpenAI: \"Image URLs are only allowed for messages with role 'user'\"; Anthropic: jpeg, png, gif and webp, 5 MB \
              of base64; Gemini: \"Unsupported MIME type: image/gif\"; OpenRouter: \"No endpoints found that support image \
              input\"; llama.cpp: \"image input is not supported\"; Bedrock: a document comes with words",
        apply: files::legal_files,
    },
    Rule {
        name: "there is one system message, the first",
        why: "llama.cpp: \"Only user and assistant roles are supported, with the exception of an initial optional system \
              message!\"; Mistral: no system message behind an assistant's. A later one becomes the user's: merged into the \
              first, it would change how the request begins",
        apply: roles::one_system_message,
    },
    Rule {
        name: "no text is blank",
        why: "Anthropic: \"text content blocks must contain non-whitespace text\"; Gemini: \"contents.parts must not be empty\"",
        apply: texts::no_blanks,
    },
    Rule {
        name: "the first message is the user's",
        why: "Anthropic: \"first message must use the \"user\" role\"; Gemini: calls come behind a user turn; llama.cpp",
        apply: roles::user_first,
    },
    Rule {
        name: "no user message directly behind an output",
        why: "Mistral: \"Unexpected role 'user' after role 'tool'\"; llama.cpp: an answer that ends with calls is none",
        apply: roles::no_user_behind_output,
    },
    Rule {
        name: "user and assistant alternate",
        why: "llama.cpp: \"Conversation roles must alternate user/assistant/user/assistant/...\"; Gemini: \"function call \
              turn comes immediately after a user turn or after a function response turn\"",
        apply: roles::alternate,
    },
    Rule {
        name: "the last message is the user's or an output",
        why: "Mistral: \"Expected last role User or Tool\"; Anthropic: \"This model does not support assistant message \
              prefill\"; llama.cpp: \"Assistant response prefill is incompatible with enable_thinking\"",
        apply: roles::user_last,
    },
];

/// Makes a request legal for its target, and reports what the model does not get.
#[must_use]
pub fn make_legal(mut request: ModelRequest, target: &Target<'_>) -> (ModelRequest, Vec<LeftOut>) {
    let mut left_out = Vec::new();
    for rule in RULES {
        (rule.apply)(&mut request, target, &mut left_out);
    }
    (request, left_out)
}
