//! Files that the user has chosen in a dialog or dropped onto the page.

use std::{cell::RefCell, pin::Pin};

use futures::future::try_join_all;
use js_sys::{Array, Function, Promise};
use leptos::{
    html,
    prelude::{
        Callable, Callback, GetUntracked, NodeRef, document, on_cleanup,
        window_event_listener_untyped,
    },
};
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;

/// Marks the document while files are dragged over the page.
const DROPPING: &str = "data-dropping";

#[wasm_bindgen]
extern "C" {
    /// A file of the user.
    #[derive(Clone)]
    pub type File;
    #[wasm_bindgen(method, getter)]
    fn name(this: &File) -> String;
    #[wasm_bindgen(method, getter)]
    fn size(this: &File) -> f64;
    #[wasm_bindgen(method, getter, js_name = webkitRelativePath)]
    fn relative_path(this: &File) -> String;

    /// A file field.
    type Field;
    #[wasm_bindgen(method, getter)]
    fn files(this: &Field) -> JsValue;
    #[wasm_bindgen(method, setter)]
    fn set_value(this: &Field, value: &str);

    /// A drag over the page.
    type Drag;
    #[wasm_bindgen(method, getter, js_name = dataTransfer)]
    fn transfer(this: &Drag) -> Option<Transfer>;
    #[wasm_bindgen(method, getter, js_name = relatedTarget)]
    fn related_target(this: &Drag) -> JsValue;

    type Transfer;
    #[wasm_bindgen(method, getter)]
    fn types(this: &Transfer) -> Array;
    #[wasm_bindgen(method, getter)]
    fn items(this: &Transfer) -> JsValue;

    type Item;
    #[wasm_bindgen(method, js_name = webkitGetAsEntry)]
    fn entry(this: &Item) -> Option<Entry>;
    #[wasm_bindgen(method, js_name = getAsFile)]
    fn as_file(this: &Item) -> Option<File>;

    /// A dropped file or directory.
    type Entry;
    #[wasm_bindgen(method, getter, js_name = isDirectory)]
    fn is_directory(this: &Entry) -> bool;
    #[wasm_bindgen(method, getter, js_name = fullPath)]
    fn full_path(this: &Entry) -> String;
    #[wasm_bindgen(method)]
    fn file(this: &Entry, done: &Function, failed: &Function);
    #[wasm_bindgen(method, js_name = createReader)]
    fn reader(this: &Entry) -> Reader;

    type Reader;
    #[wasm_bindgen(method, js_name = readEntries)]
    fn read(this: &Reader, done: &Function, failed: &Function);
}

/// The chosen or dropped files.
pub(crate) struct Chosen(Vec<Thing>);

enum Thing {
    File(File),
    Entry(Entry),
}

impl File {
    /// Its size.
    pub(crate) fn bytes(&self) -> u64 {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a whole number far below 2^53"
        )]
        let size = self.size() as u64;
        size
    }
}

impl Chosen {
    /// The files with their paths. An unreadable directory counts as empty.
    pub(crate) async fn files(self) -> Vec<(String, File)> {
        let mut files = Vec::new();
        for thing in self.0 {
            match thing {
                Thing::File(file) => {
                    let path = file.relative_path();
                    let path = if path.is_empty() { file.name() } else { path };
                    files.push((path, file));
                }
                Thing::Entry(entry) => files.extend(within(entry).await.unwrap_or_default()),
            }
        }
        files
    }
}

/// Returns the chosen files and empties the field.
pub(crate) fn take_chosen(field: NodeRef<html::Input>) -> Option<Chosen> {
    let field = field.get_untracked()?;
    let field: &Field = field.unchecked_ref();
    let files = Array::from(&field.files());
    // Read before the field is emptied, so that the same file can be chosen again.
    let file = |file: JsValue| Thing::File(file.unchecked_into());
    let files = files.iter().map(file).collect();
    field.set_value("");
    Some(Chosen(files))
}

thread_local! {
    /// The dropped files, until they are taken.
    static DROPPED: RefCell<Vec<Thing>> = const { RefCell::new(Vec::new()) };
}

/// Returns the dropped files.
pub(crate) fn take_dropped() -> Option<Chosen> {
    let dropped = DROPPED.take();
    (!dropped.is_empty()).then_some(Chosen(dropped))
}

/// Accepts files that are dropped onto the page, until the current owner is cleaned up.
pub(crate) fn on_drop(dropped: Callback<()>) {
    let is_over = |is_over: bool| {
        let root = document().document_element();
        let _ = root.map(|root| root.toggle_attribute_with_force(DROPPING, is_over));
    };
    let on = |name: &'static str, hovers: fn(&Drag) -> bool, dropped: Option<Callback<()>>| {
        window_event_listener_untyped(name, move |event| {
            let drag: &Drag = event.unchecked_ref();
            let holds_files = |transfer: Transfer| transfer.types().includes(&"Files".into(), 0);
            if drag.transfer().is_some_and(holds_files) {
                event.prevent_default();
                is_over(hovers(drag));
                if let Some(dropped) = dropped {
                    dropped.run(());
                }
            }
        })
    };
    let listeners = [
        on("dragover", |_| true, None),
        // The pointer leaves the page itself when it enters none of its elements.
        on("dragleave", |drag| !drag.related_target().is_null(), None),
        on(
            "drop",
            |drag| {
                keep(drag);
                false
            },
            Some(dropped),
        ),
    ];
    on_cleanup(move || listeners.into_iter().for_each(|listener| listener.remove()));
}

/// Dropped files can be read only while the event is handled.
fn keep(drag: &Drag) {
    if let Some(transfer) = drag.transfer() {
        let items = Array::from(&transfer.items());
        let thing = |item: JsValue| {
            let item: &Item = item.unchecked_ref();
            let entry = item.entry().map(Thing::Entry);
            entry.or_else(|| item.as_file().map(Thing::File))
        };
        DROPPED.with_borrow_mut(|dropped| dropped.extend(items.iter().filter_map(thing)));
    }
}

type Within = Pin<Box<dyn Future<Output = Result<Vec<(String, File)>, JsValue>>>>;

/// The files of an entry, at any depth.
fn within(entry: Entry) -> Within {
    Box::pin(async move {
        if !entry.is_directory() {
            let file = called(|done, failed| entry.file(done, failed)).await?;
            let path = entry.full_path().trim_start_matches('/').to_owned();
            return Ok(vec![(path, file.unchecked_into())]);
        }
        let reader = entry.reader();
        let mut files = Vec::new();
        loop {
            // A reader returns at most a hundred at a time, and none at the end.
            let entries = called(|done, failed| reader.read(done, failed)).await?;
            let entries = Array::from(&entries);
            if entries.length() == 0 {
                return Ok(files);
            }
            let entries = entries.iter().map(|entry| within(entry.unchecked_into()));
            files.extend(try_join_all(entries).await?.into_iter().flatten());
        }
    })
}

/// The value that a function passes to one of its two callbacks.
async fn called(call: impl Fn(&Function, &Function)) -> Result<JsValue, JsValue> {
    JsFuture::from(Promise::new(&mut |done, failed| call(&done, &failed))).await
}
