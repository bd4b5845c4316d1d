//! Buttons and the pictures on them.

use leptos::prelude::*;

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

/// A button that submits no form.
#[component]
pub(crate) fn Button(
    /// How much it asks for attention.
    kind: ButtonKind,
    /// The class of the icon before its label.
    #[prop(optional)]
    icon: Option<&'static str>,
    /// Its accessible name, where the label alone does not say enough. It begins with the label.
    #[prop(optional, into)]
    name: Option<String>,
    /// Runs at each press.
    #[prop(into)]
    on_press: Callback<()>,
    /// Its label.
    children: Children,
) -> impl IntoView {
    view! {
        <button type="button" class=kind.class() aria-label=name on:click=move |_| { on_press.try_run(()); }>
            {icon.map(|icon| view! { <Icon class=icon /> })}
            {children()}
        </button>
    }
}

/// A picture beside the text that says the same.
#[component]
pub(crate) fn Icon(
    /// The class that draws it.
    class: &'static str,
) -> impl IntoView {
    view! { <span class=class aria-hidden="true"></span> }
}
