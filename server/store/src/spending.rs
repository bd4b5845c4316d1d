//! The usage of a conversation, as it is stored.

use common::state::UsageSummary;
use serde_json::{Value, json};

/// The usage of a conversation, and the user's extensions of its budgets, as stored.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Spending {
    /// The tokens and money used.
    pub usage: UsageSummary,
    /// How often the user extended the budget of this turn.
    pub turn_extensions: u32,
    /// How often the user extended the budget of the conversation.
    pub conversation_extensions: u32,
}

impl Spending {
    /// The stored form.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let UsageSummary {
            step,
            turn,
            conversation,
            context,
        } = &self.usage;
        let mut json = json!({
            "step": step.to_json(),
            "turn": turn.to_json(),
            "conversation": conversation.to_json(),
            "turnExtensions": self.turn_extensions,
            "conversationExtensions": self.conversation_extensions,
        });
        if let (Some(context), Some(fields)) = (context, json.as_object_mut()) {
            fields.insert("context".to_owned(), context.to_json());
        }
        json
    }

    /// Reads the stored form. Missing fields are empty.
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
