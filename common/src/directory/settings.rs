//! What a person wants in all of their conversations.

use serde_json::Value;
use thiserror::Error;

use crate::fields::Record;

/// The maximum length of the instructions, in characters. They go to the model with every call.
pub const MAX_INSTRUCTIONS_CHARS: usize = 8_000;

record! {
    /// The settings of a person.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct Settings {
        /// What the model gets with every call, in all conversations; `None`: nothing.
        pub instructions: Option<String> = "instructions",
    }
}

/// The instructions are too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error(
    "the instructions have {chars} characters, and at most {MAX_INSTRUCTIONS_CHARS} go to the model with every call: shorten them"
)]
pub struct TooLong {
    /// Their length.
    pub chars: usize,
}

impl Settings {
    /// The settings as they are kept: blank instructions are none.
    ///
    /// # Errors
    /// When the instructions are too long.
    pub fn checked(self) -> Result<Self, TooLong> {
        let instructions = self.instructions.map(|text| text.trim().to_owned());
        let instructions = instructions.filter(|text| !text.is_empty());
        let chars = instructions.as_ref().map_or(0, |text| text.chars().count());
        if chars > MAX_INSTRUCTIONS_CHARS {
            return Err(TooLong { chars });
        }
        Ok(Self { instructions })
    }

    /// The JSON form: `{instructions?}`.
    #[must_use]
    pub fn to_json(&self) -> Value {
        Record::to_json(self)
    }

    /// Reads the JSON form; `None` when it is malformed.
    #[must_use]
    pub fn from_json(settings: Value) -> Option<Self> {
        Record::from_json(settings)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn instructions_are_trimmed_and_have_a_limit() {
        let checked = |text: &str| {
            let settings = Settings {
                instructions: Some(text.to_owned()),
            };
            settings.checked()
        };
        assert_eq!(checked(" \n"), Ok(Settings::default()));
        let kept = checked(" Use tabs. \n").unwrap();
        assert_eq!(kept.to_json(), json!({"instructions": "Use tabs."}));
        assert_eq!(Settings::from_json(kept.to_json()), Some(kept));
        assert!(checked(&"é".repeat(MAX_INSTRUCTIONS_CHARS)).is_ok());
        let chars = MAX_INSTRUCTIONS_CHARS + 1;
        assert_eq!(checked(&"é".repeat(chars)), Err(TooLong { chars }));
        assert_eq!(Settings::from_json(json!({})), Some(Settings::default()));
        assert_eq!(Settings::from_json(json!({"instructions": 1})), None);
    }
}
