//! What an answer changed in the files: under the answer it can be seen, undone and redone.
//!
//! [`switch`]: another branch is shown with its files.
//!
//! [`line`] is what a press on the buttons opens, [`also`] the question before a message is edited or an answer regenerated.
//! [`outcome`]: the agent's responses.

#[cfg(feature = "hydrate")]
mod also;
#[cfg(feature = "hydrate")]
mod line;
#[cfg(any(feature = "hydrate", test))]
#[cfg_attr(
    not(feature = "hydrate"),
    expect(dead_code, reason = "nobody presses a button on the server")
)]
mod outcome;
#[cfg(feature = "hydrate")]
mod switch;

use common::{
    callable::Callable,
    client::Status,
    id::MessageId,
    message::{Message, Role},
};
use leptos::prelude::*;

#[cfg(feature = "hydrate")]
use super::message_edit;
use super::{RowHandle, UseChat, message_actions::anchor};
use crate::{
    browser::dom,
    components::{Button, ButtonKind},
};

/// Changes that are to be undone or redone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wish {
    /// [`Callable::Undo`] or [`Callable::Redo`].
    pub(super) method: Callable,
    /// The answers whose changes are meant.
    pub(super) answers: Vec<String>,
}

/// What the user has pressed under an answer.
#[derive(Clone, Copy)]
pub(super) struct Pressed {
    /// Whether the changes are shown.
    is_shown: RwSignal<bool>,
    /// The last undo or redo.
    wish: RwSignal<Option<Wish>>,
}

/// Another answer that is asked for, which makes the answers from there on void.
#[derive(Clone, Copy)]
#[cfg_attr(
    not(feature = "hydrate"),
    expect(dead_code, reason = "nobody presses a button on the server")
)]
pub(super) struct Again {
    /// The answers from there on whose changes stand.
    answers: StoredValue<Vec<String>>,
    /// Whether the user has asked, and waits.
    pub(super) is_wanted: RwSignal<bool>,
    /// Asks for the answer, once the files are as they are to be.
    on_go: Callback<()>,
}

/// The buttons under an answer that changed files, with the result of a press. Other answers have none.
#[component]
pub(super) fn FileChanges(
    /// The answer.
    row: RowHandle,
    /// Its conversation.
    chat: UseChat,
    /// Whether the reader may change anything.
    can_write: bool,
) -> impl IntoView {
    let id = row.id.clone();
    let anchor = anchor(&row);
    // `None`: it changed no files.
    let is_undone = {
        let row = row.clone();
        Memo::new(move |_| row.with(|answer| answer.changed_files().then(|| answer.is_undone())))
    };
    let is_last = {
        let id = id.clone();
        Memo::new(move |_| chat.last_answer().is_some_and(|last| last.id == id))
    };
    // An answer that grows may change more.
    let is_whole = move || !is_last.get() || !is_busy(chat.status.get());
    let pressed = Pressed {
        is_shown: RwSignal::new(false),
        wish: RwSignal::new(None),
    };
    let has_undone = move || is_undone.get() == Some(true);
    let turn = {
        let id = id.clone();
        Callback::new(move |()| {
            let method = if is_undone.get_untracked() == Some(true) {
                Callable::Redo
            } else {
                Callable::Undo
            };
            let answers = vec![id.to_string()];
            pressed.wish.set(Some(Wish { method, answers }));
        })
    };
    let undo_from = Callback::new(move |()| {
        // Once it is done there is no such button.
        dom::focus_message(&anchor);
        let method = Callable::Undo;
        let answers = standing_from(&chat, &id);
        pressed.wish.set(Some(Wish { method, answers }));
    });
    let can_undo_from = move || can_write && is_undone.get() == Some(false) && !is_last.get();
    let turn_label = move || {
        if has_undone() {
            "Redo its changes"
        } else {
            "Undo its changes"
        }
    };
    let shown_id = StoredValue::new(row.id.to_string());
    view! {
        <Show when=move || is_undone.with(Option::is_some) && is_whole()>
            <div class="message-files" role="group" aria-label="Changed files">
                <Show when=has_undone>
                    <span class="message-files-words">"You undid what this answer changed in the files."</span>
                </Show>
                <button
                    type="button"
                    class="button button-quiet"
                    aria-expanded=move || pressed.is_shown.get().to_string()
                    on:click=move |_| pressed.is_shown.update(|is_shown| *is_shown = !*is_shown)
                >
                    {move || if pressed.is_shown.get() { "Hide changes" } else { "Show changes" }}
                </button>
                {can_write
                    .then(|| {
                        view! {
                            <Button kind=ButtonKind::Quiet on_press=turn>
                                {turn_label}
                            </Button>
                        }
                    })}
                <Show when=can_undo_from>
                    <Button kind=ButtonKind::Quiet on_press=undo_from>
                        "Undo from here on"
                    </Button>
                </Show>
            </div>
        </Show>
        <Show when=move || pressed.is_shown.get() || pressed.wish.with(Option::is_some)>
            {pressed_view(Shown::Line { id: shown_id.get_value(), chat, pressed })}
        </Show>
    }
}

/// The ways to begin another branch under an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Departure {
    /// Another answer in the place of this one.
    Regenerate,
    /// The conversation continues after this answer.
    Branch,
}

impl Departure {
    const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Regenerate => (
                "Regenerate",
                "Coder answers again. This answer and all that follows it are kept as a branch.",
            ),
            Self::Branch => (
                "Branch",
                "The conversation continues from here. What follows this answer is kept as a branch.",
            ),
        }
    }
}

