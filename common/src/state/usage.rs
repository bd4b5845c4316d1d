//! Tokens and money.

use serde_json::{Value, json};

use crate::fields::Fields;

/// The tokens and the money that model calls used. `None`: nobody said.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Usage {
    /// Tokens read, cached ones included.
    pub input_tokens: Option<u64>,
    /// Tokens written, reasoning included.
    pub output_tokens: Option<u64>,
    /// The part of the tokens read that came from the provider's cache.
    pub cached_input_tokens: Option<u64>,
    /// The part of the tokens written that was reasoning.
    pub reasoning_tokens: Option<u64>,
    /// The price in US dollars.
    pub cost_usd: Option<f64>,
}

/// The usage of a conversation.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct UsageSummary {
    /// Of the last model call.
    pub step: Usage,
    /// Of the last turn, as far as it has come.
    pub turn: Usage,
    /// Of all turns, cleared ones too.
    pub conversation: Usage,
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
        Fields::default()
            .put_some("inputTokens", self.input_tokens)
            .put_some("cachedInputTokens", self.cached_input_tokens)
            .put_some("outputTokens", self.output_tokens)
            .put_some("reasoningTokens", self.reasoning_tokens)
            .put_some("costUsd", self.cost_usd)
            .into_value()
    }

    /// From JSON. Fields of another kind count as not known.
    #[must_use]
    pub fn from_json(usage: &Value) -> Self {
        let tokens = |field: &str| usage.get(field).and_then(Value::as_u64);
        Self {
            input_tokens: tokens("inputTokens"),
            cached_input_tokens: tokens("cachedInputTokens"),
            output_tokens: tokens("outputTokens"),
            reasoning_tokens: tokens("reasoningTokens"),
            cost_usd: usage.get("costUsd").and_then(Value::as_f64),
        }
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
        json!({
            "step": self.step.to_json(),
            "turn": self.turn.to_json(),
            "conversation": self.conversation.to_json(),
        })
    }

    /// From JSON. Missing fields are empty.
    #[must_use]
    pub fn from_json(summary: &Value) -> Self {
        let usage = |field: &str| summary.get(field).map(Usage::from_json).unwrap_or_default();
        Self {
            step: usage("step"),
            turn: usage("turn"),
            conversation: usage("conversation"),
        }
    }
}

#[cfg(test)]
mod tests {
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
