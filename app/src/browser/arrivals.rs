//! Files that come to the page: chosen in a dialog, pasted, or dropped.

use std::cell::RefCell;

use common::attachments::{PASTED_LINES, PASTED_UNITS};
use js_sys::{Array, JsString};
use leptos::{
    html,
    prelude::{
        Callable as _, Callback, NodeRef, document, on_cleanup, window_event_listener_untyped,
    },
};
use wasm_bindgen::{JsCast as _, JsValue, prelude::wasm_bindgen};
use web_sys::{BlobPropertyBag, Element, Event};

use super::files::{Chosen, Entry, File, Thing, take_chosen};

/// Says in the document that something is held over the page which it takes.
const DROPPING: &str = "data-dropping";

/// The name of a pasted text.
const PASTED: &str = "pasted-text.txt";

#[wasm_bindgen]
extern "C" {
    /// A drag of something over the page.
    type Drag;
    #[wasm_bindgen(method, getter, js_name = dataTransfer)]
    fn transfer(this: &Drag) -> Option<Transfer>;
    #[wasm_bindgen(method, getter, js_name = relatedTarget)]
    fn related_target(this: &Drag) -> JsValue;
    #[wasm_bindgen(method, getter)]
    fn target(this: &Drag) -> JsValue;

    /// Something that is pasted.
    type Paste;
    #[wasm_bindgen(method, getter, js_name = clipboardData)]
    fn transfer(this: &Paste) -> Option<Transfer>;

    type Transfer;
    #[wasm_bindgen(method, getter)]
    fn types(this: &Transfer) -> Array;
    #[wasm_bindgen(method, getter)]
    fn items(this: &Transfer) -> JsValue;
    #[wasm_bindgen(method, getter)]
    fn files(this: &Transfer) -> JsValue;
    #[wasm_bindgen(method, js_name = getData)]
    fn data(this: &Transfer, kind: &str) -> JsString;

    type Item;
    #[wasm_bindgen(method, js_name = webkitGetAsEntry)]
    fn entry(this: &Item) -> Option<Entry>;
    #[wasm_bindgen(method, js_name = getAsFile)]
    fn as_file(this: &Item) -> Option<File>;
}

/// Puts what is chosen in a field to what arrived for the message. Whether there was something.
pub(crate) fn choose(field: NodeRef<html::Input>) -> bool {
    let chosen = take_chosen(field).map_or_else(Vec::new, |Chosen(things)| things);
    arrive(chosen)
}

thread_local! {
    /// What was dropped for the workspace, until somebody takes it.
    static DROPPED: RefCell<Vec<Thing>> = const { RefCell::new(Vec::new()) };
    /// What was chosen, pasted or dropped for the message.
    static ARRIVED: RefCell<Vec<Thing>> = const { RefCell::new(Vec::new()) };
}

fn arrive(things: Vec<Thing>) -> bool {
    let has_any = !things.is_empty();
    ARRIVED.with_borrow_mut(|arrived| arrived.extend(things));
    has_any
}

/// Takes what was dropped for the workspace.
pub(crate) fn take_dropped() -> Option<Chosen> {
    let dropped = DROPPED.take();
    (!dropped.is_empty()).then_some(Chosen(dropped))
}

/// Takes what was chosen, pasted or dropped for the message.
pub(crate) fn take_arrived() -> Option<Chosen> {
    let arrived = ARRIVED.take();
    (!arrived.is_empty()).then_some(Chosen(arrived))
}

/// Takes files, or a long text, out of what is pasted. Whether there were some; the rest is the field's.
pub(crate) fn paste(event: &Event) -> bool {
    let Some(transfer) = event.unchecked_ref::<Paste>().transfer() else {
        return false;
    };
    let has_text = transfer.types().includes(&"text/plain".into(), 0);
    let taken = match pasted_files(&transfer) {
        Some(files) => files,
        None if has_text => {
            let text = transfer.data("text/plain");
            long(&text).map(Thing::Pasted).into_iter().collect()
        }
        None => Vec::new(),
    };
    let is_taken = arrive(taken);
    if is_taken {
        event.prevent_default();
    }
    is_taken
}

/// The files in what is pasted; `None`: it is something else.
fn pasted_files(transfer: &Transfer) -> Option<Vec<Thing>> {
    let types = transfer.types();
    let has = |kind: &str| types.includes(&kind.into(), 0);
    // A spreadsheet puts a picture of its cells beside them.
    let is_rich = has("text/html") && has("text/plain");
    if !has("Files") || is_rich {
        return None;
    }
    let files = Array::from(&transfer.files()).into_iter();
    let files = files.map(|file| Thing::File(file.unchecked_into()));
    Some(files.collect())
}

