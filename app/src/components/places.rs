//! Names of files in a sentence.

use leptos::prelude::*;

use super::Untrusted;

/// The names of files in a sentence.
#[component]
pub(crate) fn Places(
    /// The files.
    places: Vec<String>,
) -> impl IntoView {
    let last = places.len().saturating_sub(1);
    places
        .into_iter()
        .enumerate()
        .map(|(at, place)| {
            let comma = (at < last).then_some(", ");
            view! {
                <Untrusted text=place />
                {comma}
            }
        })
        .collect_view()
}
