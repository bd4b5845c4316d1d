//! Files that the user has chosen in a dialog or dropped onto the page.

use std::pin::Pin;

use futures::future::try_join_all;
use js_sys::{Array, Function, Promise, Uint8Array};
use leptos::{
    html,
    prelude::{GetUntracked, NodeRef, window},
};
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;
use web_sys::{BlobPropertyBag, Url};

#[wasm_bindgen]
extern "C" {
    /// A file of the user.
    #[derive(Clone)]
    pub type File;
    #[wasm_bindgen(constructor)]
    pub(super) fn new(parts: &Array, name: &str, options: &BlobPropertyBag) -> File;
    #[wasm_bindgen(method, getter)]
    fn name(this: &File) -> String;
    #[wasm_bindgen(method, getter)]
    fn size(this: &File) -> f64;
    #[wasm_bindgen(method, getter, js_name = type)]
    pub(super) fn kind(this: &File) -> String;
    #[wasm_bindgen(method, catch)]
    async fn text(this: &File) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch, js_name = arrayBuffer)]
    async fn buffer(this: &File) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method)]
    fn slice(this: &File, from: f64, to: f64) -> File;
    #[wasm_bindgen(method, getter, js_name = webkitRelativePath)]
    fn relative_path(this: &File) -> String;

    /// A file field.
    type Field;
    #[wasm_bindgen(method, getter)]
    fn files(this: &Field) -> JsValue;
    #[wasm_bindgen(method, setter)]
    fn set_value(this: &Field, value: &str);

    /// A file or directory that was dropped.
    pub(super) type Entry;
    #[wasm_bindgen(method, getter, js_name = isDirectory)]
    pub(super) fn is_directory(this: &Entry) -> bool;
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

/// What the user chose or dropped.
pub(crate) struct Chosen(pub(super) Vec<Thing>);

pub(super) enum Thing {
    File(File),
    /// A long text.
    Pasted(File),
    Entry(Entry),
}

/// A file that came.
pub(crate) struct Arrival {
    /// Its name, with the directories of the folder that it came in.
    pub(crate) path: String,
    pub(crate) file: File,
    /// Whether it is a text that was pasted.
    pub(crate) is_pasted: bool,
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

    /// Its media type, as the browser says; may be empty.
    pub(crate) fn media_type(&self) -> String {
        self.kind()
    }

    /// Its text, if it can still be read.
    pub(crate) async fn read(&self) -> Option<String> {
        self.text().await.ok()?.as_string()
    }

    /// Whether it can still be read: it may be gone from the disk.
    pub(crate) async fn is_readable(&self) -> bool {
        self.slice(0.0, 1.0).buffer().await.is_ok()
    }

    /// The SHA-256 of its content in hexadecimal digits. `None`: it cannot be read, or the page came over plain `http`, where
    /// browsers compute none.
    pub(crate) async fn sha256(&self) -> Option<String> {
        let bytes = self.buffer().await.ok()?;
        let subtle = window().crypto().ok()?.subtle();
        if subtle.is_undefined() {
            return None;
        }
        let hash = subtle.digest_with_str_and_buffer_source("SHA-256", bytes.unchecked_ref());
        let hash = JsFuture::from(hash.ok()?).await.ok()?;
        let bytes = Uint8Array::new(&hash).to_vec();
        Some(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// An address of it for this page, for as long as the result lives.
    pub(crate) fn address(&self) -> Option<FileAddress> {
        let url = Url::create_object_url_with_blob(self.unchecked_ref());
        url.ok().map(FileAddress)
    }
}

/// The address of a file of the user's.
pub(crate) struct FileAddress(String);

impl FileAddress {
    pub(crate) fn url(&self) -> String {
        self.0.clone()
    }
}

impl Drop for FileAddress {
    fn drop(&mut self) {
        let _ = Url::revoke_object_url(&self.0);
    }
}

impl Chosen {
    /// The files with their paths. An unreadable directory counts as empty.
    pub(crate) async fn files(self) -> Vec<(String, File)> {
        let all = self.all().await.into_iter();
        all.map(|arrival| (arrival.path, arrival.file)).collect()
    }

    /// The files in it.
    pub(crate) async fn all(self) -> Vec<Arrival> {
        let mut all = Vec::new();
        for thing in self.0 {
            let is_pasted = matches!(thing, Thing::Pasted(_));
            let files = match thing {
                Thing::File(file) | Thing::Pasted(file) => {
                    let path = file.relative_path();
                    let path = if path.is_empty() { file.name() } else { path };
                    vec![(path, file)]
                }
                Thing::Entry(entry) => within(entry).await.unwrap_or_default(),
            };
            all.extend(files.into_iter().map(|(path, file)| Arrival {
                path,
                file,
                is_pasted,
            }));
        }
        all
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
