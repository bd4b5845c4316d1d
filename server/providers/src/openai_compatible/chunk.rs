//! One chunk of the vendors' JSON, as forgiving as their differences ask for.
//!
//! A known field of an unexpected type counts as missing, so that an odd extra does not cost the text beside it. What
//! is not known, in a message, a call or a call's function, is kept: the vendor may want it back.
//!
//! Texts may hold halves of characters, see [`common::json::parse_keeping_halves`].

use serde_json::{Map, Value};

use super::vendor_error::VendorError;
use crate::Usage;

/// Fields that hold plain reasoning, by how often they are met.
const REASONING_FIELDS: [&str; 4] = [
    "reasoning",
    "reasoning_content",
    "reasoning_text",
    "thinking",
];

/// Known fields of a message that nobody wants back.
const KNOWN_FIELDS: [&str; 10] = [
    "role",
    "content",
    "refusal",
    "reasoning",
    "reasoning_content",
    "reasoning_text",
    "thinking",
    "tool_calls",
    "function_call",
    "audio",
];

/// One event's data.
#[derive(Debug, Default)]
pub(super) struct Chunk {
    /// The vendor's id of the answer.
    pub(super) id: String,
    /// What grew. More than one, when the server spreads the one answer over several.
    pub(super) choices: Vec<Choice>,
    pub(super) usage: Option<Usage>,
    pub(super) error: Option<VendorError>,
    /// It calls itself a whole answer.
    pub(super) is_completion: bool,
}

/// What the data of an event is.
#[derive(Debug)]
pub(super) enum Read {
    /// A chunk.
    Chunk(Box<Chunk>),
    /// Nothing that a chunk is made of, but nothing broken either: an extension, or nothing at all.
    Other,
    /// It cannot be a part of an answer.
    Unreadable,
}

/// A part of the answer.
#[derive(Debug, Default)]
pub(super) struct Choice {
    pub(super) delta: Delta,
    /// It holds the whole message, not what grew.
    pub(super) is_whole: bool,
    pub(super) finish_reason: String,
}

/// What grew.
#[derive(Debug, Default)]
pub(super) struct Delta {
    /// The words for the user: the answer, or the refusal to give one.
    pub(super) text: String,
    pub(super) reasoning: Reasoning,
    pub(super) tool_calls: Vec<ToolCallDelta>,
    /// The fields that are not known.
    pub(super) rest: Map<String, Value>,
}

