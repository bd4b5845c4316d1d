//! Something the model used.

use common::message::Part;
use leptos::prelude::*;

use super::PartHandle;
use crate::components::safe_href;

/// Its title, as a link where it has an address that may be followed.
#[component]
pub(crate) fn SourceView(part: PartHandle) -> impl IntoView {
    let source = part.with_untracked(|part| match part {
        Part::SourceUrl(source) => Some((
            source.title.clone().unwrap_or_else(|| source.url.clone()),
            safe_href(&source.url),
        )),
        Part::SourceDocument(source) => Some((source.title.clone(), None)),
        Part::Text(_)
        | Part::Reasoning(_)
        | Part::File(_)
        | Part::StepStart
        | Part::Tool(_)
        | Part::Data(_)
        | Part::Other(_) => None,
    });
    source.flatten().map(|(title, href)| {
        view! {
            <p class="source">
                "Source: "
                {match href {
                    Some(href) => {
                        view! { <a href=href target="_blank" rel="noopener noreferrer nofollow">{title}</a> }.into_any()
                    }
                    None => title.into_any(),
                }}
            </p>
        }
    })
}
