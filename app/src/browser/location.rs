//! Where the page is, and going elsewhere.

use leptos::{
    ev,
    prelude::{RwSignal, Set, on_cleanup, window, window_event_listener},
};

use super::{address::Origin, console};

/// Where the page came from.
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

/// The page's address, without a place in it.
pub(crate) fn address() -> String {
    let address = window().location().href().unwrap_or_default();
    let (page, _) = address.split_once('#').unwrap_or((&address, ""));
    page.to_owned()
}

/// The id of the element that the address names, if it names one. Changes with the address, until the current owner is
/// cleaned up.
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

/// Loads the page anew.
pub(crate) fn reload() {
    let _ = window().location().reload();
}

/// Goes to another page of ours, with a fresh start.
pub(crate) fn leave(path: &str) {
    if window().location().assign(path).is_err() {
        console::warn("the page could not be left");
    }
}
