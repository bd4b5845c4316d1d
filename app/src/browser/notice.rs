//! Notices of the system, for a person who looks at something else.

use leptos::{
    prelude::{Callable, Callback},
    task::spawn_local,
};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Notification, NotificationOptions, NotificationPermission};

use super::storage;

/// Under which name the browser keeps that the person wants them.
const CHOICE: &str = "notices";
const ON: &str = "on";

/// Whether the person wants them, and the browser lets us.
pub(crate) fn are_on() -> bool {
    storage::choice(CHOICE).as_deref() == Some(ON)
        && Notification::permission() == NotificationPermission::Granted
}

/// Asks the browser for them; `done` hears whether there will be some.
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

/// The person wants none any more.
pub(crate) fn end() {
    storage::keep_choice(CHOICE, None);
}

/// Shows one, if the person wants them. A later one with the same tag takes its place.
pub(crate) fn show(title: &str, words: &str, tag: &str) {
    if !are_on() {
        return;
    }
    let options = NotificationOptions::new();
    options.set_body(words);
    options.set_tag(tag);
    // Some systems show none from a page; then the mark in the tab's title has to do.
    let _ = Notification::new_with_options(title, &options);
}
