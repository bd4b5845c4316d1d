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
use crate::{
    chat::{
        driver::{self, Address},
        header,
    },
    components::{
        ButtonKind, Erase, button, copy_button,
        dynamic::dynamic,
        markdown_nodes,
        node::{Element, Node, element},
    },
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
    page(address)
}

#[cfg(feature = "hydrate")]
fn shown(address: Address) -> AnyView {
    let page = move || {
        let page = piece(address.clone()).now_or_never();
        page.and_then(Result::ok)
    };
    on_demand(TITLE, page, || Box::pin(load_doctor()))
}

/// The page's code, which the browser fetches as a piece of its own; `load_doctor` only fetches it.
#[cfg(feature = "hydrate")]
#[wasm_split(doctor, wasm_split_path = leptos::wasm_split, fallible, preload(load_doctor))]
pub(crate) fn piece(address: Address) -> Result<AnyView, SplitLoaderError> {
    Ok(page(address))
}

fn page(address: Address) -> AnyView {
    let outcomes = RwSignal::new(vec![Outcome::Waiting; Check::ALL.len()]);
    let run = driver::examine(address.clone(), outcomes);
    run.run(Asks::NoModel);
    let text = Signal::derive(move || report(&driver::place_of(&address), &outcomes.read()));
    let ask = |label: &str, asks| {
        let press = Callback::new(move |()| run.run(asks));
        Node::from(button(ButtonKind::Plain, label, press))
    };
    let tools = vec![
        ask("Check again", Asks::NoModel),
        ask("Also ask the model", Asks::Model),
        copy_button("Copy report", text),
    ];
    let content = vec![
        element("h1", vec![Node::Text("Connection check".to_owned())]).into(),
        Node::View(dynamic(move || found(&outcomes.read()).erase())),
        element("div", tools).with("class", "doctor-tools").into(),
    ];
    let main = element("main", content).with("class", "conversation doctor");
    let page = element("div", vec![header(Vec::new()), main.into()]).with("class", "page");
    view! {
        <Title text=TITLE />
        {Node::from(page).erase()}
    }
    .erase()
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

fn found(outcomes: &[Outcome]) -> Node {
    let words = Words::read();
    let rows = Check::ALL.into_iter().zip(outcomes);
    let rows = rows.map(|(check, outcome)| row(&words, check, outcome).into());
    let summary = element("p", vec![Node::Text(summary(outcomes).to_owned())]);
    // What there is to do without a script; the shell shows it there.
    let text = |text: &str| Node::Text(text.to_owned());
    let health = element("a", vec![text("/health")]).with("href", "/health");
    let command = element("code", vec![text("npm run doctor -- ADDRESS")]);
    let otherwise = vec![
        text("The checks run in the browser and need JavaScript. Without it, open "),
        health.into(),
        text(", or run "),
        command.into(),
        text(" in a terminal."),
    ];
    let otherwise = element("p", otherwise);
    let parts = vec![
        summary.with("role", "status").into(),
        otherwise.with("class", "without-script").into(),
        element("ol", rows.collect()).with("class", "checks").into(),
    ];
    element("div", parts).with("class", "doctor-found").into()
}

fn row(words: &Words, check: Check, outcome: &Outcome) -> Element {
    let mut told = outcome.word().to_owned();
    let mut details = Vec::new();
    match outcome {
        Outcome::Passed { millis } => told.push_str(&format!(", {millis} ms")),
        Outcome::Failed { millis, finding } => {
            told.push_str(&format!(", {millis} ms"));
            let (cause, fix) = words.cause_and_fix(finding.cause);
            for (head, words) in [("Seen", &*finding.seen), ("Cause", cause), ("Fix", fix)] {
                if !words.is_empty() {
                    details.extend(markdown_nodes(&format!("**{head}:** {words}")));
                }
            }
        }
        Outcome::Waiting | Outcome::Running | Outcome::Skipped | Outcome::NotAsked => {}
    }
    let mark = element("span", Vec::new())
        .with("class", "check-mark")
        .with("aria-hidden", "true");
    let title = element("span", vec![Node::Text(words.title(check).to_owned())]);
    let told = element("span", vec![Node::Text(told)]).with("class", "check-outcome");
    let line = element("p", vec![mark.into(), title.into(), told.into()]);
    let mut content = vec![line.with("class", "check-line").into()];
    content.extend(details);
    element("li", content).with("data-outcome", outcome.word())
}
