//! Deletes what is in the workspace, after a question.

use leptos::{html::Dialog, prelude::*};

use super::{Input, drawer::focus_top};
use crate::{
    chat::driver::{self, Workspace},
    components::{Button, ButtonKind, ConfirmDialog},
};

/// The one question for all files.
#[derive(Clone, Copy)]
pub(super) struct Deletion {
    path: RwSignal<String>,
    dialog: NodeRef<Dialog>,
}

impl Deletion {
    /// About nothing yet.
    pub(super) fn new() -> Self {
        Self {
            path: RwSignal::new(String::new()),
            dialog: NodeRef::new(),
        }
    }

    fn ask_about(self, path: String) {
        self.path.set(path);
        driver::open_modal(self.dialog);
    }
}

/// A button that asks about what is at a path.
#[component]
pub(super) fn DeleteButton(
    /// The question.
    deletion: Deletion,
    /// The path.
    path: String,
) -> impl IntoView {
    let name = format!("Delete {path}");
    let ask = Callback::new(move |()| deletion.ask_about(path.clone()));
    view! {
        <Button kind=ButtonKind::Quiet name=name on_press=ask>
            "Delete"
        </Button>
    }
}

/// The question. It stands outside of the drawer, which Escape closes.
#[component]
pub(super) fn DeletionDialog(
    /// The question.
    deletion: Deletion,
    /// The files.
    workspace: Workspace,
) -> impl IntoView {
    let delete = Callback::new(move |()| {
        // The line goes, and its button with it.
        focus_top();
        workspace.give(Input::Delete(deletion.path.get_untracked()));
    });
    view! {
        <ConfirmDialog
            dialog=deletion.dialog
            title="Delete this from the workspace?"
            confirm="Delete"
            keep="Keep"
            on_confirm=delete
        >
            {move || {
                let path = deletion.path.get();
                format!(
                    "{path} is deleted, with all that is in it, for everyone who has this conversation's address."
                )
            }}
        </ConfirmDialog>
    }
}
