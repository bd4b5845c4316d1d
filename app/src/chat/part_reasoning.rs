//! The model's thinking.

use leptos::prelude::*;

use super::{PartHandle, part_text::PartText};
use crate::components::{Erase, markdown};

/// Open while it is written, then out of the way; the reader may open it again.
pub(crate) fn reasoning_view(part: PartHandle) -> AnyView {
    let is_growing = {
        let part = part.clone();
        Memo::new(move |_| part.with(PartText::is_streaming).unwrap_or_default())
    };
    view! {
        <details class="reasoning" open=is_growing>
            <summary>"Reasoning"</summary>
            {markdown(PartText(part))}
        </details>
    }
    .erase()
}
