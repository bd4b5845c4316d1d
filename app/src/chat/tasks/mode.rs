//! What the agent may do without asking.

use common::state::{About, Grant, Mode};
use leptos::prelude::*;

use crate::components::{
    ButtonKind, Erase, button,
    dynamic::{dynamic, text},
    node::{Node, element},
};

const MODES: [(Mode, &str); 2] = [
    (Mode::Ask, "Ask before changes"),
    (Mode::AutoEdit, "Change files freely"),
];

/// The mode in a line that opens: the choice, and what is allowed besides. `change` takes what the user makes of it.
pub(super) fn view(about: Memo<Option<About>>, change: Callback<About>) -> AnyView {
    let mode = Memo::new(move |_| about.get().map(|about| about.mode).unwrap_or_default());
    let allowed = Memo::new(move |_| about.get().map(|about| about.allowed).unwrap_or_default());
    let word = move || {
        let named = MODES.iter().find(|(named, _)| *named == mode.get());
        named
            .map(|(_, words)| *words)
            .unwrap_or_default()
            .to_owned()
    };
    let choices = MODES.map(|(own, words)| {
        let choose = move || {
            if let Some(about) = about.get_untracked() {
                change.run(about.with_mode(own));
            }
        };
        let button = element("input", Vec::new())
            .with("type", "radio")
            .with("name", "mode")
            .setting("checked", move || mode.get() == own)
            .on("change", move |_| choose());
        Node::from(element("label", vec![button.into(), words.into()]))
    });
    let legend = element("legend", vec!["What Coder may do without asking".into()]);
    let mut fields = vec![legend.with("class", "visually-hidden").into()];
    fields.extend(choices);
    let grants = dynamic(move || grants(allowed.get(), about, change).erase());
    let content = vec![
        element("summary", vec![text(word)]).into(),
        element("fieldset", fields).into(),
        grants.into(),
    ];
    element("details", content).with("class", "mode").erase()
}

/// What is allowed for good, each with a button that takes it back.
fn grants(
    allowed: Vec<Grant>,
    about: Memo<Option<About>>,
    change: Callback<About>,
) -> Option<Node> {
    if allowed.is_empty() {
        return None;
    }
    let words = element("p", vec![Node::Text("Allowed without asking:".to_owned())]);
    let item = |grant: Grant| {
        let words = format!("{} in {}", grant.tool, grant.paths);
        let name = format!("Remove: {words}");
        let remove = Callback::new(move |()| {
            if let Some(about) = about.get_untracked() {
                let mut allowed = about.allowed.clone();
                allowed.retain(|other| *other != grant);
                change.run(about.with_allowed(allowed));
            }
        });
        let button = button(ButtonKind::Quiet, "Remove", remove).with("aria-label", name);
        let words = element("span", vec![Node::Text(words)]);
        Node::from(element("li", vec![words.into(), button.into()]))
    };
    let items = element("ul", allowed.into_iter().map(item).collect());
    let items = items.with("aria-label", "Allowed without asking");
    Some(element("div", vec![words.into(), items.into()]).into())
}
