//! What the agent says beside an answer: a picture was left out, say.

use common::message::{DataPart, Part};
use leptos::prelude::*;

use super::PartHandle;
/// The name of the data part that a reader sees. Others are for programs.
const NOTICE: &str = "notice";

/// A notice as a line; nothing for other data.
#[component]
pub(super) fn DataView(
    /// The part.
    part: PartHandle,
) -> impl IntoView {
    let notice = part.with_untracked(|part| {
        let Part::Data(DataPart { name, data, .. }) = part else {
            return None;
        };
        let text = data.get("text").filter(|_| name == NOTICE)?;
        text.as_str().map(str::to_owned)
    });
    notice
        .flatten()
        .map(|text| view! { <p class="notice" role="note">{text}</p> })
}
