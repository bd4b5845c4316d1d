//! A chunk of a vendor's JSON, read leniently because of the differences between vendors.
//!
//! A known field of an unexpected type counts as missing, so that it does not cost the text beside it. Unknown fields
//! of a message, a call or a call's function are kept, since the vendor may want them back.
//!
//! Texts may contain halves of characters, see [`common::json::parse_keeping_halves`].

use serde_json::{Map, Value};

use super::vendor_error::VendorError;
use crate::Usage;

/// Fields with plain reasoning, the most frequent first.
const REASONING_FIELDS: [&str; 4] = [
    "reasoning",
    "reasoning_content",
    "reasoning_text",
    "thinking",
];

/// Known fields of a message that need not be sent back.
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

/// The data of an event.
#[derive(Debug, Default)]
pub(super) struct Chunk {
    /// The vendor's id of the answer.
    pub(super) id: String,
    /// The changes. There are several when the server spreads one answer over several choices.
    pub(super) choices: Vec<Choice>,
    pub(super) usage: Option<Usage>,
    pub(super) error: Option<VendorError>,
    /// Whether it is marked as a whole answer.
    pub(super) is_completion: bool,
}

/// The result of reading the data of an event.
#[derive(Debug)]
pub(super) enum Read {
    /// A chunk.
    Chunk(Box<Chunk>),
    /// Valid data that is no chunk: an extension, or an empty object.
    Other,
    /// Not part of an answer.
    Unreadable,
}

/// A change of the answer.
#[derive(Debug, Default)]
pub(super) struct Choice {
    pub(super) delta: Delta,
    /// Whether it contains the whole message instead of a delta.
    pub(super) is_whole: bool,
    pub(super) finish_reason: String,
}

/// A delta of a message.
#[derive(Debug, Default)]
pub(super) struct Delta {
    /// The text for the user: the answer, or its refusal.
    pub(super) text: String,
    pub(super) reasoning: Reasoning,
    pub(super) tool_calls: Vec<ToolCallDelta>,
    /// The unknown fields.
    pub(super) rest: Map<String, Value>,
}

/// The reasoning of a delta. Vendors repeat the same text in several fields.
#[derive(Debug, Default)]
pub(super) struct Reasoning {
    /// The text of a plain field, and the field's name.
    pub(super) plain: Option<(&'static str, String)>,
    /// The text of the content parts that are reasoning.
    pub(super) parts: String,
    /// The text of OpenRouter's `reasoning_details`: texts or summaries; encrypted details have neither.
    pub(super) details: String,
}

/// A delta of a tool call.
#[derive(Debug, Default)]
pub(super) struct ToolCallDelta {
    pub(super) index: Option<u64>,
    pub(super) id: String,
    pub(super) name: String,
    pub(super) arguments: String,
    /// The unknown fields of the call.
    pub(super) rest: Map<String, Value>,
    /// The unknown fields of its function.
    pub(super) function_rest: Map<String, Value>,
}

impl Read {
    /// Reads the data of an event.
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

/// The choices that belong to the answer. Only one answer is requested, but some servers spread its text and its
/// calls over several choices with the same index.
fn of_one_answer(choices: Vec<Value>) -> Vec<Choice> {
    let index = |choice: &Value| choice.get("index").and_then(whole_number);
    let first = choices.first().and_then(index);
    choices
        .into_iter()
        .filter(|choice| index(choice) == first)
        .map(Choice::of)
        .collect()
}

/// The error in a chunk, or in one of its choices.
fn error(fields: &Map<String, Value>, choices: Option<&[Value]>) -> Option<VendorError> {
    if let Some(error) = fields.get("error").and_then(VendorError::parse) {
        return Some(error);
    }
    match choices {
        Some(choices) => choices
            .iter()
            .find_map(|choice| VendorError::parse(choice.get("error")?)),
        // Errors of vLLM and older llama.cpp servers are the whole object: these fields, and no choices.
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

/// The call deltas of a message; `function_call` is the former name of `tool_calls`.
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
            // Tool input is a JSON string; some vendors send JSON itself.
            arguments: function.get("arguments").map(plain).unwrap_or_default(),
            rest: rest(fields, &["index", "id", "type"]),
            function_rest: rest(function, &["name", "arguments"]),
        }
    }
}

/// The fields without the known and the empty ones.
fn rest(mut fields: Map<String, Value>, known: &[&str]) -> Map<String, Value> {
    fields.retain(|name, value| !value.is_null() && !known.contains(&name.as_str()));
    fields
}

/// Reads a content: a string, or a list of parts. Reasoning parts are collected separately.
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

/// Reads the usage, under the names of all vendors.
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

/// A scalar as text, other values as JSON, null as empty text.
pub(super) fn plain(value: &Value) -> String {
    match value.as_str() {
        Some(words) => words.to_owned(),
        None if value.is_null() => String::new(),
        None => value.to_string(),
    }
}

/// A scalar as text, other values as empty text.
fn scalar(value: &Value) -> String {
    if value.is_object() || value.is_array() {
        return String::new();
    }
    plain(value)
}

/// An integer; some vendors use floating point.
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
