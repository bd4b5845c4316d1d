//! The browser's entry point: one function, called by the boot script in the page's head.
#![cfg(target_arch = "wasm32")]

use wasm_bindgen::prelude::wasm_bindgen;

/// Hydrates the server-rendered page.
#[wasm_bindgen]
pub fn hydrate() {
    app::when_ready(|| leptos::mount::hydrate_body(app::App));
}
