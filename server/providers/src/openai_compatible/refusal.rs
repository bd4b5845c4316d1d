//! Recognises a refusal of an optional part of a request.
//!
//! There is no code for that: servers use their own words. A sentence counts only when it is about something that was
//! sent, so that a refusal for another reason, which may well mention tools or images, is not misread.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::{Trait, vendor_error::VendorError};

/// The statuses of such refusals; local servers report them as internal failures.
const STATUSES: [u16; 5] = [400, 404, 422, 500, 501];

/// Phrases that say that something is unknown.
const UNKNOWN: [&str; 22] = [
    "unknown",
    "unrecognized",
    "unrecognised",
    "unsupported",
    "not support",
    "n't support",
    "not permitted",
    "not allowed",
    "not accept",
    "not implemented",
    "not available",
    "not enabled",
    "not a valid parameter",
    "only allowed",
    "only supported",
    "can only be",
    "no longer supported",
    "extra_forbidden",
    "cannot find field",
    "unexpected keyword",
    "unexpected field",
    "additional properties",
];

/// The maximum distance in bytes between such a phrase and the name of a field.
const NEAR: usize = 100;

/// The same for the field `tools`, a word that occurs in other sentences too.
const NEAR_TOOLS: usize = 30;

/// Fields of a request that every server knows.
const REQUIRED: [&str; 4] = ["model", "messages", "tools", "stream"];

/// Other names of fields.
const ALIASES: [(&str, &[&str]); 3] = [
    (
        "reasoning_effort",
        &["reasoning effort", "reasoning", "thinking"],
    ),
    (
        "reasoning",
        &["reasoning effort", "reasoning_effort", "thinking"],
    ),
    ("stream_options", &["stream options", "include_usage"]),
];

/// Phrases of servers whose model does not support tools, or that were started without them: Ollama, OpenRouter,
/// vLLM, llama.cpp.
const NO_TOOLS: [&str; 10] = [
    "not support tool",
    "n't support tool",
    "support tool use",
    "support tool calling",
    "support function calling",
    "tools are not supported",
    "tool use is not supported",
    "tool calling is not supported",
    "enable-auto-tool-choice",
    "tools param requires",
];

/// Phrases of servers whose model does not accept images.
const NO_IMAGES: [&str; 24] = [
    "support image",
    "support the image",
    "support input image",
    "support vision",
    "support multimodal",
    "images are not supported",
    "image input is not",
    "image inputs are not",
    "image input not supported",
    "image content is not",
    "vision is not",
    "multimodal is not",
    "not a multimodal model",
    "not multimodal",
    "mmproj",
    "at most 0 image",
    "missing data required for image",
    "image_url is only supported",
    "image_url is not",
    "unknown variant `image_url`",
    "unknown part type: image",
    "content type. image_url",
    "unsupported content[].type",
    "only text content",
];

/// Phrases of servers that accept plain text only, where we sent parts.
const NO_PARTS: [&str; 5] = [
    "content must be a string",
    "content should be a string",
    "content should be a valid string",
    "input should be a valid string",
    "expected a string",
];

/// Phrases of servers whose model accepts no other files.
const NO_FILES: [&str; 13] = [
    "support file",
    "support input file",
    "support pdf",
    "support document",
    "files are not supported",
    "file input is not",
    "pdf input is not",
    "document input is not",
    "unknown variant `file`",
    "unknown part type: file",
    "content type 'file'",
    "content type. file",
    "unsupported content[].type",
];

/// Phrases of servers that cannot stream.
const NO_STREAMING: [&str; 10] = [
    "streaming is not",
    "streaming not supported",
    "support streaming",
    "support stream mode",
    "stream is not supported",
    "stream mode is not",
    "'stream' does not support",
    "to stream this model",
    "stream=true is not",
    "stream must be false",
];

/// The optional parts of a request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Sent {
    fields: BTreeSet<String>,
    given_back: BTreeSet<String>,
    cache_control: bool,
    tools: bool,
    images: bool,
    files: bool,
    tool_pictures: bool,
    streams: bool,
}

