//! The quiet row of buttons under a message.

use common::{
    callable,
    id::MessageId,
    message::{Message, Role},
    naming::encode_segment,
};
use leptos::{prelude::*, task::spawn_local};
use serde_json::json;

use super::{
    MethodCall, RowHandle, UseChat,
    file_changes::{Again, Departure, DepartureForm, FileChanges, made_void, standing_after},
    message_details::{Ending, details_of},
    pin_button::PinButton,
};
use crate::{
    api::Reader,
    browser::{dom, location},
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
    // The answers whose changes may be undone, too, before another branch begins.
    let asked_about = RwSignal::new(None::<(Departure, Vec<String>)>);
    let depart = {
        let id = row.id.clone();
        move |departure| match departure {
            Departure::Regenerate => chat.regenerate(id.clone()),
            Departure::Branch => branch(chat, &id),
        }
    };
    let press = {
        let (id, depart) = (row.id.clone(), depart.clone());
        move |departure| {
            let answers = match departure {
                Departure::Regenerate => made_void(&chat, &id),
                Departure::Branch => standing_after(&chat, &id),
            };
            if answers.is_empty() {
                depart(departure);
            } else {
                asked_about.set(Some((departure, answers)));
            }
        }
    };
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
            let is_last = move || chat.last_answer().is_some_and(|last| last.id == id);
            let regenerate = {
                let press = press.clone();
                Callback::new(move |()| press(Departure::Regenerate))
            };
            let branch = Callback::new(move |()| press(Departure::Branch));
            view! {
                <Button kind=ButtonKind::Quiet on_press=regenerate>
                    "Regenerate"
                </Button>
                <Show when=move || !is_last()>
                    <Button kind=ButtonKind::Quiet name="Branch from here" on_press=branch>
                        "Branch"
                    </Button>
                </Show>
            }
            .into_any()
        }
        Role::System => ().into_any(),
    });
    let pin = can_write.then(|| view! { <PinButton row=row.clone() chat /> });
    let details = (row.role == Role::Assistant).then(|| view! { <Details row=row.clone() /> });
    let files = (row.role == Role::Assistant && chat.is_live())
        .then(|| view! { <FileChanges row=row.clone() chat can_write /> });
    let form = move || {
        let (departure, answers) = asked_about.get()?;
        let close = Callback::new(move |()| asked_about.set(None));
        let depart = depart.clone();
        let go = Callback::new(move |()| {
            close.run(());
            depart(departure);
        });
        let again = Again::new(answers, go);
        Some(view! { <DepartureForm chat departure again on_close=close /> })
    };
    let ending = (row.role == Role::Assistant).then(|| view! { <EndingLine row chat can_write /> });
    view! {
        {files}
        {form}
        {ending}
        <div class="message-actions">
            <CopyButton label="Copy" name="Copy the message" content=copy />
            <span class="message-changes">{change} {pin}</span>
            <CopyButton label="Link" name="Copy a link to this message" content=link />
            {details}
        </div>
    }
}

/// Continues the conversation after a message; what follows it becomes a branch.
fn branch(chat: UseChat, message: &MessageId) {
    let argument = json!({"messageId": message.as_str()});
    let call = chat.call(MethodCall::new(
        callable::Callable::Branch.as_str(),
        vec![argument],
    ));
    spawn_local(async move {
        match call.await {
            Ok(_) => dom::focus_first(".composer-field"),
            Err(error) => {
                chat.report(error);
            }
        }
    });
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
