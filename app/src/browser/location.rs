//! Where the page is, and going elsewhere.

use leptos::prelude::window;

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
