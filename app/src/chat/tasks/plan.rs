//! The steps of the task.

use common::state::{PlanStep, StepStatus};

use crate::components::node::{Node, element};

/// How far it is, in a line that opens; nothing where there is no plan.
pub(super) fn view(plan: &[PlanStep]) -> Option<Node> {
    if plan.is_empty() {
        return None;
    }
    let summary = element("summary", vec![Node::Text(how_far(plan))]);
    let steps = element("ol", plan.iter().map(step).collect()).with("aria-label", "Plan");
    let folded = element("details", vec![summary.into(), steps.into()]);
    Some(folded.with("class", "plan").into())
}

fn step(step: &PlanStep) -> Node {
    let word = match step.status {
        StepStatus::Open => "open",
        StepStatus::Active => "at work",
        StepStatus::Done => "done",
    };
    let word = element("span", vec![Node::Text(format!(" ({word})"))]);
    let content = vec![
        Node::Text(step.title.clone()),
        word.with("class", "visually-hidden").into(),
    ];
    element("li", content)
        .with("data-status", step.status.as_str())
        .into()
}

/// `Plan, 2 of 5: Write tests`.
fn how_far(plan: &[PlanStep]) -> String {
    let all = plan.len();
    let active = (1_usize..)
        .zip(plan)
        .find(|(_, step)| step.status == StepStatus::Active);
    if let Some((number, step)) = active {
        return format!("Plan, {number} of {all}: {}", step.title);
    }
    let is_done = |step: &&PlanStep| step.status == StepStatus::Done;
    let done = plan.iter().filter(is_done).count();
    format!("Plan, {done} of {all} done")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_in_a_line() {
        let check = |statuses: &[StepStatus], expected: &str| {
            let step = |(number, status): (usize, &StepStatus)| PlanStep {
                title: format!("Step {number}"),
                status: *status,
            };
            let plan: Vec<PlanStep> = (1_usize..).zip(statuses).map(step).collect();
            assert_eq!(how_far(&plan), expected);
        };
        use StepStatus::{Active, Done, Open};
        check(&[Done, Active, Open], "Plan, 2 of 3: Step 2");
        check(&[Open, Open], "Plan, 0 of 2 done");
        check(&[Done, Done], "Plan, 2 of 2 done");
        assert!(view(&[]).is_none());
    }
}
