//! The model's thinking.

use leptos::prelude::*;

use super::{
    PartHandle,
    part_text::{PartText, with_rest},
};
use crate::components::{markdown, node::element};

/// Open while it is written, then out of the way; the reader may open it again.
pub(crate) fn reasoning_view(part: PartHandle) -> AnyView {
    let is_growing = {
        let part = part.clone();
        Memo::new(move |_| part.with(PartText::is_streaming).unwrap_or_default())
    };
    let summary = element("summary", vec!["Reasoning".into()]);
    let source = PartText::new(part);
    let rest = source.rest();
    let shown = with_rest(markdown(source), rest);
    element("details", vec![summary.into(), shown.into()])
        .with("class", "reasoning")
        .following("open", move || is_growing.get().then(String::new))
        .erase()
}