/// The question whether the changes are to be undone, too, with the buttons that begin the branch or do not.
#[component]
pub(super) fn DepartureForm(
    /// The conversation.
    chat: UseChat,
    /// What is asked for.
    departure: Departure,
    /// The answers that are left.
    again: Again,
    /// Closes it.
    on_close: Callback<()>,
) -> impl IntoView {
    let go = Callback::new(move |()| again.is_wanted.set(true));
    let (name, words) = departure.words();
    view! {
        <div class="message-again" role="group" aria-label=name>
            <p>{words}</p>
            <AlsoUndo chat again />
            <Button kind=ButtonKind::Plain on_press=on_close>
                "Cancel"
            </Button>
            <Button kind=ButtonKind::Main on_press=go>
                {name}
            </Button>
        </div>
    }
}

/// Shows another branch, or says what stands in the way.
#[component]
pub(super) fn SwitchResult(
    /// The conversation.
    chat: UseChat,
    /// The message before the branches.
    after: MessageId,
    /// The number of the branch; `None` once that is over.
    wanted: RwSignal<Option<u32>>,
) -> impl IntoView {
    pressed_view(Shown::Switch {
        chat,
        after,
        wanted,
    })
}

/// A message that is being edited.
#[component]
pub(super) fn MessageEdit(
    /// The message.
    row: RowHandle,
    /// Its conversation.
    chat: UseChat,
    /// Whether it is being edited.
    is_edited: RwSignal<bool>,
) -> impl IntoView {
    pressed_view(Shown::Edit {
        row,
        chat,
        is_edited,
    })
}

/// The question whether the changes of the answers that become void are to be undone, too. Once the user has asked for the
/// other answer, it sees to that.
#[component]
pub(super) fn AlsoUndo(
    /// The conversation.
    chat: UseChat,
    /// What is asked for.
    again: Again,
) -> impl IntoView {
    pressed_view(Shown::Also { chat, again })
}

impl Again {
    /// An answer that makes these void; `on_go` asks for it.
    pub(super) fn new(answers: Vec<String>, on_go: Callback<()>) -> Self {
        Self {
            answers: StoredValue::new(answers),
            is_wanted: RwSignal::new(false),
            on_go,
        }
    }
}

/// The answers whose changes stand and that another answer to this message, or in the place of this one, makes void; empty
/// while a turn runs, since then none can be asked for.
pub(super) fn made_void(chat: &UseChat, message: &MessageId) -> Vec<String> {
    if is_busy(chat.status.get_untracked()) {
        return Vec::new();
    }
    chat.messages.with_untracked(|rows| {
        let at = rows.iter().position(|row| row.id == *message);
        let mut until = rows.iter().take(at.map_or(0, |at| at + 1));
        let question = until.rposition(|row| row.role == Role::User);
        standing(
            rows.get(question.unwrap_or(rows.len())..)
                .unwrap_or_default(),
        )
    })
}

const fn is_busy(status: Status) -> bool {
    match status {
        Status::Submitted | Status::Streaming => true,
        Status::Ready | Status::Error => false,
    }
}

/// The answers after this one whose changes stand.
pub(super) fn standing_after(chat: &UseChat, message: &MessageId) -> Vec<String> {
    let mut standing = standing_from(chat, message);
    standing.retain(|answer| answer != message.as_str());
    standing
}

/// The answers from a message on whose changes stand.
fn standing_from(chat: &UseChat, message: &MessageId) -> Vec<String> {
    chat.messages.with_untracked(|rows| {
        let from = rows.iter().position(|row| row.id == *message);
        standing(rows.get(from.unwrap_or(rows.len())..).unwrap_or_default())
    })
}

fn standing(rows: &[RowHandle]) -> Vec<String> {
    let stands = |answer: &Message| answer.changed_files() && !answer.is_undone();
    let rows = rows.iter().filter(|row| row.with_untracked(stands));
    rows.map(|row| row.id.to_string()).collect()
}

/// What a press shows.
#[derive(Clone)]
#[cfg_attr(
    not(feature = "hydrate"),
    expect(dead_code, reason = "nobody presses a button on the server")
)]
enum Shown {
    /// What the buttons of this answer lead to.
    Line {
        id: String,
        chat: UseChat,
        pressed: Pressed,
    },
    /// The question of another answer.
    Also { chat: UseChat, again: Again },
    /// A switch to another branch.
    Switch {
        chat: UseChat,
        after: MessageId,
        wanted: RwSignal<Option<u32>>,
    },
    /// A message that is edited.
    Edit {
        row: RowHandle,
        chat: UseChat,
        is_edited: RwSignal<bool>,
    },
}

/// Nobody presses a button on the server.
#[cfg(not(feature = "hydrate"))]
fn pressed_view(shown: Shown) -> AnyView {
    match shown {
        Shown::Line { .. } | Shown::Also { .. } | Shown::Switch { .. } | Shown::Edit { .. } => {
            ().into_any()
        }
    }
}

#[cfg(feature = "hydrate")]
fn pressed_view(shown: Shown) -> AnyView {
    match shown {
        Shown::Line { id, chat, pressed } => line::view(id, chat, pressed),
        Shown::Also { chat, again } => also::view(chat, again),
        Shown::Switch {
            chat,
            after,
            wanted,
        } => switch::view(chat, after, wanted),
        Shown::Edit {
            row,
            chat,
            is_edited,
        } => message_edit::view(row, chat, is_edited),
    }
}
