//! The checks on screen.

use common::doctor::{Asks, Check, CheckOutcome, Words, report};
use leptos::prelude::*;

use super::driver;
use crate::{
    browser::address::Address,
    components::{Button, ButtonKind, CopyButton, Markdown},
};

/// The checks, their outcomes and a report of them.
#[component]
pub(crate) fn Doctor(
    /// The checked conversation.
    address: Address,
) -> impl IntoView {
    let outcomes = RwSignal::new(vec![CheckOutcome::Waiting; Check::ALL.len()]);
    let run = driver::examine(address.clone(), outcomes);
    run.run(Asks::NoModel);
    let report = Signal::derive(move || report(&driver::place_of(&address), &outcomes.read()));
    let check = move |asks| Callback::new(move |()| run.run(asks));
    view! {
        <h1>"Connection check"</h1>
        <Findings outcomes />
        <div class="doctor-tools">
            <Button kind=ButtonKind::Plain on_press=check(Asks::NoModel)>
                "Check again"
            </Button>
            <Button kind=ButtonKind::Plain on_press=check(Asks::Model)>
                "Also ask the model"
            </Button>
            <CopyButton label="Copy report" content=move || report.get_untracked() />
        </div>
    }
}

const fn is_open(outcome: &CheckOutcome) -> bool {
    matches!(outcome, CheckOutcome::Waiting | CheckOutcome::Running)
}

fn summary(outcomes: &[CheckOutcome]) -> &'static str {
    let failed = |outcome: &CheckOutcome| matches!(outcome, CheckOutcome::Failed { .. });
    if outcomes.iter().any(is_open) {
        "Checking the connection to the conversation…"
    } else if outcomes.iter().any(failed) {
        "The connection has a problem. Its cause and what to do are below."
    } else {
        "Everything works."
    }
}

/// The results: a sentence, and the list of checks.
#[component]
fn Findings(outcomes: RwSignal<Vec<CheckOutcome>>) -> impl IntoView {
    let rows = move || {
        let words = Words::read();
        let rows = Check::ALL.into_iter().zip(outcomes.get());
        rows.map(move |(check, outcome)| row(&words, check, &outcome))
            .collect_view()
    };
    view! {
        <div class="doctor-found">
            <p role="status">{move || outcomes.with(|outcomes| summary(outcomes))}</p>
            // The advice for a browser without scripts; the shell shows it there.
            <p class="without-script">
                "The checks run in the browser and need JavaScript. Without it, open "
                <a href="/health">"/health"</a> ", or run "
                <code>"npm run doctor -- ADDRESS"</code> " in a terminal."
            </p>
            <ol class="checks">{move || rows()}</ol>
        </div>
    }
}

fn row(words: &Words, check: Check, outcome: &CheckOutcome) -> impl IntoView + use<> {
    let mut text = outcome.word().to_owned();
    let mut details = Vec::new();
    match outcome {
        CheckOutcome::Passed { millis } => text.push_str(&format!(", {millis} ms")),
        CheckOutcome::Failed { millis, finding } => {
            text.push_str(&format!(", {millis} ms"));
            let (cause, fix) = words.cause_and_fix(finding.cause);
            for (head, words) in [("Seen", &*finding.seen), ("Cause", cause), ("Fix", fix)] {
                if !words.is_empty() {
                    let text = format!("**{head}:** {words}");
                    details.push(view! { <Markdown source=text /> });
                }
            }
        }
        CheckOutcome::Waiting
        | CheckOutcome::Running
        | CheckOutcome::Skipped
        | CheckOutcome::NotAsked => {}
    }
    view! {
        <li data-outcome=outcome.word()>
            <p class="check-line">
                <span class="check-mark" aria-hidden="true"></span>
                <span>{words.title(check).to_owned()}</span>
                <span class="check-outcome">{text}</span>
            </p>
            {details}
        </li>
    }
}
