//! What outlives the page: the browser's local storage. Every conversation has names of its own in it.

use leptos::prelude::window;
use web_sys::Storage;

use super::address::Address;

const PREFIX: &str = "coder";

/// The part of the storage that belongs to one conversation, or to the start page.
#[derive(Clone, Debug)]
pub(crate) struct Shelf(String);

impl Shelf {
    /// That of an instance.
    pub(crate) fn of(address: &Address) -> Self {
        let host = address.host.as_deref().unwrap_or_default();
        let Address {
            agent, instance, ..
        } = address;
        Self(format!("{PREFIX}:{host}/{agent}/{instance}:"))
    }

    /// All texts whose names begin with this.
    pub(crate) fn load(&self, prefix: &str) -> Vec<String> {
        let Some(storage) = storage() else {
            return Vec::new();
        };
        let wanted = self.name(prefix);
        (0..storage.length().unwrap_or(0))
            .filter_map(|index| storage.key(index).ok().flatten())
            .filter(|name| name.starts_with(&wanted))
            .filter_map(|name| storage.get_item(&name).ok().flatten())
            .collect()
    }

    /// Whether it could be kept: storage may be full, or forbidden.
    pub(crate) fn keep(&self, name: &str, text: &str) -> bool {
        let name = self.name(name);
        storage().is_some_and(|storage| storage.set_item(&name, text).is_ok())
    }

    pub(crate) fn forget(&self, name: &str) {
        if let Some(storage) = storage() {
            let _ = storage.remove_item(&self.name(name));
        }
    }

    fn name(&self, name: &str) -> String {
        format!("{}{name}", self.0)
    }
}

/// Keeps what is being written; nothing is kept of nothing. That it cannot be kept is said when it is sent.
pub(crate) fn keep_draft(place: &str, text: &str) {
    let shelf = Shelf(format!("{PREFIX}:draft:"));
    if text.is_empty() {
        shelf.forget(place);
    } else {
        shelf.keep(place, text);
    }
}

/// What was being written when the page was left.
pub(crate) fn draft(place: &str) -> Option<String> {
    let name = format!("{PREFIX}:draft:{place}");
    storage()?.get_item(&name).ok().flatten()
}

/// Keeps how the person likes the page; `None`: as it is by itself. The script in the document's head reads these names.
pub(crate) fn keep_choice(name: &str, choice: Option<&str>) {
    let shelf = Shelf(format!("{PREFIX}:"));
    match choice {
        Some(choice) => {
            shelf.keep(name, choice);
        }
        None => shelf.forget(name),
    }
}

/// How the person likes the page.
pub(crate) fn choice(name: &str) -> Option<String> {
    storage()?
        .get_item(&format!("{PREFIX}:{name}"))
        .ok()
        .flatten()
}

fn storage() -> Option<Storage> {
    window().local_storage().ok().flatten()
}
