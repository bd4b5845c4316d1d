//! The address of the page, and navigation.

use leptos::{
    ev,
    prelude::{RwSignal, Set, on_cleanup, window, window_event_listener},
};

use super::{address::Origin, console};

/// The origin of the page.
pub(crate) fn origin() -> Origin {
    let location = window().location();
    Origin {
        is_secure: location
            .protocol()
            .is_ok_and(|protocol| protocol == "https:"),
        host: location.host().unwrap_or_default(),
    }
}

/// The path of the page's address.
pub(crate) fn path() -> String {
    window().location().pathname().unwrap_or_default()
}

/// The page's address without its fragment.
pub(crate) fn address() -> String {
    let address = window().location().href().unwrap_or_default();
    let (page, _) = address.split_once('#').unwrap_or((&address, ""));
    page.to_owned()
}

/// The id in the fragment of the address, if it has one. Changes with the address, until the current owner is cleaned up.
pub(crate) fn place() -> RwSignal<Option<String>> {
    let read = || {
        let hash = window().location().hash().ok()?;
        let place = hash.strip_prefix('#')?;
        (!place.is_empty()).then(|| place.to_owned())
    };
    let place = RwSignal::new(read());
    let changed = window_event_listener(ev::hashchange, move |_| {
        place.try_set(read());
    });
    on_cleanup(move || changed.remove());
    place
}

/// Reloads the page.
pub(crate) fn reload() {
    let _ = window().location().reload();
}

/// Loads another page of ours.
pub(crate) fn leave(path: &str) {
    if window().location().assign(path).is_err() {
        console::warn("the page could not be left");
    }
}
