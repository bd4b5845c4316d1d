//! The model's thinking.

use leptos::prelude::*;

use super::{PartHandle, part_text::PartText};
use crate::components::{markdown, node::element};

/// Open while it is written, then out of the way; the reader may open it again.
pub(crate) fn reasoning_view(part: PartHandle) -> AnyView {
    let is_growing = {
        let part = part.clone();
        Memo::new(move |_| part.with(PartText::is_streaming).unwrap_or_default())
    };
    let summary = element("summary", vec!["Reasoning".into()]);
    element(
        "details",
        vec![summary.into(), markdown(PartText(part)).into()],
    )
    .with("class", "reasoning")
    .following("open", move || is_growing.get().then(String::new))
    .erase()
}
