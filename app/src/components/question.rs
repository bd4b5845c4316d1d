//! A question that must be answered before anything else.

use leptos::{html::Dialog, prelude::*};

use super::{
    button::{ButtonKind, button},
    node::{Node, element},
};
use crate::chat::driver;

/// What is asked, and the answers.
pub(crate) struct Question {
    pub(crate) title: &'static str,
    pub(crate) text: Node,
    /// The button that does it.
    pub(crate) confirm: &'static str,
    /// The button that does not.
    pub(crate) keep: &'static str,
    pub(crate) confirmed: Callback<()>,
}

impl Question {
    /// A closed dialog; `driver::open_modal(dialog)` asks. Escape keeps things as they are.
    pub(crate) fn view(self, dialog: NodeRef<Dialog>) -> Node {
        let confirmed = self.confirmed;
        let confirm_and_close = Callback::new(move |()| {
            driver::close(dialog);
            confirmed.run(());
        });
        let close = Callback::new(move |()| driver::close(dialog));
        let buttons = vec![
            button(ButtonKind::Plain, self.keep, close).into(),
            button(ButtonKind::Danger, self.confirm, confirm_and_close).into(),
        ];
        let content = vec![
            element("h2", vec![self.title.into()]).into(),
            element("p", vec![self.text]).into(),
            element("div", buttons)
                .with("class", "question-buttons")
                .into(),
        ];
        element("dialog", content)
            .referred(dialog)
            .with("class", "question")
            .with("role", "alertdialog")
            .with("aria-label", self.title)
            .into()
    }
}
