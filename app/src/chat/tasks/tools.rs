//! The tools beside the composer: model, mode, and the meter.

use common::state::About;
use leptos::prelude::*;

use super::{
    meter::Meter,
    mode::ModeChoice,
    model::{ModelChoice, Models},
    settings,
};
use crate::chat::{UseChat, change_about};

/// The tools.
#[component]
pub(super) fn Tools(
    /// The conversation.
    chat: UseChat,
) -> impl IntoView {
    let about = settings(chat);
    let on_change = Callback::new(move |new: About| change_about(chat, &new));
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
