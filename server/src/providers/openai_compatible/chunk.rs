//! One chunk of the vendors' JSON, as forgiving as their differences ask for.
//!
//! A field of an unexpected type counts as missing, so that an odd extra does not cost the text beside it.

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::providers::Usage;

/// One event's data.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Chunk {
    #[serde(deserialize_with = "text")]
    pub(super) id: String,
    pub(super) choices: Option<Vec<Choice>>,
    usage: Value,
    error: Value,
    /// Errors of vLLM and of older llama.cpp servers are the whole object: these fields, and no choices.
    message: Value,
    code: Value,
    r#type: Value,
}

impl Chunk {
    /// Reads one event's data; `None` when it is nothing a vendor of this interface sends.
    pub(super) fn parse(data: &str) -> Option<Self> {
        // serde would read an array as a struct, field by field.
        if !data.trim_start().starts_with('{') {
            return None;
        }
        let chunk: Self = serde_json::from_str(data).ok()?;
        let is_known =
            chunk.choices.is_some() || chunk.usage.is_object() || chunk.error().is_some();
        is_known.then_some(chunk)
    }

    /// The error this chunk reports, in itself or in its choice.
    pub(super) fn error(&self) -> Option<VendorError> {
        if self.choices.is_none() && self.message.is_string() {
            let fields = serde_json::json!({ "message": self.message, "code": self.code, "type": self.r#type });
            return VendorError::parse(&fields);
        }
        let in_choices = || {
            self.choices
                .iter()
                .flatten()
                .find_map(|choice| VendorError::parse(&choice.error))
        };
        VendorError::parse(&self.error).or_else(in_choices)
    }

    /// The usage this chunk reports.
    pub(super) fn usage(&self) -> Option<Usage> {
        let usage = self.usage.as_object()?;
        let count = |name: &str| usage.get(name).and_then(whole_number);
        let detail = |group: &str, name: &str| {
            usage
                .get(group)
                .and_then(|group| group.get(name))
                .and_then(whole_number)
        };
        Some(Usage {
            input_tokens: count("prompt_tokens"),
            output_tokens: count("completion_tokens"),
            cached_input_tokens: detail("prompt_tokens_details", "cached_tokens")
                .or_else(|| count("prompt_cache_hit_tokens")),
            reasoning_tokens: detail("completion_tokens_details", "reasoning_tokens"),
            cost_usd: usage.get("cost").and_then(Value::as_f64),
        })
    }
}

/// The first choice is the answer; nobody asks for more than one.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Choice {
    #[serde(deserialize_with = "object")]
    pub(super) delta: Delta,
    #[serde(deserialize_with = "text")]
    pub(super) finish_reason: String,
    error: Value,
}

/// What grew.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Delta {
    #[serde(deserialize_with = "text")]
    content: String,
    #[serde(deserialize_with = "text")]
    refusal: String,
    #[serde(deserialize_with = "text")]
    reasoning: String,
    #[serde(deserialize_with = "text")]
    reasoning_content: String,
    #[serde(deserialize_with = "object")]
    reasoning_details: Vec<ReasoningDetail>,
    #[serde(deserialize_with = "object")]
    pub(super) tool_calls: Vec<ToolCallDelta>,
}

/// Where a delta's reasoning stood. Vendors mirror the same words into several fields.
pub(super) enum Reasoning {
    None,
    Plain(String),
    Details(String),
}

impl Delta {
    /// The words for the user: the answer, or the refusal to give one.
    pub(super) fn take_text(&mut self) -> String {
        let text = std::mem::take(&mut self.content);
        if text.is_empty() {
            std::mem::take(&mut self.refusal)
        } else {
            text
        }
    }

