//! The browser's local storage. Each conversation has keys of its own.

use leptos::prelude::window;
use web_sys::Storage;

use super::address::Address;

const PREFIX: &str = "coder";

/// The part of the storage that belongs to one conversation, or to the start page.
#[derive(Clone, Debug)]
pub(crate) struct Shelf(String);

impl Shelf {
    /// The part of an instance.
    pub(crate) fn of(address: &Address) -> Self {
        let host = address.host.as_deref().unwrap_or_default();
        let Address {
            agent, instance, ..
        } = address;
        Self(format!("{PREFIX}:{host}/{agent}/{instance}:"))
    }

    /// All texts whose keys begin with `prefix`.
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

    /// Stores a text; returns whether that worked: storage may be full, or forbidden.
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

/// Stores the draft, and removes an empty one. A failure is reported when the draft is sent. Each tab stores its own draft,
/// and the last one is also stored for tabs that are opened later.
pub(crate) fn keep_draft(place: &str, text: &str) {
    let name = draft_name(place);
    let own = of_tab();
    let before = own
        .as_ref()
        .and_then(|own| own.get_item(&name).ok().flatten());
    if let Some(own) = own {
        let _ = own.set_item(&name, text);
    }
    let Some(shared) = storage() else { return };
    if !text.is_empty() {
        let _ = shared.set_item(&name, text);
    } else if shared.get_item(&name).ok().flatten() == before {
        // The draft of another tab stays.
        let _ = shared.remove_item(&name);
    }
}

/// The stored draft: of this tab, or else of any.
pub(crate) fn draft(place: &str) -> Option<String> {
    let name = draft_name(place);
    let of = |storage: Option<Storage>| storage?.get_item(&name).ok().flatten();
    of(of_tab()).or_else(|| of(storage()))
}

/// Forgets everything that was being written.
pub(crate) fn forget_drafts() {
    let beginning = draft_name("");
    for storage in [of_tab(), storage()].into_iter().flatten() {
        let count = storage.length().unwrap_or(0);
        let names = (0..count).filter_map(|index| storage.key(index).ok().flatten());
        let names: Vec<String> = names.filter(|name| name.starts_with(&beginning)).collect();
        for name in names {
            let _ = storage.remove_item(&name);
        }
    }
}

fn draft_name(place: &str) -> String {
    format!("{PREFIX}:draft:{place}")
}

/// The storage of the tab.
fn of_tab() -> Option<Storage> {
    window().session_storage().ok().flatten()
}

/// Stores a preference; `None`: the default. The script in the document's head reads these keys.
pub(crate) fn keep_choice(name: &str, choice: Option<&str>) {
    let shelf = Shelf(format!("{PREFIX}:"));
    match choice {
        Some(choice) => {
            shelf.keep(name, choice);
        }
        None => shelf.forget(name),
    }
}

/// A stored preference.
pub(crate) fn choice(name: &str) -> Option<String> {
    storage()?
        .get_item(&format!("{PREFIX}:{name}"))
        .ok()
        .flatten()
}

fn storage() -> Option<Storage> {
    window().local_storage().ok().flatten()
}
