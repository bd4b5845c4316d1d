//! Tasks.

use std::pin::Pin;

use futures::{
    FutureExt,
    future::{AbortHandle, abortable},
};
use leptos::{prelude::Effect, task::spawn_local};

/// Runs a task, even before the page is hydrated.
pub(crate) fn spawn(task: Pin<Box<dyn Future<Output = ()>>>) {
    wasm_bindgen_futures::spawn_local(task);
}

/// Runs a task once the page is hydrated: until then the page must show what the server rendered.
pub(crate) fn spawn_hydrated(task: impl Future<Output = ()> + 'static) {
    let mut waiting = Some(task);
    Effect::new(move || {
        if let Some(task) = waiting.take() {
            spawn_local(task);
        }
    });
}

/// A task that ends when this is dropped.
pub(crate) struct Task(AbortHandle);

impl Task {
    /// Runs one.
    pub(crate) fn spawn(task: impl Future<Output = ()> + 'static) -> Self {
        let (task, handle) = abortable(task);
        spawn_local(task.map(drop));
        Self(handle)
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}