    /// The reasoning, from the first field that has any.
    pub(super) fn take_reasoning(&mut self) -> Reasoning {
        let plain = [&mut self.reasoning, &mut self.reasoning_content]
            .into_iter()
            .find(|field| !field.is_empty());
        if let Some(plain) = plain {
            return Reasoning::Plain(std::mem::take(plain));
        }
        let details: String = self
            .reasoning_details
            .iter()
            .map(ReasoningDetail::words)
            .collect();
        if details.is_empty() {
            Reasoning::None
        } else {
            Reasoning::Details(details)
        }
    }
}

/// OpenRouter's structured reasoning: text or a summary; encrypted details have neither.
#[derive(Deserialize, Default)]
#[serde(default)]
struct ReasoningDetail {
    #[serde(deserialize_with = "text")]
    text: String,
    #[serde(deserialize_with = "text")]
    summary: String,
}

impl ReasoningDetail {
    fn words(&self) -> &str {
        if self.text.is_empty() {
            &self.summary
        } else {
            &self.text
        }
    }
}

/// A piece of a tool call.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct ToolCallDelta {
    #[serde(deserialize_with = "index")]
    pub(super) index: Option<u64>,
    #[serde(deserialize_with = "text")]
    pub(super) id: String,
    #[serde(deserialize_with = "object")]
    pub(super) function: FunctionDelta,
}

/// The tool's name, and a piece of its input.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct FunctionDelta {
    #[serde(deserialize_with = "text")]
    pub(super) name: String,
    #[serde(deserialize_with = "text_or_json")]
    pub(super) arguments: String,
}

/// What a vendor says about its failure, in a stream or in a body.
#[derive(Debug, Default)]
pub(super) struct VendorError {
    pub(super) message: String,
    /// An HTTP status or a word.
    pub(super) code: String,
}

impl VendorError {
    /// Reads the value of an `error` field: an object, or words alone.
    pub(super) fn parse(error: &Value) -> Option<Self> {
        if let Some(words) = error.as_str() {
            return Some(Self {
                message: words.to_owned(),
                code: String::new(),
            });
        }
        let error = error.as_object()?;
        let field = |name: &str| error.get(name).map(plain).unwrap_or_default();
        let mut message = field("message");
        // OpenRouter's own message is only "Provider returned error"; what the provider said stands below it.
        if let Some(metadata) = error.get("metadata") {
            let name = metadata.get("provider_name").map(plain).unwrap_or_default();
            let raw = metadata.get("raw").map(plain).unwrap_or_default();
            for part in [name, raw].into_iter().filter(|part| !part.is_empty()) {
                message = format!("{message}: {part}");
            }
        }
        let code = Some(field("code"))
            .filter(|code| !code.is_empty())
            .unwrap_or_else(|| field("type"));
        Some(Self { message, code })
    }
}

/// A scalar as words, anything else as JSON, null as nothing.
fn plain(value: &Value) -> String {
    match value.as_str() {
        Some(words) => words.to_owned(),
        None if value.is_null() => String::new(),
        None => value.to_string(),
    }
}

fn whole_number(value: &Value) -> Option<u64> {
    // Some vendors count in floating point.
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

/// A string; a list of content parts as their texts; anything else as nothing.
fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(words(Value::deserialize(deserializer)?))
}

fn words(value: Value) -> String {
    match value {
        Value::String(words) => words,
        Value::Array(parts) => parts
            .into_iter()
            .filter_map(|mut part| part.get_mut("text").map(Value::take))
            .map(words)
            .collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => String::new(),
    }
}

/// Tool input is a string that holds JSON; some vendors send the JSON itself.
fn text_or_json<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(plain(&Value::deserialize(deserializer)?))
}

fn index<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    Ok(whole_number(&Value::deserialize(deserializer)?))
}

/// A `T`; anything else as its default.
fn object<'de, D: Deserializer<'de>, T: Default + for<'a> Deserialize<'a>>(
    deserializer: D,
) -> Result<T, D::Error> {
    Ok(serde_json::from_value(Value::deserialize(deserializer)?).unwrap_or_default())
}