/// Takes files that are pasted anywhere on the page and that nothing else takes, for the message, and says so, until the current
/// owner is cleaned up.
pub(crate) fn on_paste_into_message(pasted: Callback<()>) {
    let listener = window_event_listener_untyped("paste", move |event| {
        if event.default_prevented() {
            return;
        }
        let transfer = event.unchecked_ref::<Paste>().transfer();
        let files = transfer.and_then(|transfer| pasted_files(&transfer));
        if arrive(files.unwrap_or_default()) {
            event.prevent_default();
            pasted.run(());
        }
    });
    on_cleanup(move || listener.remove());
}

/// A text as a file, if it is too long for the field.
fn long(text: &JsString) -> Option<File> {
    // A long text is not copied to be measured.
    let has_many_lines = || String::from(text).lines().count() > PASTED_LINES;
    if text.length() <= PASTED_UNITS && !has_many_lines() {
        return None;
    }
    let options = BlobPropertyBag::new();
    options.set_type("text/plain");
    Some(File::new(&Array::of1(text), PASTED, &options))
}

/// What a file that is held over the page, or dropped, is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Zone {
    /// For the workspace: over the files of the conversation.
    Workspace,
    /// For the message that is written: everywhere else.
    Message,
}

impl Zone {
    /// As the document's attribute names it for the style sheet.
    const fn name(self) -> &'static str {
        match self {
            Self::Workspace => "files",
            Self::Message => "message",
        }
    }

    /// Where the pointer is. On a page without files beside it everything is for the message.
    fn under(drag: &Drag) -> Self {
        let target = drag.target().dyn_into::<Element>().ok();
        let drawer = target.and_then(|target| target.closest(".drawer").ok().flatten());
        match drawer {
            Some(_) => Self::Workspace,
            None => Self::Message,
        }
    }
}

/// Takes files that are dropped onto the files of the conversation, and folders that are dropped anywhere, and says so,
/// until the current owner is cleaned up.
pub(crate) fn on_drop(dropped: Callback<()>) {
    listen(Zone::Workspace, dropped);
}

/// Takes files that are dropped for the message, and says so, until the current owner is cleaned up.
pub(crate) fn on_drop_into_message(dropped: Callback<()>) {
    listen(Zone::Message, dropped);
}

fn listen(zone: Zone, dropped: Callback<()>) {
    let mark = |zone: Option<Zone>| {
        if let Some(root) = document().document_element() {
            let _ = match zone {
                Some(zone) => root.set_attribute(DROPPING, zone.name()),
                None => root.remove_attribute(DROPPING),
            };
        }
    };
    let on = |name: &'static str, heard: Box<dyn Fn(&Drag)>| {
        window_event_listener_untyped(name, move |event| {
            let drag: &Drag = event.unchecked_ref();
            let holds_files = |transfer: Transfer| transfer.types().includes(&"Files".into(), 0);
            if drag.transfer().is_some_and(holds_files) {
                event.prevent_default();
                heard(drag);
            }
        })
    };
    let over = move |drag: &Drag| mark(Some(Zone::under(drag)));
    // The page itself is left when nothing of it is entered.
    let leave = move |drag: &Drag| {
        if drag.related_target().is_null() {
            mark(None);
        }
    };
    let drop = move |drag: &Drag| {
        mark(None);
        if keep(drag, zone) {
            dropped.run(());
        }
    };
    let listeners = [
        on("dragover", Box::new(over)),
        on("dragleave", Box::new(leave)),
        on("drop", Box::new(drop)),
    ];
    ZONES.with_borrow_mut(|zones| zones.push(zone));
    on_cleanup(move || {
        ZONES.with_borrow_mut(|zones| {
            let at = zones.iter().position(|one| *one == zone);
            at.map(|at| zones.swap_remove(at));
        });
        listeners.into_iter().for_each(|listener| listener.remove());
    });
}

thread_local! {
    /// Who takes what on this page.
    static ZONES: RefCell<Vec<Zone>> = const { RefCell::new(Vec::new()) };
}

/// Dropped files can be read only while the event is handled. Whether they were for this zone.
fn keep(drag: &Drag, zone: Zone) -> bool {
    let Some(transfer) = drag.transfer() else {
        return false;
    };
    let items = Array::from(&transfer.items());
    let thing = |item: JsValue| {
        let item: &Item = item.unchecked_ref();
        let entry = item.entry().map(Thing::Entry);
        entry.or_else(|| item.as_file().map(Thing::File))
    };
    let things: Vec<Thing> = items.iter().filter_map(thing).collect();
    let is_folder = |thing: &Thing| matches!(thing, Thing::Entry(entry) if entry.is_directory());
    let wanted = if things.iter().any(is_folder) {
        Zone::Workspace
    } else {
        Zone::under(drag)
    };
    let has_taker = |wanted| ZONES.with_borrow(|zones| zones.contains(&wanted));
    if zone != wanted && has_taker(wanted) {
        return false;
    }
    match zone {
        Zone::Workspace => DROPPED.with_borrow_mut(|dropped| dropped.extend(things)),
        Zone::Message => drop(arrive(things)),
    }
    true
}
