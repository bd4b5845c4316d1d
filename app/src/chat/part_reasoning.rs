//! The model's thinking.

use leptos::prelude::*;

use super::{
    PartHandle,
    part_text::{PartText, WithRest},
};
use crate::components::Markdown;

/// Open while it is written, then closed; the reader may open it again.
#[component]
pub(super) fn ReasoningView(
    /// The part.
    part: PartHandle,
) -> impl IntoView {
    let is_growing = {
        let part = part.clone();
        Memo::new(move |_| part.with(PartText::is_streaming).unwrap_or_default())
    };
    let source = PartText::new(part);
    view! {
        <details class="reasoning" open=move || is_growing.get()>
            <summary>"Reasoning"</summary>
            <WithRest text=source.clone()>
                <Markdown source=source />
            </WithRest>
        </details>
    }
}
