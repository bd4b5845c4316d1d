//! What the browser tells about network and page.

use common::client::Input;
use leptos::{
    ev,
    prelude::{document, on_cleanup, window_event_listener, window_event_listener_untyped},
};
use web_sys::VisibilityState;

use super::run::Inputs;

/// Hands the browser's events to the machine until the current owner is cleaned up.
pub(super) fn listen(inputs: &Inputs) {
    let give = |input: fn() -> Input| {
        let inputs = inputs.clone();
        move || inputs.give(input())
    };
    let (online, offline) = (
        give(|| Input::NetworkOnline),
        give(|| Input::NetworkOffline),
    );
    let handles = [
        window_event_listener(ev::online, move |_| online()),
        window_event_listener(ev::offline, move |_| offline()),
    ];
    // `visibilitychange` comes from the document and bubbles up to the window.
    let shown = ["visibilitychange", "pageshow", "focus"].map(|name| {
        let shown = give(|| Input::Shown);
        window_event_listener_untyped(name, move |_| {
            if document().visibility_state() == VisibilityState::Visible {
                shown();
            }
        })
    });
    on_cleanup(move || {
        handles
            .into_iter()
            .chain(shown)
            .for_each(|handle| handle.remove())
    });
}
