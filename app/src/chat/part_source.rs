//! Something the model used.

use common::message::Part;
use leptos::prelude::*;

use super::PartHandle;
use crate::components::{Erase, outside_link};

/// Its title, as a link where it has an address that may be followed.
pub(crate) fn source_view(part: &PartHandle) -> AnyView {
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
    let Some((title, address)) = source.flatten() else {
        return ().erase();
    };
    outside_link("source", "Source: ", title, address.as_deref())
}
