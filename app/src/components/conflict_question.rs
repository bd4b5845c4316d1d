//! The question that an undo or redo asks where the same lines were changed since.

use common::workspace::ConflictChoice;
use leptos::prelude::*;

use super::{Button, ButtonKind, Places};

/// Asks what is to stay at these places. Nothing has been done yet.
#[component]
pub(crate) fn ConflictQuestion(
    /// The places.
    places: Vec<String>,
    /// Takes the choice; `None`: nothing is to be done.
    on_choice: Callback<Option<ConflictChoice>>,
) -> impl IntoView {
    let answer = move |label: &'static str, choice: Option<ConflictChoice>| {
        let answer = Callback::new(move |()| {
            on_choice.try_run(choice);
        });
        view! {
            <Button kind=ButtonKind::Plain on_press=answer>
                {label}
            </Button>
        }
    };
    view! {
        <div class="notice" role="alert">
            <p>
                "Since then the same lines were changed in " <Places places />
                ". Nothing has been done yet. What is to stay there?"
            </p>
            <div class="history-buttons">
                {answer("Keep what is there now", Some(ConflictChoice::Keep))}
                {answer("Put back what was there", Some(ConflictChoice::Replace))}
                {answer("Do nothing", None)}
            </div>
        </div>
    }
}