/// A delta's reasoning. Vendors mirror the same words into several fields.
#[derive(Debug, Default)]
pub(super) struct Reasoning {
    /// The words in a plain field, and its name.
    pub(super) plain: Option<(&'static str, String)>,
    /// The words of the parts of the content that are reasoning.
    pub(super) parts: String,
    /// The words of OpenRouter's `reasoning_details`: texts or summaries; encrypted details have neither.
    pub(super) details: String,
}

/// A piece of a tool call.
#[derive(Debug, Default)]
pub(super) struct ToolCallDelta {
    pub(super) index: Option<u64>,
    pub(super) id: String,
    pub(super) name: String,
    pub(super) arguments: String,
    /// The fields of the call that are not known.
    pub(super) rest: Map<String, Value>,
    /// The fields of its function that are not known.
    pub(super) function_rest: Map<String, Value>,
}

impl Read {
    /// Reads one event's data.
    pub(super) fn of(data: Value) -> Self {
        let Value::Object(mut fields) = data else {
            return match data {
                Value::Null => Self::Other,
                Value::Bool(_)
                | Value::Number(_)
                | Value::String(_)
                | Value::Array(_)
                | Value::Object(_) => Self::Unreadable,
            };
        };
        let usage = fields.get("usage").and_then(usage);
        let choices = match fields.remove("choices") {
            Some(Value::Array(choices)) => Some(choices),
            None | Some(Value::Null) => None,
            Some(_) => return Self::Unreadable,
        };
        let error = error(&fields, choices.as_deref());
        if choices.is_none() && usage.is_none() && error.is_none() {
            return Self::Other;
        }
        let choices = choices.unwrap_or_default();
        let usage = usage.or_else(|| {
            choices
                .iter()
                .find_map(|choice| self::usage(choice.get("usage")?))
        });
        Self::Chunk(Box::new(Chunk {
            id: fields.get("id").map(scalar).unwrap_or_default(),
            choices: of_one_answer(choices),
            usage,
            error,
            is_completion: fields.get("object").and_then(Value::as_str) == Some("chat.completion"),
        }))
    }
}

/// The choices that belong to the answer. Nobody asks for more than one answer, but some servers spread its text and its
/// calls over several choices of one index.
fn of_one_answer(choices: Vec<Value>) -> Vec<Choice> {
    let index = |choice: &Value| choice.get("index").and_then(whole_number);
    let first = choices.first().and_then(index);
    choices
        .into_iter()
        .filter(|choice| index(choice) == first)
        .map(Choice::of)
        .collect()
}

/// The error that a chunk reports, in itself or in a choice.
fn error(fields: &Map<String, Value>, choices: Option<&[Value]>) -> Option<VendorError> {
    if let Some(error) = fields.get("error").and_then(VendorError::parse) {
        return Some(error);
    }
    match choices {
        Some(choices) => choices
            .iter()
            .find_map(|choice| VendorError::parse(choice.get("error")?)),
        // Errors of vLLM and of older llama.cpp servers are the whole object: these fields, and no choices.
        None if fields
            .get("message")
            .is_some_and(|message| !message.is_object()) =>
        {
            VendorError::of_fields(fields)
        }
        None => None,
    }
}

impl Choice {
    fn of(choice: Value) -> Self {
        let Value::Object(mut fields) = choice else {
            return Self::default();
        };
        let delta = fields.remove("delta").filter(Value::is_object);
        let is_whole = delta.is_none();
        let message = delta.or_else(|| fields.remove("message").filter(Value::is_object));
        Self {
            is_whole: is_whole && message.is_some(),
            delta: Delta::of(message.unwrap_or_default()),
            finish_reason: fields.get("finish_reason").map(scalar).unwrap_or_default(),
        }
    }
}

impl Delta {
    fn of(message: Value) -> Self {
        let Value::Object(mut fields) = message else {
            return Self::default();
        };
        let mut text = String::new();
        let mut reasoning = Reasoning::default();
        take_content(
            fields.remove("content").unwrap_or_default(),
            &mut text,
            &mut reasoning.parts,
        );
        if text.is_empty() {
            take_content(
                fields.remove("refusal").unwrap_or_default(),
                &mut text,
                &mut String::new(),
            );
        }
        reasoning.plain = REASONING_FIELDS.into_iter().find_map(|name| {
            let words = fields.get(name)?.as_str()?;
            (!words.is_empty()).then(|| (name, words.to_owned()))
        });
        if let Some(Value::Array(details)) = fields.get("reasoning_details") {
            let words = ["text", "summary"];
            reasoning.details = details
                .iter()
                .filter_map(|detail| words.iter().find_map(|name| detail.get(name)?.as_str()))
                .collect();
        }
        Self {
            tool_calls: tool_calls(&mut fields),
            rest: rest(fields, &KNOWN_FIELDS),
            text,
            reasoning,
        }
    }
}

/// The pieces of calls in a message; `function_call` is what `tool_calls` was called before.
fn tool_calls(fields: &mut Map<String, Value>) -> Vec<ToolCallDelta> {
    match fields.remove("tool_calls") {
        Some(Value::Array(calls)) if !calls.is_empty() => calls
            .into_iter()
            .filter(Value::is_object)
            .map(ToolCallDelta::of)
            .collect(),
        Some(call @ Value::Object(_)) => vec![ToolCallDelta::of(call)],
        _ => match fields.remove("function_call") {
            Some(function @ Value::Object(_)) => vec![ToolCallDelta {
                index: Some(0),
                ..ToolCallDelta::of(serde_json::json!({ "function": function }))
            }],
            _ => Vec::new(),
        },
    }
}

impl ToolCallDelta {
    pub(super) fn of(call: Value) -> Self {
        let Value::Object(mut fields) = call else {
            return Self::default();
        };
        let function = match fields.remove("function") {
            Some(Value::Object(function)) => function,
            _ => Map::new(),
        };
        Self {
            index: fields.get("index").and_then(whole_number),
            id: fields.get("id").map(scalar).unwrap_or_default(),
            name: function.get("name").map(scalar).unwrap_or_default(),
            // Tool input is a string that holds JSON; some vendors send the JSON itself.
            arguments: function.get("arguments").map(plain).unwrap_or_default(),
            rest: rest(fields, &["index", "id", "type"]),
            function_rest: rest(function, &["name", "arguments"]),
        }
    }
}

/// What is left of `fields` without those that are known, and without those that say nothing.
fn rest(mut fields: Map<String, Value>, known: &[&str]) -> Map<String, Value> {
    fields.retain(|name, value| !value.is_null() && !known.contains(&name.as_str()));
    fields
}

/// Takes a content: a string, or a list of parts. Parts that are reasoning have a list of their own.
fn take_content(content: Value, text: &mut String, reasoning: &mut String) {
    match content {
        Value::String(words) => text.push_str(&words),
        Value::Array(parts) => {
            for part in parts {
                take_content(part, text, reasoning);
            }
        }
        Value::Object(mut part) => {
            let kind = part.get("type").and_then(Value::as_str);
            if matches!(kind, Some("thinking" | "reasoning")) {
                let words = part.remove("thinking").or_else(|| part.remove("text"));
                take_content(words.unwrap_or_default(), reasoning, &mut String::new());
            } else if let Some(words) = part.remove("text").or_else(|| part.remove("refusal")) {
                take_content(words, text, reasoning);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// The usage, wherever a vendor counts what.
fn usage(usage: &Value) -> Option<Usage> {
    let usage = usage.as_object()?;
    let count = |name: &str| usage.get(name).and_then(whole_number);
    let detail = |group: &str, name: &str| usage.get(group)?.get(name).and_then(whole_number);
    Some(Usage {
        input_tokens: count("prompt_tokens"),
        output_tokens: count("completion_tokens"),
        cached_input_tokens: detail("prompt_tokens_details", "cached_tokens")
            .or_else(|| count("prompt_cache_hit_tokens"))
            .or_else(|| count("cached_tokens")),
        reasoning_tokens: detail("completion_tokens_details", "reasoning_tokens"),
        cost_usd: usage.get("cost").and_then(Value::as_f64),
    })
}

/// A scalar as words, anything else as JSON, null as nothing.
pub(super) fn plain(value: &Value) -> String {
    match value.as_str() {
        Some(words) => words.to_owned(),
        None if value.is_null() => String::new(),
        None => value.to_string(),
    }
}

/// A scalar as words, anything else as nothing.
fn scalar(value: &Value) -> String {
    if value.is_object() || value.is_array() {
        return String::new();
    }
    plain(value)
}

/// Some vendors count in floating point.
pub(super) fn whole_number(value: &Value) -> Option<u64> {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a cast saturates, and tokens are small"
    )]
    value.as_u64().or_else(|| {
        value
            .as_f64()
            .filter(|number| *number >= 0.0)
            .map(|number| number as u64)
    })
}