/// The unsupported feature, if it is why the server refused the request with this body.
pub(super) fn without(status: u16, error: &VendorError, body: &str) -> Option<Trait> {
    if !STATUSES.contains(&status) {
        return None;
    }
    let sent = Sent::of(&serde_json::from_str(body).ok()?);
    let words = sentence(error);
    let says = |any: &[&str]| any.iter().any(|known| words.contains(known));
    let refuses_images = says(&NO_IMAGES) || says(&NO_PARTS);
    if sent.streams && (says(&NO_STREAMING) || (error.param == "stream" && says(&UNKNOWN))) {
        return Some(Trait::Streaming);
    }
    if sent.tool_pictures
        && (says(&NO_PARTS)
            || (words.contains("image") && words.contains("tool") && says(&UNKNOWN)))
    {
        return Some(Trait::ToolPictures);
    }
    if sent.images && refuses_images {
        return Some(Trait::Images);
    }
    if sent.files && (says(&NO_FILES) || says(&NO_PARTS)) {
        return Some(Trait::Files);
    }
    if let Some(field) = sent.field_named(&words, &error.param.to_lowercase()) {
        return Some(field);
    }
    let refuses_tools = says(&NO_TOOLS) || names_tools(&words, &error.param.to_lowercase());
    (sent.tools && refuses_tools).then_some(Trait::Tools)
}

/// Whether the server does not know the field `tools` itself: an error inside a tool is another matter.
fn names_tools(words: &str, param: &str) -> bool {
    if !UNKNOWN.iter().any(|phrase| words.contains(phrase)) {
        return false;
    }
    let is_whole = |(_, end): &(usize, usize)| {
        let after = words.get(*end..).and_then(|after| after.chars().next());
        !after.is_some_and(|after| matches!(after, '[' | '.'))
    };
    let is_near = |(start, end): &(usize, usize)| {
        UNKNOWN
            .iter()
            .flat_map(|phrase| places(words, phrase))
            .any(|(from, to)| from.saturating_sub(*end).max(start.saturating_sub(to)) <= NEAR_TOOLS)
    };
    param == "tools"
        || name_places(words, "tools")
            .iter()
            .filter(|at| is_whole(at))
            .any(is_near)
}

/// The text of an error in lower case, without what it repeats of our request.
fn sentence(error: &VendorError) -> String {
    let words = error.all_words();
    // Pydantic repeats the rejected value, which may be any text.
    let repeats = ["'input':", "\"input\":", "\\\"input\\\":"];
    let cut = repeats.iter().filter_map(|mark| words.find(mark)).min();
    words
        .get(..cut.unwrap_or(words.len()))
        .unwrap_or_default()
        .to_owned()
}

impl Sent {
    fn of(body: &Value) -> Self {
        let mut sent = Self::default();
        for (name, value) in body.as_object().into_iter().flatten() {
            if !REQUIRED.contains(&name.as_str()) {
                sent.fields.insert(name.clone());
            }
            sent.cache_control |= has_cache_control(value);
        }
        sent.tools = body.get("tools").is_some();
        sent.streams = body.get("stream").and_then(Value::as_bool) == Some(true);
        let messages = body.get("messages").and_then(Value::as_array);
        for message in messages.into_iter().flatten() {
            sent.add_message(message);
        }
        sent
    }

    fn add_message(&mut self, message: &Value) {
        let Some(fields) = message.as_object() else {
            return;
        };
        let role = fields.get("role").and_then(Value::as_str);
        let parts = fields.get("content").and_then(Value::as_array);
        for part in parts.into_iter().flatten() {
            match part.get("type").and_then(Value::as_str) {
                Some("image_url") if role == Some("tool") => self.tool_pictures = true,
                Some("image_url") => self.images = true,
                Some("text") | None => {}
                Some(_) => self.files = true,
            }
        }
        if role != Some("assistant") {
            return;
        }
        self.add_given_back(fields, &["role", "content", "tool_calls", "cache_control"]);
        let calls = fields.get("tool_calls").and_then(Value::as_array);
        for call in calls.into_iter().flatten().filter_map(Value::as_object) {
            self.add_given_back(call, &["id", "type", "function", "index"]);
            if let Some(function) = call.get("function").and_then(Value::as_object) {
                self.add_given_back(function, &["name", "arguments"]);
            }
        }
    }

