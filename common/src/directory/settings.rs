//! What a person wants in all of their conversations.

use serde_json::Value;
use thiserror::Error;

use crate::{
    fields::Record,
    state::{Choices, StateError, chosen},
};

/// The maximum length of the instructions, in characters. They go to the model with every call.
pub const MAX_INSTRUCTIONS_CHARS: usize = 8_000;

record! {
    /// The settings of a person.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct Settings {
        /// What the model gets with every call, in all conversations; `None`: nothing.
        pub instructions: Option<String> = "instructions",
        /// What new conversations begin with.
        pub defaults: Option<Choices> = chosen "defaults",
    }
}

/// Why settings are not kept.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SettingsProblem {
    /// The instructions are too long.
    #[error(
        "the instructions have {chars} characters, and at most {MAX_INSTRUCTIONS_CHARS} go to the model with every call: shorten them"
    )]
    Instructions {
        /// Their length.
        chars: usize,
    },
    /// The defaults are not such as a conversation can begin with.
    #[error(transparent)]
    Defaults(#[from] StateError),
}

impl Settings {
    /// The settings as they are kept: blank instructions are none.
    ///
    /// # Errors
    /// When the instructions or the name of the model are too long.
    pub fn checked(self) -> Result<Self, SettingsProblem> {
        let instructions = self.instructions.map(|text| text.trim().to_owned());
        let instructions = instructions.filter(|text| !text.is_empty());
        let chars = instructions.as_ref().map_or(0, |text| text.chars().count());
        if chars > MAX_INSTRUCTIONS_CHARS {
            return Err(SettingsProblem::Instructions { chars });
        }
        let defaults = self.defaults.map(Choices::checked).transpose()?;
        Ok(Self {
            instructions,
            defaults: defaults.filter(|defaults| !defaults.is_empty()),
        })
    }

    /// The JSON form: `{instructions?, defaults?}`.
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
                ..Settings::default()
            };
            settings.checked()
        };
        assert_eq!(checked(" \n"), Ok(Settings::default()));
        let kept = checked(" Use tabs. \n").unwrap();
        assert_eq!(kept.to_json(), json!({"instructions": "Use tabs."}));
        assert_eq!(Settings::from_json(kept.to_json()), Some(kept));
        assert!(checked(&"é".repeat(MAX_INSTRUCTIONS_CHARS)).is_ok());
        let chars = MAX_INSTRUCTIONS_CHARS + 1;
        assert_eq!(
            checked(&"é".repeat(chars)),
            Err(SettingsProblem::Instructions { chars })
        );
        assert_eq!(Settings::from_json(json!({})), Some(Settings::default()));
        assert_eq!(Settings::from_json(json!({"instructions": 1})), None);
    }

    #[test]
    fn defaults_stand_beside_the_instructions() {
        let json = json!({"instructions": "Use tabs.", "defaults": {"reasoning": "low", "mode": "auto-edit"}});
        let settings = Settings::from_json(json.clone()).unwrap();
        assert_eq!(settings.clone().checked().unwrap().to_json(), json);
        let nothing = Settings {
            defaults: Some(Choices::default()),
            ..settings
        };
        let kept = nothing.checked().unwrap();
        assert_eq!(kept.to_json(), json!({"instructions": "Use tabs."}));
        let unreadable = Settings::from_json(json!({"defaults": {"mode": "fly"}}));
        assert_eq!(unreadable, Some(Settings::default()));
    }
}
