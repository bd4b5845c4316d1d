//! What may be done with the conversation as a whole: take it along, or delete it.

use common::naming::{AGENTS_PREFIX, CODER_AGENT, encode_segment};
use leptos::{html::Dialog, prelude::*};

use super::driver;
use crate::components::{
    ButtonKind, Question, button,
    button::picture,
    dynamic::text,
    node::{Node, element},
};

/// The menu and its question.
pub(crate) fn conversation_menu(name: &str) -> [Node; 2] {
    let base = format!("/{AGENTS_PREFIX}/{CODER_AGENT}/{}", encode_segment(name));
    let dialog = NodeRef::<Dialog>::new();
    let problem = RwSignal::new(String::new());
    let export = element("a", vec!["Export".into()])
        .with("class", "button button-quiet")
        .with("href", format!("{base}/export.zip"))
        .with("download", format!("{name}.zip"));
    let ask = Callback::new(move |()| driver::open_modal(dialog));
    let delete = button(ButtonKind::Quiet, "Delete", ask);
    let failed = element("p", vec![text(move || problem.get())]).with("role", "status");
    let items = vec![export.into(), delete.into(), failed.into()];
    let items = element("div", items).with("class", "menu-items");
    let label = element("span", vec!["More".into()]).with("class", "wide-only");
    let summary = vec![picture("icon icon-more"), label.into()];
    let summary = element("summary", summary)
        .with("class", "button button-quiet")
        .with("aria-label", "More");
    let menu = element("details", vec![summary.into(), items.into()]).with("class", "menu");
    let question = Question {
        title: "Delete this conversation?",
        text: "Its messages and files are deleted for good, for everyone who has its address."
            .into(),
        confirm: "Delete",
        keep: "Keep",
        confirmed: Callback::new(move |()| {
            let failed = Callback::new(move |words| problem.set(words));
            driver::delete_and_leave(base.clone(), failed);
        }),
    };
    [menu.into(), question.view(dialog)]
}
