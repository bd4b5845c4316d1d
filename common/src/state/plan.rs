//! The steps of a larger task, and their progress.

use super::{StateError, list_of};
use crate::fields::{Field, FieldError, Fields, Record as _, readable};

/// The maximum number of steps in a plan.
pub const MAX_STEPS: usize = 50;

/// The maximum length of a step's title, in characters.
pub const MAX_STEP_CHARS: usize = 200;

record! {
    /// A step of a plan.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct PlanStep {
        /// The task of the step.
        pub title: String = "title",
        /// The progress of the step.
        pub status: StepStatus = "status",
    }
}

words! {
    /// The progress of a step.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum StepStatus, expected "`open`, `active` or `done`" {
        /// Not started.
        "open" => Open,
        /// In progress; at most one step of a plan.
        "active" => Active,
        /// Done.
        "done" => Done,
    }
}

/// A plan; missing and `null` mean that there is none, which is not written.
impl Field for Vec<PlanStep> {
    fn take(fields: &mut Fields, name: &'static str) -> Result<Self, FieldError> {
        let read = |step| {
            let step = PlanStep::from_json(step)?;
            (!step.title.trim().is_empty()).then_some(step)
        };
        let steps = list_of(fields, name, MAX_STEPS, read, MALFORMED)?;
        let is_long = |step: &PlanStep| step.title.chars().count() > MAX_STEP_CHARS;
        if steps.iter().any(is_long) {
            let (field, limit) = (name, MAX_STEP_CHARS);
            return Err(StateError::TooLong { field, limit }.into());
        }
        Ok(steps)
    }

    fn put(&self, fields: &mut Fields, name: &str) {
        readable::put(self, fields, name);
    }
}

const MALFORMED: &str =
    "`plan` is not a list of steps, each `{title, status}` with \"open\", \"active\" or \"done\"";
