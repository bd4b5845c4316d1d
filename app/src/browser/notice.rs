//! Notifications of the system, for a person who does not see the page.

use leptos::{
    prelude::{Callable, Callback, window},
    task::spawn_local,
};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Notification, NotificationOptions, NotificationPermission};

use super::storage;

/// The storage key that records whether the person wants notifications.
const CHOICE: &str = "notices";
const ON: &str = "on";

/// Whether the page came in a way in which browsers show no notifications: over `http`, from another machine.
pub(crate) fn need_https() -> bool {
    !window().is_secure_context()
}

/// Whether the person wants notifications, and the browser allows them.
pub(crate) fn are_on() -> bool {
    !need_https()
        && storage::choice(CHOICE).as_deref() == Some(ON)
        && Notification::permission() == NotificationPermission::Granted
}

/// Asks the browser for the permission; `done` gets the result.
pub(crate) fn ask(done: Callback<bool>) {
    let Ok(asked) = Notification::request_permission() else {
        return done.run(false);
    };
    spawn_local(async move {
        let _ = JsFuture::from(asked).await;
        let is_granted = Notification::permission() == NotificationPermission::Granted;
        if is_granted {
            storage::keep_choice(CHOICE, Some(ON));
        }
        done.run(is_granted);
    });
}

/// Turns notifications off.
pub(crate) fn end() {
    storage::keep_choice(CHOICE, None);
}

/// Shows a notification, if the person wants them. A later one with the same tag replaces it.
pub(crate) fn show(title: &str, words: &str, tag: &str) {
    if !are_on() {
        return;
    }
    let options = NotificationOptions::new();
    options.set_body(words);
    options.set_tag(tag);
    // Some systems show no notification of a page; the tab's title then has to suffice.
    let _ = Notification::new_with_options(title, &options);
}
