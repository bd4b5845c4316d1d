//! One message.

use common::{
    id::MessageId,
    message::{Part, Role},
};
use leptos::prelude::*;

use super::{
    PartHandle, RowHandle, UseChat,
    delivery_line::DeliveryLine,
    file_changes::MessageEdit,
    left_out::LeftOutLine,
    message_actions::{MessageActions, anchor},
    part_data::DataView,
    part_file::FileView,
    part_reasoning::ReasoningView,
    part_source::SourceView,
    part_text::TextView,
    part_tool::{CallView, Runs},
    shortened::ShortenedLine,
};

/// A message and, for one's own, how far its delivery is.
#[component]
pub(super) fn MessageRow(
    /// The message.
    row: RowHandle,
    /// Its conversation.
    chat: UseChat,
    /// The messages that wait for their turns.
    waiting: Memo<Vec<MessageId>>,
) -> impl IntoView {
    let (label, class) = match row.role {
        Role::User => ("You", "message message-user"),
        Role::Assistant => ("Coder", "message message-coder"),
        Role::System => ("System", "message message-system"),
    };
    // The parts there are. A part that grows does not change this, so that only the part itself is rendered again.
    let parts = {
        let row = row.clone();
        Memo::new(move |_| {
            let count = row.with(|message| message.parts.len());
            (row.generation(), count)
        })
    };
    let keys = move || {
        let (generation, count) = parts.get();
        (0..count).map(move |index| (generation, index))
    };
    let runs = Runs::of(row.clone());
    let part = {
        let row = row.clone();
        move |(_, index)| part_view(row.clone(), row.part(index), chat, runs)
    };
    let is_edited = RwSignal::new(false);
    let edited = row.clone();
    let anchor = anchor(&row);
    let id = row.id.clone();
    // The queue above the composer shows it instead.
    let waits = move || waiting.with(|waiting| waiting.contains(&id));
    view! {
        <article class=class aria-label=label id=anchor tabindex="-1" class:message-waiting=waits>
            <div class="message-body" class:message-hidden=move || is_edited.get()>
                <For each=keys key=|key| *key children=part />
            </div>
            <Show when=move || is_edited.get()>
                <MessageEdit row=edited.clone() chat is_edited />
            </Show>
            <ShortenedLine row=row.clone() chat />
            <DeliveryLine row=row.clone() chat />
            <LeftOutLine row=row.clone() chat />
            <MessageActions row chat is_edited />
        </article>
    }
}

/// The view of a part. Within one generation a part never becomes one of another kind.
fn part_view(row: RowHandle, part: PartHandle, chat: UseChat, runs: Runs) -> AnyView {
    type View = fn(RowHandle, PartHandle, UseChat, Runs) -> AnyView;
    let view: View = part
        .with_untracked(|part| match part {
            Part::Text(_) => {
                (|row, part, _, _| view! { <TextView role=row.role part /> }.into_any()) as View
            }
            Part::Reasoning(_) => {
                |_, part, _, runs| view! { <ReasoningView part runs /> }.into_any()
            }
            Part::File(_) => |_, part, _, _| view! { <FileView part /> }.into_any(),
            Part::SourceUrl(_) | Part::SourceDocument(_) => {
                |_, part, _, _| view! { <SourceView part /> }.into_any()
            }
            Part::Tool(_) => {
                |row, part, chat, runs| view! { <CallView row part chat runs /> }.into_any()
            }
            Part::Data(_) => |_, part, _, _| view! { <DataView part /> }.into_any(),
            // Where a step begins is no matter for the reader, and unknown parts are for other clients.
            Part::StepStart | Part::Other(_) => |_, _, _, _| ().into_any(),
        })
        .unwrap_or(|_, _, _, _| ().into_any());
    view(row, part, chat, runs)
}
