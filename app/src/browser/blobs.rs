//! Files of the user's that outlive the page: the browser's database. Where it has none, or no room, they live as long as
//! the page.

use js_sys::{Array, Function, Promise};
use leptos::prelude::window;
use wasm_bindgen::{JsCast, JsValue, prelude::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{IdbDatabase, IdbFactory, IdbObjectStore, IdbRequest, IdbTransactionMode};

use super::{clock::now, files::File, random::RandomIds};
use common::id::IdSource as _;

const DATABASE: &str = "coder";
const STORE: &str = "attachments";

/// A file that nobody has come back for is deleted after a week.
const KEPT_MILLIS: u64 = 7 * 24 * 60 * 60 * 1000;

/// A fresh key; it says when it was made.
pub(crate) fn fresh_key() -> String {
    format!("{}-{}", now().as_millis(), RandomIds.fresh())
}

/// Whether a file could be kept.
pub(crate) async fn keep(key: &str, file: &File) -> bool {
    let kept = async {
        let store = store(IdbTransactionMode::Readwrite).await?;
        answer(&store.put_with_key(file, &key.into())?).await
    };
    kept.await.is_ok()
}

/// A file that was kept.
pub(crate) async fn kept(key: &str) -> Option<File> {
    let file = async {
        let store = store(IdbTransactionMode::Readonly).await?;
        answer(&store.get(&key.into())?).await
    };
    let file = file.await.ok()?;
    (!file.is_undefined()).then(|| file.unchecked_into())
}

/// Deletes a file, and those that are too old.
pub(crate) async fn forget(key: &str) {
    // Nothing is left to do where that does not succeed.
    let _ = async {
        let store = store(IdbTransactionMode::Readwrite).await?;
        store.delete(&key.into())?;
        let keys = answer(&store.get_all_keys()?).await?;
        let oldest = now().as_millis().saturating_sub(KEPT_MILLIS);
        for key in Array::from(&keys) {
            let text = key.as_string().unwrap_or_default();
            let made = text.split('-').next().and_then(|made| made.parse().ok());
            if made.is_none_or(|made: u64| made < oldest) {
                store.delete(&key)?;
            }
        }
        Ok::<(), JsValue>(())
    }
    .await;
}

async fn store(mode: IdbTransactionMode) -> Result<IdbObjectStore, JsValue> {
    let none = || JsValue::from_str("no database");
    let factory: IdbFactory = window().indexed_db()?.ok_or_else(none)?;
    let opening = factory.open_with_u32(DATABASE, 1)?;
    let made = opening.clone();
    let make = Closure::once_into_js(move || {
        let database = made.result().map(JsCast::unchecked_into::<IdbDatabase>);
        let _ = database.map(|database| database.create_object_store(STORE));
    });
    opening.set_onupgradeneeded(Some(make.unchecked_ref()));
    let database: IdbDatabase = answer(&opening).await?.unchecked_into();
    let store = database
        .transaction_with_str_and_mode(STORE, mode)?
        .object_store(STORE);
    // It is closed when its transaction is over.
    database.close();
    store
}

async fn answer(request: &IdbRequest) -> Result<JsValue, JsValue> {
    let ended = Promise::new(&mut |done: Function, failed: Function| {
        request.set_onsuccess(Some(&done));
        request.set_onerror(Some(&failed));
    });
    JsFuture::from(ended).await?;
    request.result()
}
