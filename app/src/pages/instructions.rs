//! The part of the settings with what the person wants in all of their conversations.

use common::directory::{Settings, settings::MAX_INSTRUCTIONS_CHARS};
use leptos::{html::Textarea, prelude::*, task::spawn_local};

use super::own_settings;
use crate::{
    browser::field,
    components::{Button, ButtonKind},
    conversations::Conversations,
};

/// How far the text is.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Stage {
    /// What is kept is on its way.
    Loading,
    /// It is in the field.
    Loaded,
    /// The text is on its way.
    Saving,
    /// It is kept.
    Saved,
    /// What is kept could not be read, for this reason: nothing may take its place.
    Unread(String),
    /// The text was not kept, for this reason.
    Failed(String),
}

impl Stage {
    /// Whether the field has what is kept, so that it may be changed.
    const fn is_read(&self) -> bool {
        match self {
            Self::Loading | Self::Unread(_) => false,
            Self::Loaded | Self::Saving | Self::Saved | Self::Failed(_) => true,
        }
    }
}

/// The section; none for a person without a list of conversations.
#[component]
pub(super) fn Instructions() -> impl IntoView {
    let conversations = Conversations::of_page()?;
    let stage = RwSignal::new(Stage::Loading);
    let field = NodeRef::<Textarea>::new();
    let load = move || {
        stage.set(Stage::Loading);
        spawn_local(async move {
            stage.try_set(match own_settings::read(conversations).await {
                Ok(settings) => {
                    let text = settings.instructions.unwrap_or_default();
                    field::replace_text(field, &text);
                    field::fit(field);
                    Stage::Loaded
                }
                Err(why) => Stage::Unread(format!("They could not be read: {why}.")),
            });
        });
    };
    Effect::new(move || {
        if field.get().is_some() {
            load();
        }
    });
    let save = Callback::new(move |()| {
        if !stage.with_untracked(Stage::is_read) {
            return;
        }
        let settings = Settings {
            instructions: field::text_of(field),
            ..Settings::default()
        };
        // Before it is sent, so that a text that is too long is said so at once.
        let settings = match settings.checked() {
            Ok(settings) => settings,
            Err(too_long) => return stage.set(Stage::Failed(format!("Not saved: {too_long}."))),
        };
        stage.set(Stage::Saving);
        spawn_local(async move {
            let saved = own_settings::change(conversations, |all| {
                all.instructions = settings.instructions;
            });
            stage.try_set(match saved.await {
                Ok(()) => Stage::Saved,
                Err(why) => Stage::Failed(format!("Not saved: {why}.")),
            });
        });
    });
    let words = move || match stage.get() {
        Stage::Loading => "Reading them…".to_owned(),
        Stage::Loaded => String::new(),
        Stage::Saving => "Saving…".to_owned(),
        Stage::Saved => "Saved. They hold from your next message on.".to_owned(),
        Stage::Unread(why) | Stage::Failed(why) => why,
    };
    let is_unread = move || stage.with(|stage| matches!(stage, Stage::Unread(_)));
    let again = Callback::new(move |()| load());
    Some(view! {
        <section class="instructions">
            <h2>"Instructions"</h2>
            <p id="instructions-help">
                {format!(
                    "What Coder should know or do in all of your conversations: how to answer, what to avoid, what you work with. \
                     At most {MAX_INSTRUCTIONS_CHARS} characters. They go to the model with every message.",
                )}
            </p>
            <textarea
                node_ref=field
                rows="4"
                dir="auto"
                aria-label="Instructions for all conversations"
                aria-describedby="instructions-help"
                readonly=move || stage.with(|stage| !stage.is_read())
                on:input=move |_| field::fit(field)
            ></textarea>
            <Show
                when=is_unread
                fallback=move || {
                    view! {
                        <Button kind=ButtonKind::Plain name="Save the instructions" on_press=save>
                            "Save"
                        </Button>
                    }
                }
            >
                <Button kind=ButtonKind::Plain on_press=again>
                    "Try again"
                </Button>
            </Show>
            <p role="status">{words}</p>
        </section>
    })
}
