//! Dialogs over the page.

use leptos::{
    html::Dialog,
    prelude::{Get, GetUntracked, NodeRef, document},
};
use wasm_bindgen::JsCast;
use web_sys::HtmlTextAreaElement;

/// Opens a dialog over the page as soon as it is in the document; in an effect.
pub(crate) fn open_by_itself(dialog: NodeRef<Dialog>) {
    if dialog.get().is_some() {
        open_modal(dialog);
    }
}

/// Opens a dialog over the page.
pub(crate) fn open_modal(dialog: NodeRef<Dialog>) {
    if let Some(dialog) = dialog.get_untracked() {
        let _ = dialog.show_modal();
    }
}

/// Closes a dialog. The focus goes back to where it was.
pub(crate) fn close(dialog: NodeRef<Dialog>) {
    if let Some(dialog) = dialog.get_untracked() {
        dialog.close();
    }
    // After a press in the dialog Chromium leaves the cursor there: what is typed would go nowhere.
    let focused = document().active_element();
    if let Some(Ok(field)) = focused.map(JsCast::dyn_into::<HtmlTextAreaElement>) {
        let _ = field.blur();
        let _ = field.focus();
    }
}
