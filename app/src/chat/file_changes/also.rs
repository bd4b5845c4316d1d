//! Asks whether the changes of the answers that become void are to be undone, too, before another answer is asked for.

use common::{
    callable,
    workspace::{ConflictChoice, UndoRequest},
};
use leptos::{prelude::*, task::spawn_local};

use super::{Again, outcome::Outcome};
use crate::{
    chat::{MethodCall, UseChat},
    components::Places,
};

/// What is known of the undo.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Known {
    /// It is being checked.
    Checking,
    /// Nothing stands in its way.
    Free,
    /// The same lines were changed since in these places.
    Conflict(Vec<String>),
    /// It cannot be done, for this reason.
    Impossible(String),
}

/// The view.
pub(super) fn view(chat: UseChat, again: Again) -> AnyView {
    view! { <Also chat again /> }.into_any()
}

#[component]
fn Also(chat: UseChat, again: Again) -> impl IntoView {
    let known = RwSignal::new(Known::Checking);
    let is_on = RwSignal::new(true);
    let choice = RwSignal::new(ConflictChoice::Keep);
    let is_running = RwSignal::new(false);
    let found = move |outcome: Outcome| {
        let now = match outcome {
            Outcome::Done(_) => Known::Free,
            Outcome::Conflict(places) => Known::Conflict(places),
            Outcome::Failed(text) => Known::Impossible(text),
        };
        if now != Known::Free {
            // The user decides before anything is done.
            again.is_wanted.try_set(false);
            is_on.try_set(false);
        }
        known.try_set(now);
    };
    let check = undo(chat, again, None, true);
    spawn_local(async move {
        found(check.await);
    });
    Effect::new(move || {
        if !again.is_wanted.get()
            || known.with(|known| *known == Known::Checking)
            || is_running.get_untracked()
        {
            return;
        }
        if !is_on.get_untracked() {
            again.on_go.try_run(());
            return;
        }
        is_running.set(true);
        let has_conflict = known.with_untracked(|known| matches!(known, Known::Conflict(_)));
        let on_conflict = has_conflict.then(|| choice.get_untracked());
        let undone = undo(chat, again, on_conflict, false);
        spawn_local(async move {
            let outcome = undone.await;
            is_running.try_set(false);
            match outcome {
                Outcome::Done(_) => {
                    again.on_go.try_run(());
                }
                outcome @ (Outcome::Conflict(_) | Outcome::Failed(_)) => found(outcome),
            }
        });
    });
    let is_possible = move || known.with(|known| !matches!(known, Known::Impossible(_)));
    view! {
        <div class="also-undo">
            <Show when=is_possible>
                <label>
                    <input
                        type="checkbox"
                        prop:checked=move || is_on.get()
                        on:change=move |_| is_on.update(|is_on| *is_on = !*is_on)
                    />
                    "Also undo the file changes made since"
                </label>
            </Show>
            {move || match known.get() {
                Known::Checking | Known::Free => ().into_any(),
                Known::Impossible(text) => view! { <p role="status">"The file changes made since stay. " {text}</p> }.into_any(),
                Known::Conflict(places) => view! { <Conflict places is_on choice /> }.into_any(),
            }}
        </div>
    }
}

/// What is to stay where the same lines were changed since.
#[component]
fn Conflict(
    places: Vec<String>,
    is_on: RwSignal<bool>,
    choice: RwSignal<ConflictChoice>,
) -> impl IntoView {
    let option = move |label: &'static str, value: ConflictChoice| {
        view! {
            <label>
                <input
                    type="radio"
                    name="also-undo"
                    prop:checked=move || choice.get() == value
                    on:change=move |_| choice.set(value)
                />
                {label}
            </label>
        }
    };
    view! {
        <p role="status">"Since then the same lines were changed in " <Places places /> "."</p>
        <Show when=move || is_on.get()>
            <fieldset class="choices" aria-label="What is to stay there">
                {option("Keep what is there now", ConflictChoice::Keep)}
                {option("Put back what was there", ConflictChoice::Replace)}
            </fieldset>
        </Show>
    }
}

/// Undoes the changes, or finds out what that would do.
fn undo(
    chat: UseChat,
    again: Again,
    on_conflict: Option<ConflictChoice>,
    is_check: bool,
) -> impl Future<Output = Outcome> {
    let request = UndoRequest {
        answers: again.answers.try_get_value().unwrap_or_default(),
        on_conflict,
        is_check,
        is_leaving: true,
    };
    let call = MethodCall::new(callable::Callable::Undo.as_str(), vec![request.to_json()]);
    let calling = chat.call(call);
    async move { Outcome::of(calling.await) }
}
