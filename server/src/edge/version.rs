//! `GET /version`: the build that responds.

use worker::{
    Response, ResponseBuilder, Result,
    js_sys::{self, Reflect},
    wasm_bindgen::JsValue,
};

use crate::version::{self, Built};

/// The response. It changes with every deployment, so it is not cached.
pub(super) fn respond() -> Result<Response> {
    ResponseBuilder::new()
        .with_header("Cache-Control", "no-store")?
        .from_json(&version::report(&built()))
}

/// The facts that the build pipeline wrote before the shim.
pub(super) fn built() -> Built {
    let global: JsValue = js_sys::global().into();
    let facts = Reflect::get(&global, &"coderBuild".into()).unwrap_or_default();
    let fact = |name: &str| Reflect::get(&facts, &name.into()).ok()?.as_string();
    Built {
        build: fact("build"),
        commit: fact("commit"),
    }
}
