//! `/doctor?name=…`: where the way to a conversation ends.

use common::{
    doctor::{Asks, Check, Outcome, Words, report},
    naming,
};
#[cfg(feature = "hydrate")]
use futures::FutureExt;
use leptos::prelude::*;
#[cfg(feature = "hydrate")]
use leptos::wasm_split::{SplitLoaderError, wasm_split};
use leptos_meta::Title;
use leptos_router::params::ParamsMap;

#[cfg(feature = "hydrate")]
use super::on_demand::on_demand;
#[cfg(feature = "hydrate")]
use crate::components::load_markdown;
use crate::{
    chat::{
        Header,
        driver::{self, Address},
    },
    components::{Button, ButtonKind, CopyButton, Markdown},
};

/// The instance that is asked when the address names none, so that no conversation begins with a check.
const DOCTORS_OWN: &str = "doctor";

/// The page's path.
pub(crate) const DOCTOR: &str = "/doctor";

const TITLE: &str = "Connection check · Coder";

/// The checks, which run in the browser.
pub(super) fn doctor(query: &ParamsMap) -> AnyView {
    let asked = |key, otherwise: &str| query.get(key).unwrap_or_else(|| otherwise.to_owned());
    let address = Address {
        host: None,
        query: Vec::new(),
        base_path: None,
        agent: naming::encode_segment(&asked("agent", naming::CODER_AGENT)),
        instance: naming::encode_segment(&asked("name", DOCTORS_OWN)),
    };
    shown(address)
}

/// The server has the page's code at hand.
#[cfg(not(feature = "hydrate"))]
fn shown(address: Address) -> AnyView {
    view! { <Doctor address=address /> }.into_any()
}

#[cfg(feature = "hydrate")]
fn shown(address: Address) -> AnyView {
    let page = move || {
        let page = piece(address.clone()).now_or_never();
        page.and_then(Result::ok)
    };
    on_demand(TITLE, page, || Box::pin(load_doctor()))
}

/// Fetches the page's code, and that for the Markdown in it.
#[cfg(feature = "hydrate")]
pub(crate) async fn load_doctor() -> Result<(), SplitLoaderError> {
    let (page, markdown) = futures::future::join(load_page(), load_markdown()).await;
    page.and(markdown)
}

/// The page's code, which the browser fetches as a piece of its own; `load_page` only fetches it.
#[cfg(feature = "hydrate")]
#[wasm_split(doctor, wasm_split_path = leptos::wasm_split, fallible, preload(load_page))]
pub(crate) fn piece(address: Address) -> Result<AnyView, SplitLoaderError> {
    Ok(view! { <Doctor address=address /> }.into_any())
}

/// The checks, their outcomes and a report of them.
#[component]
fn Doctor(
    /// The conversation to be reached.
    address: Address,
) -> impl IntoView {
    let outcomes = RwSignal::new(vec![Outcome::Waiting; Check::ALL.len()]);
    let run = driver::examine(address.clone(), outcomes);
    run.run(Asks::NoModel);
    let report = Signal::derive(move || report(&driver::place_of(&address), &outcomes.read()));
    let check = move |asks| Callback::new(move |()| run.run(asks));
    view! {
        <Title text=TITLE />
        <div class="page">
            <Header />
            <main class="conversation doctor">
                <h1>"Connection check"</h1>
                <Findings outcomes=outcomes />
                <div class="doctor-tools">
                    <Button kind=ButtonKind::Plain on_press=check(Asks::NoModel)>
                        "Check again"
                    </Button>
                    <Button kind=ButtonKind::Plain on_press=check(Asks::Model)>
                        "Also ask the model"
                    </Button>
                    <CopyButton label="Copy report" content=report />
                </div>
            </main>
        </div>
    }
}

const fn is_open(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Waiting | Outcome::Running)
}

fn summary(outcomes: &[Outcome]) -> &'static str {
    let failed = |outcome: &Outcome| matches!(outcome, Outcome::Failed { .. });
    if outcomes.iter().any(is_open) {
        "Checking the way from this browser to the conversation…"
    } else if outcomes.iter().any(failed) {
        "Something is in the way. Its cause and what to do about it stand below."
    } else {
        "All is well."
    }
}

/// The outcomes, in a sentence and one by one.
#[component]
fn Findings(outcomes: RwSignal<Vec<Outcome>>) -> impl IntoView {
    let rows = move || {
        let words = Words::read();
        let rows = Check::ALL.into_iter().zip(outcomes.get());
        rows.map(move |(check, outcome)| row(&words, check, &outcome))
            .collect_view()
    };
    view! {
        <div class="doctor-found">
            <p role="status">{move || outcomes.with(|outcomes| summary(outcomes))}</p>
            // What there is to do without a script; the shell shows it there.
            <p class="without-script">
                "The checks run in the browser and need JavaScript. Without it, open "
                <a href="/health">"/health"</a> ", or run "
                <code>"npm run doctor -- ADDRESS"</code> " in a terminal."
            </p>
            <ol class="checks">{rows}</ol>
        </div>
    }
}

fn row(words: &Words, check: Check, outcome: &Outcome) -> impl IntoView + use<> {
    let mut told = outcome.word().to_owned();
    let mut details = Vec::new();
    match outcome {
        Outcome::Passed { millis } => told.push_str(&format!(", {millis} ms")),
        Outcome::Failed { millis, finding } => {
            told.push_str(&format!(", {millis} ms"));
            let (cause, fix) = words.cause_and_fix(finding.cause);
            for (head, words) in [("Seen", &*finding.seen), ("Cause", cause), ("Fix", fix)] {
                if !words.is_empty() {
                    let text = format!("**{head}:** {words}");
                    details.push(view! { <Markdown source=text /> });
                }
            }
        }
        Outcome::Waiting | Outcome::Running | Outcome::Skipped | Outcome::NotAsked => {}
    }
    view! {
        <li data-outcome=outcome.word()>
            <p class="check-line">
                <span class="check-mark" aria-hidden="true"></span>
                <span>{words.title(check).to_owned()}</span>
                <span class="check-outcome">{told}</span>
            </p>
            {details}
        </li>
    }
}
