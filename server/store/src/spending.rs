//! What a conversation has used, as it is stored.

use common::state::UsageSummary;
use serde_json::{Value, json};

/// What a conversation has used, and what the user has allowed beyond its budgets. This is what is stored.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Spending {
    /// Tokens and money.
    pub usage: UsageSummary,
    /// How often the user allowed the budget of this turn once more.
    pub turn_extensions: u32,
    /// How often the user allowed the budget of the conversation once more.
    pub conversation_extensions: u32,
}

impl Spending {
    /// As it is stored.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let UsageSummary {
            step,
            turn,
            conversation,
        } = &self.usage;
        json!({
            "step": step.to_json(),
            "turn": turn.to_json(),
            "conversation": conversation.to_json(),
            "turnExtensions": self.turn_extensions,
            "conversationExtensions": self.conversation_extensions,
        })
    }

    /// As it was stored. Missing fields are empty.
    #[must_use]
    pub fn from_json(json: &Value) -> Self {
        let count = |field: &str| {
            let count = json.get(field).and_then(Value::as_u64);
            count
                .and_then(|count| u32::try_from(count).ok())
                .unwrap_or(0)
        };
        Self {
            usage: UsageSummary::from_json(json),
            turn_extensions: count("turnExtensions"),
            conversation_extensions: count("conversationExtensions"),
        }
    }
}
