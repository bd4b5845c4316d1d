//! The part of the settings that deletes all conversations, in two steps.

use common::directory::{Call, DeletedAll};
use leptos::{html::Input, prelude::*, task::spawn_local};

use crate::{
    browser::{dom, storage},
    components::{Button, ButtonKind},
    conversations::Conversations,
};

/// What the person types, so that nobody deletes everything by a slip.
const WORD: &str = "delete";

/// How far the deletion is.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Stage {
    /// Nobody wants it.
    Idle,
    /// The person is asked to type the word.
    Asking,
    /// It is on its way.
    Running,
    /// So many conversations are being deleted.
    Done(u64),
    /// Nothing was deleted, for this reason.
    Failed(String),
}

/// The section; none for a person without a list of conversations.
#[component]
pub(super) fn DeleteAll() -> impl IntoView {
    let conversations = Conversations::of_page()?;
    let stage = RwSignal::new(Stage::Idle);
    let ask = Callback::new(move |()| stage.set(Stage::Asking));
    let is_asking = Memo::new(move |_| stage.with(|stage| *stage == Stage::Asking));
    let delete = Callback::new(move |()| {
        dom::focus_first(".delete-all-title");
        stage.set(Stage::Running);
        spawn_local(async move {
            let deleted = conversations.call(Call::DeleteAll).await;
            stage.try_set(match deleted.map(DeletedAll::from_json) {
                Ok(deleted) => {
                    storage::forget_drafts();
                    Stage::Done(deleted.map_or(0, |deleted| deleted.count))
                }
                Err(why) => Stage::Failed(why),
            });
        });
    });
    let words = move || match stage.get() {
        Stage::Idle | Stage::Asking => String::new(),
        Stage::Running => "Deleting…".to_owned(),
        Stage::Done(0) => "There was no conversation to delete.".to_owned(),
        Stage::Done(1) => "1 conversation was deleted.".to_owned(),
        Stage::Done(count) => format!("{count} conversations were deleted."),
        Stage::Failed(why) => format!("Nothing was deleted: {why}."),
    };
    Some(view! {
        <section>
            <h2 class="delete-all-title" tabindex="-1">
                "Your data"
            </h2>
            <p>
                "Conversations with their messages and files are kept on this server until you delete them. To keep one elsewhere, \
                 export it from its menu first."
            </p>
            <p role="status">{words}</p>
            <Show
                when=move || is_asking.get()
                fallback=move || {
                    view! {
                        <Button kind=ButtonKind::Danger on_press=ask>
                            "Delete all conversations"
                        </Button>
                    }
                }
            >
                <Question stage on_delete=delete />
            </Show>
        </section>
    })
}

/// Has the person type the word.
#[component]
fn Question(stage: RwSignal<Stage>, on_delete: Callback<()>) -> impl IntoView {
    let field = NodeRef::<Input>::new();
    let typed = RwSignal::new(String::new());
    let is_sure = move || typed.with(|typed| typed.trim().eq_ignore_ascii_case(WORD));
    // The button that was pressed is gone.
    Effect::new(move || {
        if field.get().is_some() {
            dom::focus_first(".delete-all input");
        }
    });
    let keep = Callback::new(move |()| {
        dom::focus_first(".delete-all-title");
        stage.set(Stage::Idle);
    });
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if is_sure() {
            on_delete.run(());
        }
    };
    view! {
        <form class="delete-all" on:submit=submit>
            <p>
                "All of your conversations, archived ones included, are deleted for good at once, for everyone who has their \
                 addresses. This cannot be undone."
            </p>
            <label>
                "Type " <strong>{WORD}</strong> " to confirm"
                <input
                    node_ref=field
                    type="text"
                    autocomplete="off"
                    autocapitalize="off"
                    on:input=move |event| typed.set(event_target_value(&event))
                />
            </label>
            <div class="question-buttons">
                <Button kind=ButtonKind::Plain on_press=keep>
                    "Keep them"
                </Button>
                <button type="submit" class="button button-danger" disabled=move || !is_sure()>
                    "Delete all"
                </button>
            </div>
        </form>
    }
}
