//! Deletions that can be undone.

use common::directory::Call;
use leptos::prelude::*;

use super::{Conversations, list::Deletion, row::RowState};
use crate::components::{Button, ButtonKind};

/// A line for each deletion, at the lower edge of the window.
#[component]
pub(super) fn Toasts(
    /// All conversations.
    conversations: Conversations,
    /// The open menu and field.
    rows: RowState,
) -> impl IntoView {
    let deletions = move || conversations.list.with(|list| list.deletions.clone());
    let toast = move |Deletion { name, title }: Deletion| {
        let label = format!("Undo the deletion of {title}");
        let undo = Callback::new(move |()| {
            conversations.act(Call::Undelete(name.clone()));
            rows.menu.set(None);
            rows.focus(&name);
        });
        view! {
            <div class="toast">
                <span class="toast-words">
                    "Deleted "
                    <bdi>{title}</bdi>
                </span>
                <Button kind=ButtonKind::Plain name=label on_press=undo>
                    "Undo"
                </Button>
            </div>
        }
    };
    view! {
        <div class="toasts" role="group" aria-label="Deleted conversations" aria-live="polite">
            <For each=deletions key=|deletion| deletion.name.clone() children=toast />
        </div>
    }
}
