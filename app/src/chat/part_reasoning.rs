//! The model's thinking.

use leptos::prelude::*;

use super::{PartHandle, part_text::PartText};
use crate::components::Markdown;

/// Open while it is written, then out of the way; the reader may open it again.
#[component]
pub(crate) fn ReasoningView(part: PartHandle) -> impl IntoView {
    let is_growing = {
        let part = part.clone();
        ArcMemo::new(move |_| part.with(PartText::is_streaming).unwrap_or_default())
    };
    view! {
        <details class="reasoning" open=move || is_growing.get()>
            <summary>"Reasoning"</summary>
            <Markdown source=PartText(part) />
        </details>
    }
}
