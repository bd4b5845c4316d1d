//! The steps of the task.

use common::state::{PlanStep, StepStatus};
use leptos::prelude::*;

/// How far the task is, in a line that opens; nothing where there is no plan.
#[component]
pub(super) fn Plan(
    /// The steps.
    plan: Memo<Vec<PlanStep>>,
) -> impl IntoView {
    view! {
        <Show when=move || plan.with(|plan| !plan.is_empty())>
            <details class="plan">
                <summary>{move || plan.with(|plan| how_far(plan))}</summary>
                <ol aria-label="Plan">
                    {move || plan.get().into_iter().map(step).collect_view()}
                </ol>
            </details>
        </Show>
    }
}

fn step(step: PlanStep) -> impl IntoView {
    let status = match step.status {
        StepStatus::Open => "open",
        StepStatus::Active => "at work",
        StepStatus::Done => "done",
    };
    view! {
        <li data-status=step.status.as_str()>
            {step.title}
            <span class="visually-hidden">{format!(" ({status})")}</span>
        </li>
    }
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
    }
}
