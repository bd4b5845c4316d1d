//! The steps of a larger task, and how far they are.

use super::{StateError, list_of};
use crate::fields::{Field, FieldError, Fields, Record as _, readable};

/// The most steps of a plan.
pub const MAX_STEPS: usize = 50;

/// The most characters of a step's title.
pub const MAX_STEP_CHARS: usize = 200;

record! {
    /// A step of a plan.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct PlanStep {
        /// What is to be done.
        pub title: String = "title",
        /// How far it is.
        pub status: StepStatus = "status",
    }
}

words! {
    /// How far a step is.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum StepStatus, expected "`open`, `active` or `done`" {
        /// Not begun.
        "open" => Open,
        /// Being worked at. At most one step is.
        "active" => Active,
        /// Done.
        "done" => Done,
    }
}

/// Missing and `null`: there is no plan, and none is not written.
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
    "`plan` is no list of steps, each `{title, status}` with \"open\", \"active\" or \"done\"";
