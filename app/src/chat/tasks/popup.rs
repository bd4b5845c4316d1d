//! A button that opens a box over the page.

use leptos::{
    html::{self, Div},
    prelude::*,
};

use crate::{browser::popover, components::Icon};

/// A box that opens over the page.
#[derive(Clone, Copy, Debug)]
pub(super) struct Opening {
    /// Whether it is open.
    pub(super) is_open: RwSignal<bool>,
    panel: NodeRef<Div>,
}

impl Opening {
    /// A closed one.
    pub(super) fn new() -> Self {
        Self {
            is_open: RwSignal::new(false),
            panel: NodeRef::new(),
        }
    }

    /// Closes it; the focus goes back to its button.
    pub(super) fn close(self) {
        popover::close(self.panel);
    }
}

/// The button and its box, whose content is there while it is open.
#[component]
pub(super) fn Popup(
    /// The box.
    opening: Opening,
    /// The id of the box.
    id: &'static str,
    /// The class of the button, beside those of every such button.
    class: &'static str,
    /// What is chosen in the box; it stands on the button.
    #[prop(into)]
    words: Signal<String>,
    /// What can be chosen.
    title: &'static str,
    /// The content.
    children: ChildrenFn,
) -> impl IntoView {
    let Opening { is_open, panel } = opening;
    let button = NodeRef::<html::Button>::new();
    let children = StoredValue::new(children);
    view! {
        <button
            node_ref=button
            type="button"
            class=format!("button button-quiet composer-tool {class}")
            popovertarget=id
            aria-haspopup="dialog"
            aria-expanded=move || is_open.get().to_string()
            aria-label=move || format!("{title}: {}", words.get())
            on:click=move |_| popover::place(button, panel)
        >
            <bdi class="tool-words">{move || words.get()}</bdi>
            <Icon class="icon icon-open" />
        </button>
        <div
            node_ref=panel
            id=id
            popover="auto"
            class="popup"
            role="dialog"
            aria-label=title
            on:toggle=move |_| is_open.set(popover::is_open(panel))
        >
            <Show when=move || is_open.get()>{children.with_value(|children| children())}</Show>
        </div>
    }
}
