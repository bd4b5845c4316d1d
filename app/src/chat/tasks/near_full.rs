//! Says in time that nothing more of a conversation can be stored.

use common::workspace::NearLimit;
use leptos::prelude::*;

use crate::{browser::field, chat::UseChat, components::NearNotice};

/// The notice; nothing while there is room.
#[component]
pub(super) fn NearFull(
    /// The conversation.
    chat: UseChat,
) -> impl IntoView {
    let near = Memo::new(move |_| {
        chat.facts.with(|facts| {
            let near = facts.state.as_ref()?.get("nearFull")?;
            NearLimit::from_json(near.clone())
        })
    });
    let focus = Callback::new(|()| field::focus_composer());
    view! { <NearNotice near place=chat.place() on_dismissed=focus /> }
}
