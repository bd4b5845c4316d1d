//! Buttons.

use leptos::prelude::{Callable, Callback};

use super::node::{Element, Node, element};

/// How much a button asks for attention.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ButtonKind {
    /// What one came for; at most one in sight.
    Main,
    /// An alternative.
    Plain,
    /// Something on the side.
    Quiet,
    /// It deletes.
    Danger,
}

impl ButtonKind {
    const fn class(self) -> &'static str {
        match self {
            Self::Main => "button button-main",
            Self::Plain => "button",
            Self::Quiet => "button button-quiet",
            Self::Danger => "button button-danger",
        }
    }
}

/// A button that submits nothing by itself. Where it needs another name than its label for those who do not see what it
/// stands beside, its `aria-label` begins with the label.
pub(crate) fn button(kind: ButtonKind, label: impl Into<String>, press: Callback<()>) -> Element {
    pressed(kind.class(), vec![Node::Text(label.into())], press)
}

/// A button with a picture before its label.
pub(crate) fn icon_button(
    kind: ButtonKind,
    icon: &'static str,
    label: &str,
    press: Callback<()>,
) -> Element {
    pressed(kind.class(), vec![picture(icon), label.into()], press)
}

/// A button of any class and content.
pub(crate) fn pressed(class: &'static str, content: Vec<Node>, press: Callback<()>) -> Element {
    let button = element("button", content).with("type", "button");
    button
        .with("class", class)
        .on("click", move |_| press.run(()))
}

/// A picture that stands beside its meaning.
pub(crate) fn picture(class: &'static str) -> Node {
    let picture = element("span", Vec::new()).with("class", class);
    picture.with("aria-hidden", "true").into()
}
