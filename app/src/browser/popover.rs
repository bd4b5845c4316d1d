//! Boxes over the page that close by Escape and by a press beside them.

use leptos::{
    html::{Button, Div},
    prelude::{GetUntracked, NodeRef, window},
};
use web_sys::HtmlElement;

/// Tells the style sheet where the button is that opens a box.
pub(crate) fn place(button: NodeRef<Button>, panel: NodeRef<Div>) {
    if let (Some(button), Some(panel)) = (button.get_untracked(), panel.get_untracked()) {
        let place = button.get_bounding_client_rect();
        let style = HtmlElement::style(&panel);
        let _ = style.set_property("--popup-left", &format!("{}px", place.left()));
        let _ = style.set_property("--popup-top", &format!("{}px", place.top()));
        let _ = style.set_property("--popup-bottom", &format!("{}px", place.bottom()));
        let height = window()
            .inner_height()
            .ok()
            .and_then(|height| height.as_f64());
        let has_more_below = height.is_some_and(|height| height - place.bottom() > place.top());
        let _ = panel.toggle_attribute_with_force("data-below", has_more_below);
    }
}

/// Whether a box is open.
pub(crate) fn is_open(panel: NodeRef<Div>) -> bool {
    let panel = panel.get_untracked();
    panel.is_some_and(|panel| panel.matches(":popover-open").unwrap_or(false))
}

/// Closes a box.
pub(crate) fn close(panel: NodeRef<Div>) {
    if let Some(panel) = panel.get_untracked() {
        let _ = panel.hide_popover();
    }
}
