//! Deletes what is in the workspace, after a question.

use leptos::{html::Dialog, prelude::*};

use super::{Input, drawer::focus_top};
use crate::{
    chat::driver::{self, Workspace},
    components::{ButtonKind, Question, button, dynamic::text, node::Node},
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

    /// A button that asks about what is at a path.
    pub(super) fn button(self, path: &str) -> Node {
        let name = format!("Delete {path}");
        let path = path.to_owned();
        let press = Callback::new(move |()| {
            self.path.set(path.clone());
            driver::open_modal(self.dialog);
        });
        button(ButtonKind::Quiet, "Delete", press)
            .with("aria-label", name)
            .into()
    }

    /// The question. It stands outside of the drawer, which Escape closes.
    pub(super) fn question(self, workspace: Workspace) -> Node {
        let text = text(move || {
            let path = self.path.get();
            format!(
                "{path} is deleted, with all that is in it, for everyone who has this conversation's address."
            )
        });
        let confirmed = Callback::new(move |()| {
            // The line goes, and its button with it.
            focus_top();
            workspace.give(Input::Delete(self.path.get_untracked()));
        });
        let question = Question {
            title: "Delete this from the workspace?",
            text,
            confirm: "Delete",
            keep: "Keep",
            confirmed,
        };
        question.view(self.dialog)
    }
}
