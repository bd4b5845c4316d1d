//! Messages that are too large for the page.

use common::message::Message;
use leptos::prelude::*;

use super::{RowHandle, UseChat};

/// A line under a message of which the page has a shortened copy, with a link to the whole; nothing under others.
#[component]
pub(super) fn ShortenedLine(
    /// The message.
    row: RowHandle,
    /// Its conversation.
    chat: UseChat,
) -> impl IntoView {
    let id = row.id.clone();
    let whole_bytes = Memo::new(move |_| row.with(Message::whole_bytes));
    view! {
        {move || {
            let bytes = whole_bytes.get()?;
            Some(view! {
                <p class="message-delivery message-shortened">
                    <span>
                        "This message is too large for the page, which shows a part of it. "
                        // It is no page of the application.
                        <a href=chat.whole_message(&id) target="_blank">
                            {format!("Open all of it ({})", megabytes(bytes))}
                        </a>
                    </span>
                </p>
            }
            .into_any())
        }}
    }
}

/// As the drawer of files writes sizes.
fn megabytes(bytes: u64) -> String {
    let tenths = bytes / 100_000;
    format!("{}.{} MB", tenths / 10, tenths % 10)
}
