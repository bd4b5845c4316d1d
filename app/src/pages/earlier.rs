//! A read-only page with earlier messages. Later ones are on other pages.

use common::naming::encode_segment;
use leptos::prelude::*;

use crate::{
    api::{BackendError, Transcript},
    chat::{EarlierLine, Header, MessageList, UseChat},
};

/// An earlier part of a conversation.
#[component]
pub(super) fn EarlierPage(
    /// The conversation's name.
    name: String,
    /// The part.
    stored: Result<Transcript, BackendError>,
) -> impl IntoView {
    let (transcript, problem) = match stored {
        Ok(transcript) => (transcript, None),
        Err(error) => (Transcript::default(), Some(error.text)),
    };
    let chat = UseChat::still(&name, transcript.into());
    let newest = format!("/chat/{}", encode_segment(&name));
    view! {
        <div class="page">
            <Header />
            <main class="conversation">
                <h1 class="visually-hidden">{name}</h1>
                {problem.map(|text| view! { <p class="notice" role="note">{text}</p> })}
                <EarlierLine chat />
                <MessageList chat />
                <p class="earlier">
                    <a class="button" href=newest>
                        "Back to the newest messages"
                    </a>
                </p>
            </main>
        </div>
    }
}
