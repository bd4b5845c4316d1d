//! The steps of a larger task, and how far they are.

use serde_json::Value;

use super::{StateError, list_of};
use crate::fields::Fields;

/// The most steps of a plan.
pub const MAX_STEPS: usize = 50;

/// The most characters of a step's title.
pub const MAX_STEP_CHARS: usize = 200;

/// A step. On the wire `{title, status}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanStep {
    /// What is to be done.
    pub title: String,
    /// How far it is.
    pub status: StepStatus,
}

/// How far a step is. On the wire `"open"`, `"active"`, `"done"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepStatus {
    /// Not begun.
    Open,
    /// Being worked at. At most one step is.
    Active,
    /// Done.
    Done,
}

impl PlanStep {
    /// Reads the field `plan` of a state; missing and `null`: there is none.
    ///
    /// # Errors
    /// When it is no list of steps, or too long.
    pub fn list_from_json(plan: Option<Value>) -> Result<Vec<Self>, StateError> {
        let steps = list_of(plan, "plan", MAX_STEPS, Self::from_json, malformed)?;
        if steps
            .iter()
            .any(|step| step.title.chars().count() > MAX_STEP_CHARS)
        {
            return Err(StateError::TooLong {
                field: "plan",
                limit: MAX_STEP_CHARS,
            });
        }
        Ok(steps)
    }

    /// As it goes over the wire; no steps: the field is left out.
    #[must_use]
    pub fn list_to_json(plan: &[Self]) -> Option<Value> {
        let step = |step: &Self| {
            Fields::default()
                .put("title", step.title.as_str())
                .put("status", step.status.as_str())
                .into_value()
        };
        (!plan.is_empty()).then(|| plan.iter().map(step).collect())
    }

    fn from_json(step: Value) -> Option<Self> {
        let Value::Object(fields) = step else {
            return None;
        };
        let mut fields = Fields::of(fields);
        let title = fields.text("title").ok()?;
        let status = StepStatus::parse(&fields.text("status").ok()?)?;
        Some(Self { title, status }).filter(|step| !step.title.trim().is_empty())
    }
}

impl StepStatus {
    /// Its word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Active => "active",
            Self::Done => "done",
        }
    }

    fn parse(word: &str) -> Option<Self> {
        [Self::Open, Self::Active, Self::Done]
            .into_iter()
            .find(|status| status.as_str() == word)
    }
}

fn malformed() -> StateError {
    StateError::Malformed(
        "`plan` is no list of steps, each `{title, status}` with \"open\", \"active\" or \"done\""
            .to_owned(),
    )
}
