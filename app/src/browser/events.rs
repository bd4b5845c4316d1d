//! Events of the network and the page.

use leptos::{
    ev,
    prelude::{
        Callable as _, Callback, RwSignal, Set as _, Update as _, document, on_cleanup,
        window_event_listener, window_event_listener_untyped,
    },
};
use web_sys::VisibilityState;

/// An event of the browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PageEvent {
    /// The network is available.
    Online,
    /// The network is gone.
    Offline,
    /// The page became visible again.
    Shown,
}

/// Calls `on_event` until the current owner is cleaned up.
pub(crate) fn listen(on_event: impl Fn(PageEvent) + Clone + 'static) {
    let (online, offline) = (on_event.clone(), on_event.clone());
    let handles = [
        window_event_listener(ev::online, move |_| online(PageEvent::Online)),
        window_event_listener(ev::offline, move |_| offline(PageEvent::Offline)),
    ];
    // `visibilitychange` is fired at the document and bubbles up to the window.
    let shown = ["visibilitychange", "pageshow", "focus"].map(|name| {
        let on_event = on_event.clone();
        window_event_listener_untyped(name, move |_| {
            if document().visibility_state() == VisibilityState::Visible {
                on_event(PageEvent::Shown);
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

/// Whether the page is visible and has the focus; until the current owner is cleaned up.
pub(crate) fn is_looked_at() -> RwSignal<bool> {
    let look = || {
        document().visibility_state() == VisibilityState::Visible
            && document().has_focus().unwrap_or(true)
    };
    let is_looked_at = RwSignal::new(false);
    is_looked_at.set(look());
    let handles = ["visibilitychange", "focus", "blur"].map(|name| {
        window_event_listener_untyped(name, move |_| {
            is_looked_at.try_set(look());
        })
    });
    on_cleanup(move || handles.into_iter().for_each(|handle| handle.remove()));
    is_looked_at
}

/// Calls back when the size of the window changes, until the current owner is cleaned up.
pub(crate) fn on_resize(resized: Callback<()>) {
    let handle = window_event_listener(ev::resize, move |_| resized.run(()));
    on_cleanup(move || handle.remove());
}

/// Counts how often the page was hidden.
pub(crate) fn times_hidden() -> RwSignal<u32> {
    let times = RwSignal::new(0);
    let handle = window_event_listener_untyped("visibilitychange", move |_| {
        if document().visibility_state() == VisibilityState::Hidden {
            times.try_update(|times| *times += 1);
        }
    });
    on_cleanup(move || handle.remove());
    times
}