    fn add_given_back(&mut self, fields: &Map<String, Value>, known: &[&str]) {
        let names = fields.keys().filter(|name| !known.contains(&name.as_str()));
        self.given_back.extend(names.cloned());
    }

    /// The field that the server does not know: of those sent, the one nearest to a phrase for that.
    fn field_named(&self, words: &str, param: &str) -> Option<Trait> {
        let unknown: Vec<_> = UNKNOWN
            .iter()
            .flat_map(|phrase| places(words, phrase))
            .collect();
        let is_unknown = !unknown.is_empty();
        let field = |name: &String| (name.clone(), Trait::Field(name.clone()));
        let given_back = |name: &String| (name.clone(), Trait::GivenBack(name.clone()));
        let cache_control = self
            .cache_control
            .then(|| ("cache_control".to_owned(), Trait::CacheControl));
        let candidates: Vec<_> = self
            .given_back
            .iter()
            .map(given_back)
            .chain(cache_control)
            .chain(self.fields.iter().map(field))
            .collect();
        let last_of_param = param.rsplit(['.', '/']).next().unwrap_or_default();
        let is_in_message = param.contains("messages");
        if is_unknown
            && let Some((_, found)) = candidates.iter().find(|(name, without)| {
                name == last_of_param && is_in_message != matches!(without, Trait::Field(_))
            })
        {
            return Some(found.clone());
        }
        let mut nearest: Option<(usize, &Trait)> = None;
        for (name, without) in &candidates {
            for (start, end) in name_places(words, name) {
                // The same name may be a field of the request and one that is sent back: a path distinguishes them.
                let before = words.get(floor(words, start.saturating_sub(60))..start);
                let in_message = before.is_some_and(|before| {
                    before.contains("messages") || before.contains("assistant")
                });
                let both = self.fields.contains(name) && self.given_back.contains(name);
                if both && in_message == matches!(without, Trait::Field(_)) {
                    continue;
                }
                for (from, to) in &unknown {
                    let distance = from.saturating_sub(end).max(start.saturating_sub(*to));
                    if distance <= NEAR && nearest.is_none_or(|(best, _)| distance < best) {
                        nearest = Some((distance, without));
                    }
                }
            }
        }
        nearest.map(|(_, without)| without.clone())
    }
}

/// The nearest character boundary at or before `at`.
fn floor(words: &str, mut at: usize) -> usize {
    while !words.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// The positions where `name`, under any of its names, is a whole word.
fn name_places(words: &str, name: &str) -> Vec<(usize, usize)> {
    let name = name.to_lowercase();
    let aliases = ALIASES.iter().find(|(field, _)| *field == name);
    let one_word = name.replace('_', "");
    let mut names = vec![name.as_str()];
    if one_word != name {
        names.push(&one_word);
    }
    names.extend(aliases.map(|(_, aliases)| *aliases).into_iter().flatten());
    let is_word = |at: char| at.is_alphanumeric() || at == '_';
    names
        .into_iter()
        .flat_map(|name| places(words, name))
        .filter(|(start, end)| {
            let before = words
                .get(..*start)
                .and_then(|before| before.chars().next_back());
            let after = words.get(*end..).and_then(|after| after.chars().next());
            !before.is_some_and(is_word) && !after.is_some_and(is_word)
        })
        .collect()
}

fn places<'a>(words: &'a str, name: &'a str) -> impl Iterator<Item = (usize, usize)> {
    words
        .match_indices(name)
        .map(|(start, name)| (start, start + name.len()))
}

fn has_cache_control(value: &Value) -> bool {
    match value {
        Value::Object(fields) => {
            fields.contains_key("cache_control") || fields.values().any(has_cache_control)
        }
        Value::Array(list) => list.iter().any(has_cache_control),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

#[cfg(test)]
mod tests;
