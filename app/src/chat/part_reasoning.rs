//! The model's thinking.

use std::time::Duration;

use common::message::Part;
use leptos::prelude::*;

use super::{
    PartHandle,
    part_text::{PartText, WithRest},
    part_tool::Runs,
};
use crate::components::Markdown;

/// Closed until the reader opens it. Says how long the model thought, where the server has measured it.
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
    let took = {
        let part = part.clone();
        Memo::new(move |_| part.with(took_by).flatten())
    };
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

fn took_by(part: &Part) -> Option<Duration> {
    if let Part::Reasoning(part) = part {
        part.took()
    } else {
        None
    }
}

fn seconds(took: Duration) -> String {
    match took.as_secs() {
        0 => "less than a second".to_owned(),
        seconds @ ..60 => format!("{seconds} s"),
        seconds => format!("{} min {} s", seconds / 60, seconds % 60),
    }
}
