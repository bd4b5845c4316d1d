//! One message.

use common::{
    client::Delivery,
    message::{Part, Role},
};
use leptos::prelude::*;

use super::{
    PartHandle, RowHandle, part_file::FileView, part_reasoning::ReasoningView,
    part_source::SourceView, part_text::TextView, part_tool::ToolView,
};

/// A message and, for one's own, how far its delivery is.
#[component]
pub(crate) fn MessageRow(row: RowHandle) -> impl IntoView {
    let (label, class) = match row.role {
        Role::User => ("You", "message message-user"),
        Role::Assistant => ("Coder", "message message-coder"),
        Role::System => ("System", "message message-system"),
    };
    let role = row.role;
    let delivery = row.delivery.clone();
    // The parts there are. A part that grows does not change this, so that only the part itself is told.
    let shape = {
        let row = row.clone();
        ArcMemo::new(move |_| {
            (
                row.generation.get(),
                row.builder.with(|builder| builder.message().parts.len()),
            )
        })
    };
    let keys = move || {
        let (generation, parts) = shape.get();
        (0..parts).map(move |index| (generation, index))
    };
    view! {
        <article class=class aria-label=label>
            <div class="message-body">
                <For each=keys key=|key| *key let(key)>
                    {part_view(role, row.part(key.1))}
                </For>
            </div>
            {move || {
                delivery_words(delivery.get()).map(|words| view! { <p class="message-delivery">{words}</p> })
            }}
        </article>
    }
}

const fn delivery_words(delivery: Delivery) -> Option<&'static str> {
    match delivery {
        Delivery::Waiting => Some("Waiting for the connection"),
        Delivery::Queued => Some("Queued"),
        Delivery::Taken => None,
    }
}

/// Which view a part gets. Within one generation a part never becomes one of another kind.
fn part_view(role: Role, part: PartHandle) -> Option<AnyView> {
    enum Kind {
        Text,
        Reasoning,
        File,
        Source,
        Tool,
    }
    let kind = part.with_untracked(|part| match part {
        Part::Text(_) => Some(Kind::Text),
        Part::Reasoning(_) => Some(Kind::Reasoning),
        Part::File(_) => Some(Kind::File),
        Part::SourceUrl(_) | Part::SourceDocument(_) => Some(Kind::Source),
        Part::Tool(_) => Some(Kind::Tool),
        // Where a step begins is no matter for the reader; data and unknown parts are for other clients.
        Part::StepStart | Part::Data(_) | Part::Other(_) => None,
    });
    Some(match kind.flatten()? {
        Kind::Text => view! { <TextView role part /> }.into_any(),
        Kind::Reasoning => view! { <ReasoningView part /> }.into_any(),
        Kind::File => view! { <FileView part /> }.into_any(),
        Kind::Source => view! { <SourceView part /> }.into_any(),
        Kind::Tool => view! { <ToolView part /> }.into_any(),
    })
}
