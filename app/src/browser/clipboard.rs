//! The clipboard.

use leptos::{
    prelude::{Callable, Callback, window},
    task::spawn_local,
};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// Puts text on the clipboard and tells whether that worked.
pub(crate) fn copy(text: &str, done: Callback<bool>) {
    let clipboard = window().navigator().clipboard();
    // Browsers have a clipboard on secure origins only.
    if clipboard.is_undefined() || clipboard.unchecked_ref::<JsValue>().is_null() {
        done.run(false);
        return;
    }
    let written = JsFuture::from(clipboard.write_text(text));
    spawn_local(async move { done.run(written.await.is_ok()) });
}
