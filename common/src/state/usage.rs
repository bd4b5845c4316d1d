//! The usage of tokens and money.

use serde_json::Value;

use super::ContextSize;
use crate::fields::{Record, lenient};

record! {
    /// The usage of model calls. `None` where the provider reports nothing.
    #[derive(Clone, Copy, Debug, Default, PartialEq)]
    pub struct Usage {
        /// Input tokens, including cached ones.
        pub input_tokens: Option<u64> = lenient "inputTokens",
        /// Output tokens, including reasoning.
        pub output_tokens: Option<u64> = lenient "outputTokens",
        /// The input tokens read from the provider's cache.
        pub cached_input_tokens: Option<u64> = lenient "cachedInputTokens",
        /// The output tokens used for reasoning.
        pub reasoning_tokens: Option<u64> = lenient "reasoningTokens",
        /// The price in US dollars.
        pub cost_usd: Option<f64> = lenient "costUsd",
    }
}

record! {
    /// The usage of a conversation.
    #[derive(Clone, Copy, Debug, Default, PartialEq)]
    pub struct UsageSummary {
        /// The last model call.
        pub step: Usage = spent "step",
        /// The last turn, so far.
        pub turn: Usage = spent "turn",
        /// All turns, including cleared ones.
        pub conversation: Usage = spent "conversation",
        /// The size of the last model call, by part; `None` before the first.
        pub context: Option<ContextSize> = lenient "context",
    }
}

/// A malformed usage counts as empty, which is written.
mod spent {
    use super::Usage;
    use crate::fields::{FieldError, Fields};

    pub(super) fn take(fields: &mut Fields, name: &'static str) -> Result<Usage, FieldError> {
        Ok(Usage::from_json(&fields.value(name).unwrap_or_default()))
    }

    pub(super) fn put(usage: &Usage, fields: &mut Fields, name: &str) {
        fields.set(name, usage.to_json());
    }
}

impl Usage {
    /// The sum of both. Unknown values count as zero.
    #[must_use]
    pub fn plus(&self, other: &Self) -> Self {
        let sum = |one: Option<u64>, other: Option<u64>| match (one, other) {
            (None, None) => None,
            (one, other) => Some(one.unwrap_or(0).saturating_add(other.unwrap_or(0))),
        };
        Self {
            input_tokens: sum(self.input_tokens, other.input_tokens),
            cached_input_tokens: sum(self.cached_input_tokens, other.cached_input_tokens),
            output_tokens: sum(self.output_tokens, other.output_tokens),
            reasoning_tokens: sum(self.reasoning_tokens, other.reasoning_tokens),
            cost_usd: match (self.cost_usd, other.cost_usd) {
                (None, None) => None,
                (one, other) => Some(one.unwrap_or(0.0) + other.unwrap_or(0.0)),
            },
        }
    }

    /// The JSON form: an object without unknown values.
    #[must_use]
    pub fn to_json(&self) -> Value {
        Record::to_json(self)
    }

    /// Reads the JSON form. Fields of the wrong kind count as unknown.
    #[must_use]
    pub fn from_json(usage: &Value) -> Self {
        Record::from_json(usage.clone()).unwrap_or_default()
    }
}

impl UsageSummary {
    /// Adds a model call.
    pub fn count(&mut self, step: Usage) {
        self.step = step;
        self.turn = self.turn.plus(&step);
        self.conversation = self.conversation.plus(&step);
    }

    /// Whether no call was made.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.conversation == Usage::default() && self.context.is_none()
    }

    /// The JSON form.
    #[must_use]
    pub fn to_json(&self) -> Value {
        Record::to_json(self)
    }

    /// Reads the JSON form. Missing fields are empty.
    #[must_use]
    pub fn from_json(summary: &Value) -> Self {
        Record::from_json(summary.clone()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn calls_are_counted_and_read_again() {
        let mut summary = UsageSummary::default();
        assert!(summary.is_empty());
        let step = |input, cost_usd| Usage {
            input_tokens: Some(input),
            cost_usd,
            ..Usage::default()
        };
        summary.count(step(10, Some(0.5)));
        summary.turn = Usage::default();
        summary.count(step(5, None));
        let json = summary.to_json();
        assert_eq!(
            json,
            json!({
                "step": {"inputTokens": 5},
                "turn": {"inputTokens": 5},
                "conversation": {"inputTokens": 15, "costUsd": 0.5},
            })
        );
        assert_eq!(UsageSummary::from_json(&json), summary);
        assert_eq!(
            UsageSummary::from_json(&json!(null)),
            UsageSummary::default()
        );
    }
}
