//! The choices for a conversation that has not begun: on the start page for the next one, on the settings page for all new
//! ones.

use common::state::{About, Choices};
use leptos::prelude::*;

use super::{
    mode::ModeChoice,
    model::{ModelChoice, Models},
};

/// Model, effort and mode.
#[component]
pub(in crate::chat) fn ChoiceTools(
    /// What is chosen; `None` before that is known.
    choices: RwSignal<Option<Choices>>,
    /// Takes what the person chooses.
    on_choose: Callback<Choices>,
) -> impl IntoView {
    let models = Models::of_none();
    let about = Memo::new(move |_| {
        let choices = choices.get()?;
        Some(About::default().with_choices(choices))
    });
    let on_change = Callback::new(move |about: About| {
        choices.set(Some(about.choices()));
        on_choose.run(about.choices());
    });
    view! {
        <Show when=move || about.with(Option::is_some)>
            <ModelChoice about on_change models />
            <ModeChoice about on_change />
        </Show>
    }
}
