//! What the agent may do without asking.

use common::state::{About, Grant, Mode};
use leptos::prelude::*;

use crate::components::{
    Button, ButtonKind, Erase,
    dynamic::dynamic,
    node::{Node, element},
};

const MODES: [(Mode, &str); 2] = [
    (Mode::Ask, "Ask before changes"),
    (Mode::AutoEdit, "Change files freely"),
];

/// The mode in a line that opens: the choice, and what is allowed besides. `change` takes what the user makes of it.
pub(super) fn view(about: Memo<Option<About>>, change: Callback<About>) -> AnyView {
    let mode = Memo::new(move |_| about.get().map(|about| about.mode).unwrap_or_default());
    let allowed = Memo::new(move |_| about.get().map(|about| about.allowed).unwrap_or_default());
    let word = move || {
        let named = MODES.iter().find(|(named, _)| *named == mode.get());
        named.map(|(_, words)| *words)
    };
    let choices = MODES.map(|(own, words)| {
        let choose = move || {
            if let Some(about) = about.get_untracked() {
                change.run(about.with_mode(own));
            }
        };
        choice(words, Signal::derive(move || mode.get() == own), choose)
    });
    view! {
        <details class="mode">
            <summary>{word}</summary>
            <fieldset>
                <legend class="visually-hidden">"What Coder may do without asking"</legend>
                {choices.into_iter().collect_view()}
            </fieldset>
            {dynamic(move || grants(allowed.get(), about, change).erase())}
        </details>
    }
    .erase()
}

fn choice(
    words: &'static str,
    is_chosen: Signal<bool>,
    choose: impl Fn() + Send + Sync + 'static,
) -> AnyView {
    view! {
        <label>
            <input type="radio" name="mode" prop:checked=is_chosen on:change=move |_| choose() />
            {words}
        </label>
    }
    .erase()
}

/// What is allowed for good, each with a button that takes it back.
fn grants(
    allowed: Vec<Grant>,
    about: Memo<Option<About>>,
    change: Callback<About>,
) -> Option<Node> {
    if allowed.is_empty() {
        return None;
    }
    let words = element("p", vec![Node::Text("Allowed without asking:".to_owned())]);
    let item = |grant: Grant| {
        let words = format!("{} in {}", grant.tool, grant.paths);
        let name = format!("Remove: {words}");
        let remove = Callback::new(move |()| {
            if let Some(about) = about.get_untracked() {
                let mut allowed = about.allowed.clone();
                allowed.retain(|other| *other != grant);
                change.run(about.with_allowed(allowed));
            }
        });
        let button =
            view! { <Button kind=ButtonKind::Quiet label="Remove" name press=remove /> }.erase();
        let words = element("span", vec![Node::Text(words)]);
        Node::from(element("li", vec![words.into(), Node::View(button)]))
    };
    let items = element("ul", allowed.into_iter().map(item).collect());
    let items = items.with("aria-label", "Allowed without asking");
    Some(element("div", vec![words.into(), items.into()]).into())
}
