//! Tokens and money.

use serde_json::Value;

use crate::fields::{Record, lenient};

record! {
    /// The tokens and the money that model calls used. `None`: nobody said.
    #[derive(Clone, Copy, Debug, Default, PartialEq)]
    pub struct Usage {
        /// Tokens read, cached ones included.
        pub input_tokens: Option<u64> = lenient "inputTokens",
        /// Tokens written, reasoning included.
        pub output_tokens: Option<u64> = lenient "outputTokens",
        /// The part of the tokens read that came from the provider's cache.
        pub cached_input_tokens: Option<u64> = lenient "cachedInputTokens",
        /// The part of the tokens written that was reasoning.
        pub reasoning_tokens: Option<u64> = lenient "reasoningTokens",
        /// The price in US dollars.
        pub cost_usd: Option<f64> = lenient "costUsd",
    }
}

record! {
    /// The usage of a conversation.
    #[derive(Clone, Copy, Debug, Default, PartialEq)]
    pub struct UsageSummary {
        /// Of the last model call.
        pub step: Usage = spent "step",
        /// Of the last turn, as far as it has come.
        pub turn: Usage = spent "turn",
        /// Of all turns, cleared ones too.
        pub conversation: Usage = spent "conversation",
    }
}

/// What is no usage is an empty one, which is written.
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
    /// The sum of both. What one of them does not know counts as nothing.
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

    /// As JSON: an object without the fields that are not known.
    #[must_use]
    pub fn to_json(&self) -> Value {
        Record::to_json(self)
    }

    /// From JSON. Fields of another kind count as not known.
    #[must_use]
    pub fn from_json(usage: &Value) -> Self {
        Record::from_json(usage.clone()).unwrap_or_default()
    }
}

impl UsageSummary {
    /// Counts a model call.
    pub fn count(&mut self, step: Usage) {
        self.step = step;
        self.turn = self.turn.plus(&step);
        self.conversation = self.conversation.plus(&step);
    }

    /// Whether no call was counted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.conversation == Usage::default()
    }

    /// As it goes over the wire.
    #[must_use]
    pub fn to_json(&self) -> Value {
        Record::to_json(self)
    }

    /// From JSON. Missing fields are empty.
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
