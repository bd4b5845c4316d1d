//! Views that come, go and change, each as one type: a closure of its own type would bring code of its own for
//! building, changing and taking over its view.

use std::sync::Arc;

use leptos::prelude::*;

use super::{Erase, node::Node};

/// A view that follows the signals it reads.
pub(crate) fn dynamic(content: impl Fn() -> AnyView + Send + Sync + 'static) -> AnyView {
    erased(Box::new(content))
}

/// Text that follows the signals it reads.
pub(crate) fn text(words: impl Fn() -> String + Send + Sync + 'static) -> Node {
    Node::View(erased_text(Box::new(words)))
}

/// A view that is there while `condition` holds.
pub(crate) fn when(
    condition: impl Fn() -> bool + Send + Sync + 'static,
    content: impl Fn() -> AnyView + Send + Sync + 'static,
) -> AnyView {
    erased_when(Box::new(condition), Box::new(content))
}

/// Views that keep what they are while items come and go around them.
pub(crate) fn each(items: impl Fn() -> Vec<Item> + Send + Sync + 'static) -> AnyView {
    erased_each(Box::new(items))
}

/// An item of [`each`].
#[derive(Clone)]
pub(crate) struct Item {
    key: String,
    content: Arc<dyn Fn() -> AnyView + Send + Sync>,
}

impl Item {
    /// `key` tells it from the other items; `content` is called once.
    pub(crate) fn new(key: String, content: impl Fn() -> AnyView + Send + Sync + 'static) -> Self {
        Self {
            key,
            content: Arc::new(content),
        }
    }
}

fn erased(content: Box<dyn Fn() -> AnyView + Send + Sync>) -> AnyView {
    (move || content()).erase()
}

fn erased_when(
    condition: Box<dyn Fn() -> bool + Send + Sync>,
    content: Box<dyn Fn() -> AnyView + Send + Sync>,
) -> AnyView {
    let is_shown = Memo::new(move |_| condition());
    dynamic(move || {
        if is_shown.get() {
            content()
        } else {
            ().erase()
        }
    })
}

fn erased_text(words: Box<dyn Fn() -> String + Send + Sync>) -> AnyView {
    (move || words()).erase()
}

fn erased_each(items: Box<dyn Fn() -> Vec<Item> + Send + Sync>) -> AnyView {
    view! { <For each=items key=|item| item.key.clone() children=|item: Item| (item.content)() /> }
        .erase()
}
