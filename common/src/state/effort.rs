//! How much a model should think.

use serde_json::Value;

use super::StateError;

/// How much a model should think before it answers. On the wire `"none"`, `"low"`, `"medium"` or `"high"`; missing and `null`:
/// the model's own default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effort {
    /// Not at all, where the model can.
    None,
    /// A little.
    Low,
    /// Some.
    Medium,
    /// A lot.
    High,
}

impl Effort {
    /// All of them, from none to most.
    pub const ALL: [Self; 4] = [Self::None, Self::Low, Self::Medium, Self::High];

    /// The wire's word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }

    /// From the wire's word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|effort| effort.as_str() == word)
    }

    pub(super) fn from_json(effort: Option<Value>) -> Result<Option<Self>, StateError> {
        match effort {
            None | Some(Value::Null) => Ok(None),
            Some(effort) => match effort.as_str().and_then(Self::from_word) {
                Some(effort) => Ok(Some(effort)),
                None => Err(StateError::Malformed(
                    "`reasoning` is none of \"none\", \"low\", \"medium\" and \"high\"".to_owned(),
                )),
            },
        }
    }
}
