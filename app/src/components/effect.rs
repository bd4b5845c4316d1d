//! Work in the browser that follows signals, as one type: each closure of its own type would bring a runner of its own.

use leptos::prelude::Effect;

/// Does something once the view is there, and again whenever a signal changes that it read. The server does not do it.
pub(crate) fn effect(work: impl FnMut() + 'static) {
    let work: Box<dyn FnMut()> = Box::new(work);
    Effect::new(work);
}
