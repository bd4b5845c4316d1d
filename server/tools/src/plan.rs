//! `plan`: the steps of a larger task, and their progress.

use common::state::{MAX_STEP_CHARS, MAX_STEPS, PlanStep, StepStatus};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    ApprovalRule, ToolContext, ToolDone, ToolFailure,
    schema::{Described, input},
    tool::Tool,
};

/// The tool.
#[derive(Debug)]
pub(super) struct Plan;

input! {
    struct Input {
        /// All steps in order, including finished ones.
        steps: Vec<Step>,
    }
    struct Step {
        /// The task of the step, at most 200 characters.
        title: String,
        /// The status of the step.
        status: Status,
    }
}

/// The status of a step.
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

    const DESCRIPTION: &'static str = "Shows the user the steps of a larger task and their progress. Each \
        call replaces the whole plan: call it again when a step is done. At most one step may be active.";

    const APPROVAL: ApprovalRule = ApprovalRule::Never;

    fn run(&self, input: Input, context: &ToolContext<'_>) -> Result<ToolDone, ToolFailure> {
        let plan: Vec<PlanStep> = input.steps.into_iter().map(Step::planned).collect();
        let count = |status| plan.iter().filter(|step| step.status == status).count();
        let refuse = |words: String| Err(ToolFailure::Explained(words));
        if plan.is_empty() || plan.len() > MAX_STEPS {
            return refuse(format!("A plan has 1 to {MAX_STEPS} steps."));
        }
        if count(StepStatus::Active) > 1 {
            return refuse(
                "At most one step may be active: set the others to open or done.".to_owned(),
            );
        }
        let is_title = |title: &str| !title.is_empty() && title.chars().count() <= MAX_STEP_CHARS;
        if !plan.iter().all(|step| is_title(&step.title)) {
            return refuse(format!(
                "The title of a step must have 1 to {MAX_STEP_CHARS} characters."
            ));
        }
        Ok(ToolDone {
            output: json!({"done": count(StepStatus::Done), "of": plan.len()}),
            about: Some(context.about.clone().with_plan(plan)),
        })
    }
}

impl Step {
    fn planned(self) -> PlanStep {
        PlanStep {
            title: self.title.trim().to_owned(),
            status: match self.status {
                Status::Open => StepStatus::Open,
                Status::Active => StepStatus::Active,
                Status::Done => StepStatus::Done,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::Bench;

    fn step(title: &str, status: &str) -> Value {
        json!({"title": title, "status": status})
    }

    #[test]
    fn a_plan_is_part_of_the_state_and_tells_how_far_it_is() {
        let steps = json!([
            step(" Read ", "done"),
            step("Write", "active"),
            step("Look", "open")
        ]);
        let done = Bench::new().done("plan", json!({"steps": steps}));
        assert_eq!(done.output, json!({"done": 1, "of": 3}));
        let plan = done.about.unwrap().plan;
        let reported: Vec<_> = plan
            .iter()
            .map(|step| (step.title.as_str(), step.status))
            .collect();
        let expected = [
            ("Read", StepStatus::Done),
            ("Write", StepStatus::Active),
            ("Look", StepStatus::Open),
        ];
        assert_eq!(reported, expected);
    }

    #[test]
    fn invalid_plans_are_explained() {
        let refused = |steps: Value| Bench::new().refused("plan", json!({"steps": steps}));
        assert!(refused(json!([])).contains("1 to 50"));
        assert!(refused(json!(vec![step("a", "open"); 51])).contains("1 to 50"));
        assert!(refused(json!([step("a", "active"), step("b", "active")])).contains("one step"));
        assert!(refused(json!([step(" ", "open")])).contains("1 to 200"));
        assert!(refused(json!([step("a", "later")])).contains("later"));
    }
}
