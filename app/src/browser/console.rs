//! Warnings in the browser's console.

use std::{cell::RefCell, collections::BTreeSet};

use wasm_bindgen::JsValue;

/// Writes a warning to the console.
pub(crate) fn warn(line: &str) {
    web_sys::console::warn_1(&JsValue::from_str(line));
}

/// Writes a warning to the console, once per page load.
pub(crate) fn warn_once(line: &str) {
    thread_local! {
        static WRITTEN: RefCell<BTreeSet<String>> = const { RefCell::new(BTreeSet::new()) };
    }
    let is_new = WRITTEN.with_borrow_mut(|written| written.insert(line.to_owned()));
    if is_new {
        warn(line);
    }
}
