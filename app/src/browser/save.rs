//! Saves texts of the page as files.

use js_sys::Array;
use leptos::prelude::document;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, BlobPropertyBag, HtmlElement, Url};

/// Lets the browser save what an address has, under a name.
pub(crate) fn download(address: &str, name: &str) {
    if let Ok(link) = document().create_element("a") {
        let _ = link.set_attribute("href", address);
        let _ = link.set_attribute("download", name);
        // Not one of the router's.
        let _ = link.set_attribute("rel", "external");
        link.unchecked_ref::<HtmlElement>().click();
    }
}

/// Lets the browser save a text under a name.
pub(crate) fn save(name: &str, text: &str) {
    let kind = BlobPropertyBag::new();
    // The browser must not open it as a page of ours.
    kind.set_type("text/plain;charset=utf-8");
    let parts = Array::of1(&JsValue::from_str(text));
    let blob = Blob::new_with_str_sequence_and_options(&parts, &kind);
    let Ok(url) = blob.and_then(|blob| Url::create_object_url_with_blob(&blob)) else {
        return;
    };
    download(&url, name);
    let _ = Url::revoke_object_url(&url);
}
