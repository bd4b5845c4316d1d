//! wasm-bindgen as a library: the same lock file pins it and the crate that it must match.

use std::path::Path;

use wasm_bindgen_cli_support::Bindgen;

use crate::error::Error;

/// Bindings for a page: `app.js` and `app_bg.wasm`.
pub(crate) fn for_browser(wasm: &Path, folder: &Path) -> Result<(), Error> {
    let mut bindgen = Bindgen::new();
    bindgen
        .input_path(wasm)
        .out_name("app")
        .typescript(false)
        // The exports that pieces share with the main wasm.
        .keep_lld_exports(true)
        .omit_default_module_path(true);
    let generated = bindgen
        .web(true)
        .and_then(|bindgen| bindgen.generate(folder));
    generated.map_err(|error| failed(wasm, &format!("{error:#}")))
}

/// Bindings for the shim: `bindings.js` and `bindings_bg.wasm`. They can restart the wasm after a panic.
pub(crate) fn for_server(wasm: &Path, folder: &Path) -> Result<(), Error> {
    let mut bindgen = Bindgen::new();
    bindgen
        .input_path(wasm)
        .out_name("bindings")
        .typescript(false)
        .reset_state_function(true)
        .force_enable_abort_handler(true);
    let generated = bindgen
        .module(true)
        .and_then(|bindgen| bindgen.generate(folder));
    generated.map_err(|error| failed(wasm, &format!("{error:#}")))
}

fn failed(wasm: &Path, message: &str) -> Error {
    Error::Bindgen {
        file: wasm.to_path_buf(),
        message: message.to_owned(),
    }
}
