//! Something the model used.

use common::message::Part;
use leptos::prelude::*;

use super::PartHandle;
use crate::components::NamedLine;

/// Its title, as a link where it has an address that may be followed.
#[component]
pub(super) fn SourceView(
    /// The part.
    part: PartHandle,
) -> impl IntoView {
    let source = part.with_untracked(|part| match part {
        Part::SourceUrl(source) => {
            let title = source.title.clone().unwrap_or_else(|| source.url.clone());
            Some((title, Some(source.url.clone())))
        }
        Part::SourceDocument(source) => Some((source.title.clone(), None)),
        Part::Text(_)
        | Part::Reasoning(_)
        | Part::File(_)
        | Part::StepStart
        | Part::Tool(_)
        | Part::Data(_)
        | Part::Other(_) => None,
    });
    source.flatten().map(|(title, address)| {
        view! { <NamedLine class="source" kind="Source: " name=title address=address /> }
    })
}
