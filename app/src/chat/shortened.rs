//! Messages that are too large for the page.

use leptos::prelude::*;

use super::{RowHandle, UseChat};
use crate::components::{Erase, dynamic::dynamic, node::element};

/// A line under a message of which the page has a shortened copy, with a link to the whole; nothing under others.
pub(super) fn shortened_line(row: RowHandle, chat: UseChat) -> AnyView {
    let whole_bytes = {
        let row = row.clone();
        ArcMemo::new(move |_| {
            row.generation.track();
            row.builder.with(|builder| builder.message().whole_bytes())
        })
    };
    dynamic(move || {
        let Some(bytes) = whole_bytes.get() else {
            return ().erase();
        };
        let words = "This message is too large for the page, which shows a part of it. ";
        let size = megabytes(bytes);
        let link = element("a", vec![format!("Open all of it ({size})").into()])
            .with("href", chat.whole_message(&row.id))
            // It is no page of the application.
            .with("target", "_blank");
        let words = element("span", vec![words.into(), link.into()]);
        element("p", vec![words.into()])
            .with("class", "message-delivery message-shortened")
            .erase()
    })
}

/// As the drawer of files writes sizes.
fn megabytes(bytes: u64) -> String {
    let tenths = bytes / 100_000;
    format!("{}.{} MB", tenths / 10, tenths % 10)
}
