//! `plan`: the steps of a larger task, and how far they are.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    ApprovalRule, ToolContext, ToolDone, ToolFailure,
    schema::{Described, input},
    tool::Tool,
};

/// The most steps.
const STEPS: usize = 50;

/// The most characters of a step.
const STEP_CHARS: usize = 200;

/// The tool.
#[derive(Debug)]
pub(super) struct Plan;

input! {
    struct Input {
        /// All steps in their order, those that are done too.
        steps: Vec<Step>,
    }
    struct Step {
        /// What is to be done, at most 200 characters.
        title: String,
        /// How far it is.
        status: Status,
    }
}

/// How far a step is.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
enum Status {
    Open,
    Active,
    Done,
}

impl Described for Status {
    fn schema() -> Value {
        json!({"type": "string", "enum": [Self::Open, Self::Active, Self::Done]})
    }
}

impl Tool for Plan {
    type Input = Input;

    const NAME: &'static str = "plan";

    const DESCRIPTION: &'static str = "Shows the user the steps of a task that takes several, and how far they are. Each \
        call replaces the plan as a whole: call it again when a step is done. At most one step is active.";

    const APPROVAL: ApprovalRule = ApprovalRule::Never;

    fn run(&self, input: Input, _context: &ToolContext<'_>) -> Result<ToolDone, ToolFailure> {
        let count = |status| {
            input
                .steps
                .iter()
                .filter(|step| step.status == status)
                .count()
        };
        let refuse = |words: &str| Err(ToolFailure(words.to_owned()));
        if input.steps.is_empty() || input.steps.len() > STEPS {
            return refuse("A plan has 1 to 50 steps.");
        }
        if count(Status::Active) > 1 {
            return refuse("At most one step is active: make the others open or done.");
        }
        let is_title = |title: &str| !title.is_empty() && title.chars().count() <= STEP_CHARS;
        if !input.steps.iter().all(|step| is_title(step.title.trim())) {
            return refuse("The title of a step has 1 to 200 characters.");
        }
        let steps: Vec<Value> = input
            .steps
            .iter()
            .map(|step| json!({"title": step.title.trim(), "status": step.status}))
            .collect();
        Ok(ToolDone::with(
            json!({"steps": steps, "done": count(Status::Done), "of": steps.len()}),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tools::bench::Bench;

    fn step(title: &str, status: &str) -> Value {
        json!({"title": title, "status": status})
    }

    #[test]
    fn a_plan_tells_how_far_it_is() {
        let steps = json!([
            step("Read", "done"),
            step("Write", "active"),
            step("Look", "open")
        ]);
        let output = Bench::new().output("plan", json!({"steps": steps}));
        assert_eq!(output, json!({"steps": steps, "done": 1, "of": 3}));
    }

    #[test]
    fn what_is_no_plan_is_said() {
        let refused = |steps: Value| Bench::new().refused("plan", json!({"steps": steps}));
        assert!(refused(json!([])).contains("1 to 50"));
        assert!(refused(json!(vec![step("a", "open"); 51])).contains("1 to 50"));
        assert!(refused(json!([step("a", "active"), step("b", "active")])).contains("one step"));
        assert!(refused(json!([step(" ", "open")])).contains("1 to 200"));
        assert!(refused(json!([step("a", "later")])).contains("later"));
    }
}
