//! What people choose for a conversation.

use serde_json::Value;

use crate::fields::{Record, or_default};

use super::{About, Effort, MAX_MODEL_CHARS, Mode, StateError, limited};

record! {
    /// The model of a conversation, how much it reasons, and what it may do without approval.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct Choices {
        /// The model; missing: the configured one.
        pub model: Option<String> = "model",
        /// The reasoning effort; missing: the model's default.
        pub effort: Option<Effort> = "reasoning",
        /// What the agent may do without approval.
        pub mode: Mode = or_default "mode",
    }
}

impl Choices {
    /// Whether nothing is chosen.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The JSON form.
    #[must_use]
    pub fn to_json(&self) -> Value {
        Record::to_json(self)
    }

    /// Reads the JSON form; `None` when it is malformed.
    #[must_use]
    pub fn from_json(choices: Value) -> Option<Self> {
        Record::from_json(choices)
    }

    /// The choices as they are kept: a blank model is none.
    ///
    /// # Errors
    /// When the model's name is too long.
    pub fn checked(self) -> Result<Self, StateError> {
        let model = limited("model", self.model, MAX_MODEL_CHARS)?;
        Ok(Self { model, ..self })
    }
}

impl About {
    /// What was chosen.
    #[must_use]
    pub fn choices(&self) -> Choices {
        Choices {
            model: self.model.clone(),
            effort: self.effort,
            mode: self.mode,
        }
    }

    /// Replaces what was chosen.
    #[must_use]
    pub fn with_choices(self, choices: Choices) -> Self {
        let Choices {
            model,
            effort,
            mode,
        } = choices;
        Self {
            model,
            effort,
            mode,
            ..self
        }
    }
}

/// Way: choices in an object of their own, omitted when nothing is chosen. What cannot be read counts as missing.
pub(crate) mod chosen {
    use super::Choices;
    use crate::fields::{FieldError, Fields};

    pub(crate) fn take(
        fields: &mut Fields,
        name: &'static str,
    ) -> Result<Option<Choices>, FieldError> {
        let choices = fields.value(name).and_then(Choices::from_json);
        Ok(choices.and_then(|choices| choices.checked().ok()))
    }

    pub(crate) fn put(choices: &Option<Choices>, fields: &mut Fields, name: &str) {
        if let Some(choices) = choices {
            fields.set(name, choices.to_json());
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn choices_are_part_of_what_a_conversation_is_about() {
        let choices = Choices {
            model: Some("some/model".to_owned()),
            effort: Some(Effort::High),
            mode: Mode::AutoEdit,
        };
        let json = json!({"model": "some/model", "reasoning": "high", "mode": "auto-edit"});
        assert_eq!(choices.to_json(), json);
        assert_eq!(Choices::from_json(json), Some(choices.clone()));
        let about = About::default().with_choices(choices.clone());
        assert_eq!(about.choices(), choices);
        assert!(About::default().choices().is_empty());
        let named = |model: &str| Choices {
            model: Some(model.to_owned()),
            ..Choices::default()
        };
        assert_eq!(named(" ").checked(), Ok(Choices::default()));
        assert!(named(&"x".repeat(MAX_MODEL_CHARS + 1)).checked().is_err());
    }
}
