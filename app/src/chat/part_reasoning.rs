//! The model's thinking.

use std::time::Duration;

use common::time::Timestamp;
use leptos::prelude::*;

use super::{
    PartHandle,
    part_text::{PartText, WithRest},
    part_tool::Runs,
};
use crate::{browser::clock, components::Markdown};

/// Closed until the reader opens it. Where it is seen growing, it says how long that took.
#[component]
pub(super) fn ReasoningView(
    /// The part.
    part: PartHandle,
    /// The runs of calls in the message.
    runs: Runs,
) -> impl IntoView {
    let index = part.index();
    let is_growing = {
        let part = part.clone();
        Memo::new(move |_| part.with(PartText::is_streaming).unwrap_or_default())
    };
    let took = RwSignal::new(None::<Duration>);
    Effect::new(move |began: Option<Option<Timestamp>>| {
        match (is_growing.get(), began.flatten()) {
            (true, None) => Some(clock::now()),
            (true, began) => began,
            (false, began) => {
                took.set(began.map(|began| clock::now().since(began)));
                None
            }
        }
    });
    let title = move || match (is_growing.get(), took.get()) {
        (true, _) => "Thinking…".to_owned(),
        (false, None) => "Reasoning".to_owned(),
        (false, Some(took)) => format!("Reasoning, {}", seconds(took)),
    };
    let source = PartText::new(part);
    view! {
        <details class="reasoning" class:folded-away=move || runs.hides(index)>
            <summary>{title}</summary>
            <WithRest text=source.clone()>
                <Markdown source />
            </WithRest>
        </details>
    }
}

fn seconds(took: Duration) -> String {
    match took.as_secs() {
        0 => "less than a second".to_owned(),
        seconds @ ..60 => format!("{seconds} s"),
        seconds => format!("{} min {} s", seconds / 60, seconds % 60),
    }
}
