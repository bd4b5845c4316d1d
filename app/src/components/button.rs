//! Buttons.

use leptos::prelude::*;

use super::{
    Erase,
    node::{Node, element},
};

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

/// A button that submits nothing by itself.
#[component]
pub(crate) fn Button(
    kind: ButtonKind,
    #[prop(into)] label: String,
    press: Callback<()>,
    /// What those hear who do not see what it stands beside; it begins with the label.
    #[prop(optional)]
    name: Option<String>,
    /// The class of a picture before the label.
    #[prop(optional)]
    icon: Option<&'static str>,
) -> impl IntoView {
    let icon = icon.map(|class| {
        element("span", Vec::new())
            .with("class", class)
            .with("aria-hidden", "true")
    });
    view! {
        <button type="button" class=kind.class() aria-label=name on:click=move |_| press.run(())>
            {icon.map(Node::from)}
            {label}
        </button>
    }
    .erase()
}
