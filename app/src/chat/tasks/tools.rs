//! The tools beside the composer: model, mode, and the meter.

use common::state::About;
use leptos::prelude::*;

use super::{
    meter::Meter,
    mode::ModeChoice,
    model::{ModelChoice, Models},
};
use crate::chat::UseChat;

/// The tools.
#[component]
pub(super) fn Tools(
    /// The conversation.
    chat: UseChat,
    /// The agent's state.
    about: Memo<Option<About>>,
    /// Takes the state as the user changes it.
    on_change: Callback<About>,
) -> impl IntoView {
    let models = Models::new(chat);
    models.follow(chat, about);
    view! {
        <Show when=move || about.with(Option::is_some)>
            <ModelChoice about on_change models />
            <ModeChoice about on_change />
            <Meter chat about models />
        </Show>
    }
}
