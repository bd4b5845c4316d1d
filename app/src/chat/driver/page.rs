//! Small things that views need of the document.

use std::{cell::RefCell, collections::BTreeSet, pin::Pin, time::Duration};

use common::time::Timestamp;
use leptos::{
    html::{Dialog, H2, Input, Textarea},
    prelude::{
        Callable, Callback, Get, GetUntracked, NodeRef, StoredValue, UpdateValue, document,
        on_cleanup, set_timeout, window, window_event_listener_untyped,
    },
    task::spawn_local,
};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{CharacterData, HtmlElement};

use super::{
    address::Origin,
    clock::{Clock, Reading},
};

/// The moment, by the browser's clocks.
pub(crate) fn now() -> Timestamp {
    thread_local! {
        static CLOCK: RefCell<Clock> = RefCell::new(Clock::default());
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "whole milliseconds far below 2^53"
    )]
    let whole = |millis: f64| millis as u64;
    let page = window().performance();
    let reading = Reading {
        wall: whole(js_sys::Date::now()),
        page: whole(page.map_or(0.0, |page| page.now())),
    };
    CLOCK.with_borrow_mut(|clock| clock.at(reading))
}

/// Where the page came from.
pub(super) fn origin() -> Origin {
    let location = window().location();
    Origin {
        is_secure: location
            .protocol()
            .is_ok_and(|protocol| protocol == "https:"),
        host: location.host().unwrap_or_default(),
    }
}

/// The path of the page's address.
pub(crate) fn path() -> String {
    window().location().pathname().unwrap_or_default()
}

/// Whether the selector finds anything in the page.
pub(crate) fn has_element(selector: &str) -> bool {
    let found = document().query_selector(selector);
    found.is_ok_and(|found| found.is_some())
}

/// Runs a task, also before the page is taken over.
pub(crate) fn spawn(task: Pin<Box<dyn Future<Output = ()>>>) {
    wasm_bindgen_futures::spawn_local(task);
}

/// Writes a warning to the console.
pub(super) fn warn(line: &str) {
    web_sys::console::warn_1(&JsValue::from_str(line));
}

/// Writes a warning to the console, the first time in this page's life.
pub(crate) fn warn_once(line: &str) {
    thread_local! {
        static WRITTEN: RefCell<BTreeSet<String>> = const { RefCell::new(BTreeSet::new()) };
    }
    let is_new = WRITTEN.with_borrow_mut(|written| written.insert(line.to_owned()));
    if is_new {
        warn(line);
    }
}

/// Says in the document that the page can be used.
pub(crate) fn mark_hydrated() {
    if let Some(root) = document().document_element() {
        let _ = root.set_attribute("data-hydrated", "");
    }
}

/// Takes the text out of a field and leaves it empty.
pub(crate) fn take_text(field: NodeRef<Textarea>) -> String {
    let Some(field) = field.get_untracked() else {
        return String::new();
    };
    let text = field.value();
    field.set_value("");
    text
}

/// The text in a field, while there is one.
pub(crate) fn text_of(field: NodeRef<Textarea>) -> Option<String> {
    field.get_untracked().map(|field| field.value())
}

/// Does the work once for all calls within this time, and at once when the page, or the owner's part of it, is left.
pub(crate) fn soon(
    within: Duration,
    work: impl Fn() + Copy + Send + Sync + 'static,
) -> Callback<()> {
    let waits = StoredValue::new(false);
    let now = move || {
        if waits.try_update_value(std::mem::take) == Some(true) {
            work();
        }
    };
    let left = window_event_listener_untyped("pagehide", move |_| now());
    on_cleanup(move || {
        now();
        left.remove();
    });
    Callback::new(move |()| {
        if waits.try_update_value(|waits| std::mem::replace(waits, true)) == Some(false) {
            set_timeout(now, within);
        }
    })
}

/// Puts text into a field, before what is in it.
pub(crate) fn put_text(field: NodeRef<Textarea>, text: &str) {
    if let Some(field) = field.get_untracked() {
        let text = match field.value() {
            there if there.is_empty() => text.to_owned(),
            there => format!("{text}\n{there}"),
        };
        field.set_value(&text);
    }
}

/// Brings the text of an element, which was `shown`, to `text`. What comes at the end is appended to the text node, so that
/// a selection in it stays.
pub(crate) fn grow_text(element: &HtmlElement, shown: Option<&str>, text: &str) {
    let added = shown.and_then(|shown| text.strip_prefix(shown));
    let node = element.first_child();
    match (node, added) {
        (_, Some("")) => {}
        (Some(node), Some(added)) => {
            if let Ok(node) = node.dyn_into::<CharacterData>() {
                let _ = node.append_data(added);
            }
        }
        (node, _) => {
            let is_there = node.and_then(|node| node.node_value()).as_deref() == Some(text);
            if !is_there {
                element.set_text_content(Some(text));
            }
        }
    }
}

/// Makes a field as tall as its text, where the style sheet's `field-sizing` is not known.
pub(crate) fn fit(field: NodeRef<Textarea>) {
    thread_local! {
        static BY_STYLE: bool = web_sys::css::supports_with_value("field-sizing", "content").unwrap_or(false);
    }
    if BY_STYLE.with(|by_style| *by_style) {
        return;
    }
    if let Some(field) = field.get_untracked() {
        let style = HtmlElement::style(&field);
        let _ = style.set_property("height", "auto");
        let _ = style.set_property("height", &format!("{}px", field.scroll_height()));
    }
}

/// Puts the cursor into a field.
pub(crate) fn focus(field: NodeRef<Textarea>) {
    if let Some(field) = field.get_untracked() {
        let _ = field.focus();
    }
}

/// Puts the focus, where it is within a tool call, on the line that names the call.
pub(crate) fn focus_tool() {
    let focused = document().active_element();
    let call = focused.and_then(|focused| focused.closest(".tool").ok().flatten());
    let summary = call.and_then(|call| call.query_selector("summary").ok().flatten());
    if let Some(summary) = summary {
        let _ = summary.unchecked_ref::<HtmlElement>().focus();
    }
}

/// Puts the focus on a heading, as soon as it is there.
pub(crate) fn focus_on(heading: NodeRef<H2>) {
    if let Some(heading) = heading.get() {
        let _ = heading.focus();
    }
}

/// Puts the focus on the first element that a selector finds.
pub(crate) fn focus_first(selector: &str) {
    let found = document().query_selector(selector).ok().flatten();
    if let Some(found) = found {
        let _ = found.unchecked_ref::<HtmlElement>().focus();
    }
}

/// Does what a press of a field does.
pub(crate) fn click(field: NodeRef<Input>) {
    if let Some(field) = field.get_untracked() {
        field.click();
    }
}

/// Opens a dialog over the page.
pub(crate) fn open_modal(dialog: NodeRef<Dialog>) {
    if let Some(dialog) = dialog.get_untracked() {
        let _ = dialog.show_modal();
    }
}

/// Closes a dialog.
pub(crate) fn close(dialog: NodeRef<Dialog>) {
    if let Some(dialog) = dialog.get_untracked() {
        dialog.close();
    }
}

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

/// Goes to another page of ours, with a fresh start.
pub(super) fn leave(path: &str) {
    if window().location().assign(path).is_err() {
        warn("the page could not be left");
    }
}
