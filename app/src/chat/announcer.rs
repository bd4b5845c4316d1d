//! Tells screen readers when an answer begins and ends, instead of reading out every delta.

use common::client::Status;
use leptos::prelude::*;

/// A live region that nobody sees.
#[component]
pub(crate) fn Announcer(status: ReadSignal<Status>) -> impl IntoView {
    let words = Memo::new(move |last: Option<&&str>| match (status.get(), last) {
        (Status::Streaming, _) => "Coder is answering.",
        (Status::Ready, Some(&"Coder is answering.")) => "Coder has answered.",
        // The error bubble speaks for itself.
        (Status::Submitted | Status::Error, _) | (Status::Ready, None) => "",
        (Status::Ready, Some(last)) => last,
    });
    view! {
        <p class="visually-hidden" aria-live="polite">
            {words}
        </p>
    }
}
