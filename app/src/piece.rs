//! Views whose code is a piece of its own, fetched when they are called for instead of with every first view.

use std::{cell::Cell, pin::Pin, rc::Rc, time::Duration};

use futures::future::join_all;

use leptos::{prelude::*, wasm_split::SplitLoaderError};

use crate::{
    browser::{
        task::{self, Task},
        timer::sleep,
    },
    components::{Alert, Button, ButtonKind},
    update::Update,
};

/// Why a piece may be missing, and what to do about it.
pub(crate) const WHAT_TO_DO: &str = "Either the server cannot be reached from here, or Coder was updated after you opened it. \
    Check your network and try again; if that does not help, reload the page.";

/// How long a page waits for its pieces before it is hydrated without.
const PATIENCE: Duration = Duration::from_secs(3);

/// The fetching of a piece.
pub(crate) type Loading = Pin<Box<dyn Future<Output = Result<(), SplitLoaderError>>>>;

/// The wait before a piece that could not be fetched is fetched again; it doubles up to the longest.
const FIRST_WAIT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_secs(16);

/// Fetches a piece, again and again until it is there: the network may come back. Calls `failed` after each attempt that
/// fails, and once lets the page ask whether the server has another build.
pub(crate) async fn fetch(load: fn() -> Loading, update: Option<Update>, failed: impl Fn()) {
    let mut wait = FIRST_WAIT;
    let mut update = update;
    while load().await.is_err() {
        if let Some(update) = update.take() {
            update.piece_is_missing();
        }
        failed();
        sleep(wait).await;
        wait = LONGEST_WAIT.min(wait * 2);
    }
}

/// Shows a view as soon as its piece is there. `view` gives none until then, `load` fetches the piece; meanwhile there is
/// `waiting`. While it cannot be fetched there is `failed`, whose callback tries again at once.
pub(crate) fn late(
    view: impl Fn() -> Option<AnyView> + Send + Sync + 'static,
    load: fn() -> Loading,
    waiting: impl Fn() -> AnyView + Send + Sync + 'static,
    failed: fn(Callback<()>) -> AnyView,
) -> AnyView {
    let has_failed = RwSignal::new(false);
    let update = Update::of_page();
    // Dropped with this view, or for the next one.
    let fetching = StoredValue::new_local(None::<Task>);
    let shown = move || {
        if has_failed.get() {
            return failed(Callback::new(move |()| {
                has_failed.try_set(false);
            }));
        }
        view().unwrap_or_else(|| {
            let fetch = async move {
                let failed = || {
                    has_failed.try_set(true);
                };
                fetch(load, update, failed).await;
                has_failed.try_set(false);
            };
            fetching.set_value(Some(Task::spawn(fetch)));
            waiting()
        })
    };
    view! { {move || shown()} }.into_any()
}

/// Shows a part of the page as soon as its piece is there. `view` gives none until then, `load` fetches the piece;
/// `waiting` stays for as long as it takes. `arrived` is called with what shows the view then.
pub(crate) fn after(
    view: impl Fn() -> Option<AnyView> + Send + Sync + 'static,
    load: fn() -> Loading,
    waiting: impl Fn() -> AnyView + Send + Sync + 'static,
    arrived: impl Fn(&dyn Fn()) + Clone + Send + Sync + 'static,
) -> AnyView {
    let has_come = RwSignal::new(false);
    let update = Update::of_page();
    let fetching = StoredValue::new_local(None::<Task>);
    let shown = move || {
        has_come.get();
        view().unwrap_or_else(|| {
            let arrived = arrived.clone();
            let fetch = async move {
                fetch(load, update, || {}).await;
                arrived(&|| has_come.set(true));
            };
            fetching.set_value(Some(Task::spawn(fetch)));
            waiting()
        })
    };
    view! { {move || shown()} }.into_any()
}

/// Calls `hydrate` once these pieces are there, or are not there in time.
pub(crate) fn when_loaded(pieces: Vec<Loading>, hydrate: fn()) {
    let hydrate = Rc::new(Cell::new(Some(hydrate)));
    let once = move |hydrate: &Cell<Option<fn()>>| {
        if let Some(hydrate) = hydrate.take() {
            hydrate();
        }
    };
    let late = Rc::clone(&hydrate);
    set_timeout(move || once(&late), PATIENCE);
    task::spawn(Box::pin(async move {
        join_all(pieces).await;
        once(&hydrate);
    }));
}

/// Says that a part of the page is missing.
#[component]
pub(crate) fn MissingPiece(
    /// What is missing, in a sentence.
    what: &'static str,
    /// Tries again.
    on_retry: Callback<()>,
) -> impl IntoView {
    view! {
        <Alert text=format!("{what} {WHAT_TO_DO}")>
            <Button kind=ButtonKind::Plain on_press=on_retry>
                "Try again"
            </Button>
        </Alert>
    }
}
