//! The part of the settings with what new conversations begin with.

use common::state::Choices;
use leptos::{prelude::*, task::spawn_local};

use super::own_settings;
use crate::{
    chat::NewTools,
    components::{Button, ButtonKind},
    conversations::Conversations,
};

/// How far the choices are.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Stage {
    /// What is kept is on its way.
    Loading,
    /// It is shown.
    Loaded,
    /// A choice is on its way.
    Saving,
    /// It is kept.
    Saved,
    /// What is kept could not be read, for this reason.
    Unread(String),
    /// A choice was not kept, for this reason.
    Failed(String),
}

/// The section; none for a person without a list of conversations.
#[component]
pub(super) fn Defaults() -> impl IntoView {
    let conversations = Conversations::of_page()?;
    let stage = RwSignal::new(Stage::Loading);
    let choices = RwSignal::new(None);
    let load = move || {
        stage.set(Stage::Loading);
        spawn_local(async move {
            stage.try_set(match own_settings::read(conversations).await {
                Ok(settings) => {
                    choices.try_set(Some(settings.defaults.unwrap_or_default()));
                    Stage::Loaded
                }
                Err(why) => Stage::Unread(why),
            });
        });
    };
    Effect::new(load);
    let save = Callback::new(move |choices: Choices| {
        stage.set(Stage::Saving);
        spawn_local(async move {
            let saved = own_settings::change(conversations, |settings| {
                settings.defaults = Some(choices);
            });
            stage.try_set(match saved.await {
                Ok(()) => Stage::Saved,
                Err(why) => Stage::Failed(why),
            });
        });
    });
    let words = move || match stage.get() {
        Stage::Loading => "Reading them…".to_owned(),
        Stage::Loaded => String::new(),
        Stage::Saving => "Saving…".to_owned(),
        Stage::Saved => "Saved. Your next conversations begin with this.".to_owned(),
        Stage::Unread(why) => format!("They could not be read: {why}."),
        Stage::Failed(why) => format!("Not saved: {why}."),
    };
    let is_unread = move || stage.with(|stage| matches!(stage, Stage::Unread(_)));
    let again = Callback::new(move |()| load());
    Some(view! {
        <section class="defaults">
            <h2>"New conversations"</h2>
            <p>
                "The model that answers, how much it reasons, and what Coder may do without asking. Each conversation can be changed \
                 on its own page; those that have begun stay as they are."
            </p>
            <div class="defaults-tools">
                <NewTools choices on_choose=save />
            </div>
            <Show when=is_unread>
                <Button kind=ButtonKind::Plain on_press=again>
                    "Try again"
                </Button>
            </Show>
            <p role="status">{words}</p>
        </section>
    })
}
