//! Dialogs over the page.

use leptos::{
    html::Dialog,
    prelude::{GetUntracked, NodeRef},
};

/// Opens a dialog over the page.
pub(crate) fn open_modal(dialog: NodeRef<Dialog>) {
    if let Some(dialog) = dialog.get_untracked() {
        let _ = dialog.show_modal();
    }
}

/// Closes a dialog.
pub(crate) fn close(dialog: NodeRef<Dialog>) {
    if let Some(dialog) = dialog.get_untracked() {
        dialog.close();
    }
}
