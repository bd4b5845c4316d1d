//! A file.

use common::message::Part;
use leptos::prelude::*;

use super::PartHandle;
use crate::components::NamedLine;

/// Its name, as a link where its address is one that may be followed.
#[component]
pub(super) fn FileView(
    /// The part.
    part: PartHandle,
) -> impl IntoView {
    let file = part.with_untracked(|part| {
        if let Part::File(file) = part {
            Some(file.clone())
        } else {
            None
        }
    });
    file.flatten().map(|file| {
        let name = file.filename.unwrap_or(file.media_type);
        let address = Some(file.url);
        view! { <NamedLine class="attachment" kind="File: " name=name address=address /> }
    })
}
