//! A file.

use common::message::Part;
use leptos::prelude::*;

use super::PartHandle;
use crate::components::safe_href;

/// Its name, as a link where its address is one that may be followed.
#[component]
pub(crate) fn FileView(part: PartHandle) -> impl IntoView {
    let file = part.with_untracked(|part| {
        if let Part::File(file) = part {
            Some(file.clone())
        } else {
            None
        }
    });
    file.flatten().map(|file| {
        let name = file.filename.unwrap_or_else(|| file.media_type.clone());
        let href = safe_href(&file.url);
        view! {
            <p class="attachment">
                <span class="icon icon-file" aria-hidden="true"></span>
                {match href {
                    Some(href) => {
                        view! { <a href=href target="_blank" rel="noopener noreferrer nofollow">{name}</a> }.into_any()
                    }
                    None => name.into_any(),
                }}
            </p>
        }
    })
}
