//! What the agent may do without asking.

use common::state::{About, Grant, Mode};
use leptos::prelude::*;

use super::popup::{Opening, Popup};
use crate::components::{Button, ButtonKind, Choice};

const MODES: [(Mode, &str); 3] = [
    (Mode::Ask, "Ask before changes"),
    (Mode::AutoEdit, "Change files freely"),
    (Mode::Review, "Draft for review"),
];

/// The mode on a button, and in its box the choice and what is allowed besides.
#[component]
pub(super) fn ModeChoice(
    /// The agent's state.
    about: Memo<Option<About>>,
    /// Takes the state as the user changes it.
    on_change: Callback<About>,
) -> impl IntoView {
    let mode = Memo::new(move |_| about.get().map(|about| about.mode).unwrap_or_default());
    let words = Signal::derive(move || {
        let named = MODES.iter().find(|(named, _)| *named == mode.get());
        named
            .map(|(_, words)| (*words).to_owned())
            .unwrap_or_default()
    });
    let opening = Opening::new();
    let index = move || MODES.iter().position(|(named, _)| *named == mode.get());
    let choose = move |index: usize| {
        if let (Some(about), Some((own, _))) = (about.get_untracked(), MODES.get(index)) {
            on_change.run(about.with_mode(*own));
        }
    };
    view! {
        <Popup opening id="mode-choice" class="mode-button" words title="Mode">
            <Choice
                name="mode"
                legend="What Coder may do without asking"
                options=MODES.map(|(_, words)| words).to_vec()
                chosen=Signal::derive(move || index().unwrap_or_default())
                on_choose=choose
            />
            <Grants about on_change />
        </Popup>
    }
}

/// What is allowed for good, each with a button that takes it back; nothing where nothing is.
#[component]
fn Grants(about: Memo<Option<About>>, on_change: Callback<About>) -> impl IntoView {
    let allowed = Memo::new(move |_| about.get().map(|about| about.allowed).unwrap_or_default());
    let item = move |grant: Grant| {
        let words = format!("{} in {}", grant.tool, grant.paths);
        let name = format!("Remove: {words}");
        let remove = Callback::new(move |()| {
            if let Some(about) = about.get_untracked() {
                let mut allowed = about.allowed.clone();
                allowed.retain(|other| *other != grant);
                on_change.run(about.with_allowed(allowed));
            }
        });
        view! {
            <li>
                <span>{words}</span>
                <Button kind=ButtonKind::Quiet name on_press=remove>
                    "Remove"
                </Button>
            </li>
        }
    };
    view! {
        <Show when=move || allowed.with(|allowed| !allowed.is_empty())>
            <div class="mode-grants">
                <p>"Allowed without asking:"</p>
                <ul aria-label="Allowed without asking">
                    {move || allowed.get().into_iter().map(item).collect_view()}
                </ul>
            </div>
        </Show>
    }
}
