//! Reads a vendor's error in a stream or a body.

use common::json::without_halves;
use serde_json::{Map, Value};

use super::chunk::{plain, whole_number};

/// A vendor's error.
#[derive(Clone, Debug, Default)]
pub(super) struct VendorError {
    /// The text.
    pub(super) message: String,
    /// The code: an HTTP status or a word.
    pub(super) code: String,
    /// The type: another word, from a smaller set.
    pub(super) kind: String,
    /// The field of the request that caused it.
    pub(super) param: String,
    /// The size of the context window in tokens.
    pub(super) limit: Option<u64>,
    /// Further details, as JSON.
    pub(super) details: String,
}

impl VendorError {
    /// Reads the value of an `error` field: an object, or a text.
    pub(super) fn parse(error: &Value) -> Option<Self> {
        match error {
            Value::String(words) if !words.is_empty() => Some(Self::of_words(words)),
            Value::Object(fields) if !fields.is_empty() => Self::of_fields(fields),
            Value::String(_) | Value::Object(_) => None,
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => None,
        }
    }

    /// An error with a text only.
    pub(super) fn of_words(words: &str) -> Self {
        Self {
            message: without_halves(words.to_owned()),
            ..Self::default()
        }
    }

    /// Reads the fields of an error.
    pub(super) fn of_fields(fields: &Map<String, Value>) -> Option<Self> {
        let field = |name: &str| fields.get(name).map(plain).unwrap_or_default();
        let mut message = ["message", "detail"]
            .iter()
            .filter_map(|name| fields.get(*name))
            .map(|words| plain(&without_inputs(words)))
            .find(|words| !words.is_empty())
            .unwrap_or_default();
        // OpenRouter's own message is only "Provider returned error"; the provider's message is below it.
        if let Some(metadata) = fields.get("metadata") {
            let name = metadata.get("provider_name").map(plain).unwrap_or_default();
            let raw = metadata.get("raw").map(plain).unwrap_or_default();
            for part in [name, raw].into_iter().filter(|part| !part.is_empty()) {
                message = format!("{message}: {part}");
            }
        }
        let kind = [field("type"), field("status")];
        let kind = kind
            .into_iter()
            .find(|kind| !kind.is_empty())
            .unwrap_or_default();
        let code = Some(field("code")).filter(|code| !code.is_empty());
        Some(Self {
            message: without_halves(message),
            code: code.unwrap_or_else(|| kind.clone()),
            kind,
            param: field("param"),
            limit: fields.get("n_ctx").and_then(whole_number),
            details: field("details"),
        })
    }

    /// Reads the error of a whole body. Its place differs between vendors.
    pub(super) fn of_body(body: &str) -> Option<Self> {
        let data = || body.lines().find_map(|line| line.strip_prefix("data:"));
        let body = common::json::parse(body)
            .or_else(|_| common::json::parse(data().unwrap_or_default()))
            .ok()?;
        // Google wraps the object in a list.
        let body = body.get(0).unwrap_or(&body).as_object()?;
        if let Some(error) = body.get("error").and_then(Self::parse) {
            return Some(error);
        }
        let has_words = ["message", "detail"]
            .iter()
            .any(|name| body.contains_key(*name));
        if has_words && !body.contains_key("choices") {
            return Self::of_fields(body);
        }
        None
    }

    /// The code, if it is an HTTP status.
    pub(super) fn status(&self) -> Option<u16> {
        self.code
            .parse()
            .ok()
            .filter(|status| (400..600).contains(status))
    }

    /// Whether the code or type is one of `words`, in lower case.
    pub(super) fn is_any(&self, words: &[&str]) -> bool {
        let is_it = |code: &str| words.iter().any(|word| code.eq_ignore_ascii_case(word));
        is_it(&self.code) || is_it(&self.kind)
    }

    /// All texts of the error, in lower case.
    pub(super) fn all_words(&self) -> String {
        let all = [&self.message, &self.code, &self.kind, &self.details];
        all.map(|words| words.to_lowercase()).join(" ")
    }
}

/// The text without what Pydantic repeats of the request, which may be any text of any length.
fn without_inputs(words: &Value) -> Value {
    match words {
        Value::Object(fields) => fields
            .iter()
            .filter(|(name, _)| *name != "input")
            .map(|(name, value)| (name.clone(), without_inputs(value)))
            .collect(),
        Value::Array(list) => list.iter().map(without_inputs).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => words.clone(),
    }
}
