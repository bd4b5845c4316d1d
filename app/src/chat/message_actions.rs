//! The quiet row of buttons under a message.

use common::{
    message::{Message, Role},
    naming::encode_segment,
};
use leptos::prelude::*;

use super::{
    RowHandle, UseChat,
    file_changes::{Again, FileChanges, RegenerateForm, made_void},
    message_details::{Ending, details_of},
};
use crate::{
    api::Reader,
    browser::location,
    components::{Button, ButtonKind, CopyButton},
};

/// What the user says to have a stopped answer continued.
const CONTINUE: &str = "Continue where you stopped.";

/// The id of a message's element, for links to it.
pub(super) fn anchor(row: &RowHandle) -> String {
    format!("message-{}", encode_segment(row.id.as_str()))
}

/// Copies, changes, asks again, and says more about a message. The buttons are always there, for keyboards and screen
/// readers; the style sheet shows them when they are wanted.
#[component]
pub(super) fn MessageActions(
    /// The message.
    row: RowHandle,
    /// Its conversation.
    chat: UseChat,
    /// Whether the message is being changed.
    is_edited: RwSignal<bool>,
) -> impl IntoView {
    let can_write =
        chat.is_live() && use_context::<Reader>().is_none_or(|reader| reader.read_only.is_none());
    let copied = row.clone();
    let copy = move || copied.with_untracked(Message::plain_text);
    let anchor = anchor(&row);
    let link = move || format!("{}#{anchor}", location::address());
    // The answers whose changes may be undone, too, before another answer is asked for.
    let asked_about = RwSignal::new(Vec::<String>::new());
    let change = can_write.then(|| match row.role {
        Role::User => {
            let edit = Callback::new(move |()| is_edited.set(true));
            view! {
                <Button kind=ButtonKind::Quiet on_press=edit>
                    "Edit"
                </Button>
            }
            .into_any()
        }
        Role::Assistant => {
            let id = row.id.clone();
            let regenerate = Callback::new(move |()| {
                let answers = made_void(&chat, &id);
                if answers.is_empty() {
                    chat.regenerate(id.clone());
                } else {
                    asked_about.set(answers);
                }
            });
            view! {
                <Button kind=ButtonKind::Quiet on_press=regenerate>
                    "Regenerate"
                </Button>
            }
            .into_any()
        }
        Role::System => ().into_any(),
    });
    let details = (row.role == Role::Assistant).then(|| view! { <Details row=row.clone() /> });
    let files = (row.role == Role::Assistant && chat.is_live())
        .then(|| view! { <FileChanges row=row.clone() chat can_write /> });
    let id = row.id.clone();
    let form = move || {
        let answers = asked_about.get();
        let id = id.clone();
        let close = Callback::new(move |()| asked_about.set(Vec::new()));
        let go = Callback::new(move |()| {
            close.run(());
            chat.regenerate(id.clone());
        });
        (!answers.is_empty()).then(|| {
            let again = Again::new(answers, go);
            view! { <RegenerateForm chat again on_close=close /> }
        })
    };
    let ending = (row.role == Role::Assistant).then(|| view! { <EndingLine row chat can_write /> });
    view! {
        {files}
        {form}
        {ending}
        <div class="message-actions">
            <CopyButton label="Copy" name="Copy the message" content=copy />
            <span class="message-changes">{change}</span>
            <CopyButton label="Link" name="Copy a link to this message" content=link />
            {details}
        </div>
    }
}

/// Model, tokens and cost; nothing where nobody has said.
#[component]
fn Details(row: RowHandle) -> impl IntoView {
    let facts = Memo::new(move |_| row.with(details_of));
    let list = move || {
        let facts = facts.get();
        let fact = |(name, value): (&'static str, String)| {
            view! {
                <dt>{name}</dt>
                <dd>{value}</dd>
            }
        };
        facts.into_iter().map(fact).collect_view()
    };
    view! {
        <Show when=move || facts.with(|facts| !facts.is_empty())>
            <details class="message-details">
                <summary class="button button-quiet">"Details"</summary>
                <dl>{list}</dl>
            </details>
        </Show>
    }
}

/// Says that an answer is not whole, and offers to continue the last one.
#[component]
fn EndingLine(row: RowHandle, chat: UseChat, can_write: bool) -> impl IntoView {
    let id = row.id.clone();
    let ending = Memo::new(move |_| row.with(Ending::of));
    let is_last = move || chat.last_answer().is_some_and(|last| last.id == id);
    let go_on = Callback::new(move |()| chat.send(CONTINUE.to_owned()));
    let button = move || {
        view! {
            <Button kind=ButtonKind::Plain on_press=go_on>
                "Continue"
            </Button>
        }
    };
    view! {
        {move || {
            let words = match ending.get() {
                Ending::Open if chat.is_settled() => "Stopped",
                Ending::TooLong => "Cut off: the answer reached the model's limit",
                Ending::Open | Ending::Whole => return None,
            };
            let can_continue = can_write && chat.is_settled() && is_last();
            Some(view! {
                <p class="message-ending">
                    <span>{words}</span>
                    {can_continue.then(button)}
                </p>
            }
            .into_any())
        }}
    }
}
