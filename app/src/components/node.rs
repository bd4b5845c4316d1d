//! Markup as one type of view.
//!
//! `view!` gives each tree of elements, each attribute and each listener a type, and code, of its own: several kilobytes
//! a tree, for every visitor to load. A node is compared with the one it replaces, and what is the same on screen stays.
//!
//! - `live`: what an element does besides being there. `shown`: nodes on screen and in the server's HTML.

mod live;
mod shown;

use std::borrow::Cow;

use leptos::{
    prelude::{AnyView, NodeRef},
    tachys::{
        html::{element::ElementType, node_ref::NodeRefContainer},
        renderer::types,
    },
};

use self::live::Live;
use super::Erase;

/// A piece of markup.
pub(crate) enum Node {
    /// Text.
    Text(String),
    /// An element.
    Element(Element),
    /// Any other view.
    View(AnyView),
}

/// An element with its attributes and content.
pub(crate) struct Element {
    tag: &'static str,
    attributes: Vec<(&'static str, Cow<'static, str>)>,
    live: Option<Box<Live>>,
    children: Vec<Node>,
}

/// An element without attributes.
pub(crate) fn element(tag: &'static str, children: Vec<Node>) -> Element {
    Element {
        tag,
        attributes: Vec::new(),
        live: None,
        children,
    }
}

impl Element {
    /// Adds an attribute.
    pub(crate) fn with(mut self, name: &'static str, value: impl Into<Cow<'static, str>>) -> Self {
        self.attributes.push((name, value.into()));
        self
    }

    fn live(&mut self) -> &mut Live {
        self.live.get_or_insert_default()
    }

    /// The element as a view.
    pub(crate) fn erase(self) -> AnyView {
        Node::Element(self).erase()
    }

    /// Adds an attribute that follows the signals it reads, and is absent where there is no value.
    pub(crate) fn following(
        mut self,
        name: &'static str,
        value: impl Fn() -> Option<String> + Send + 'static,
    ) -> Self {
        self.live().follow(name, value);
        self
    }

    /// Sets a property, which follows the signals it reads.
    pub(crate) fn setting(
        mut self,
        name: &'static str,
        value: impl Fn() -> bool + Send + 'static,
    ) -> Self {
        self.live().set(name, value);
        self
    }

    /// Does something at an event.
    pub(crate) fn on(
        mut self,
        event: &'static str,
        heard: impl FnMut(types::Event) + Send + 'static,
    ) -> Self {
        self.live().hear(event, heard);
        self
    }

    /// Lets `reference` refer to the element, which must be of its kind.
    pub(crate) fn referred<E>(mut self, reference: NodeRef<E>) -> Self
    where
        E: ElementType + 'static,
        NodeRef<E>: NodeRefContainer<E>,
    {
        self.live().refer(move |element| reference.load(element));
        self
    }
}

impl From<&str> for Node {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Node {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<AnyView> for Node {
    fn from(view: AnyView) -> Self {
        Self::View(view)
    }
}

impl From<Element> for Node {
    fn from(element: Element) -> Self {
        Self::Element(element)
    }
}
