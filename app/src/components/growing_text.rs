//! A text that may become longer without an end to what the reader has selected in it.

use std::future::Future;

use leptos::{
    prelude::{AddAnyAttr, Mountable, Render, RenderHtml},
    tachys::{
        html::attribute::{Attribute, any_attribute::AnyAttribute},
        hydration::Cursor,
        renderer::{
            CastFrom, Rndr,
            types::{Element, Node, Text},
        },
        view::{Position, PositionState},
    },
};

use crate::browser::dom;

/// A text node as [`String`] makes one. When the text is shown again and has only become longer, what is new is appended to
/// the node: a selection in it stays.
#[derive(Clone, Debug, Default)]
pub(crate) struct GrowingText(pub(crate) String);

/// The node, and its text.
pub(crate) struct GrowingTextState {
    node: Text,
    text: String,
}

impl Render for GrowingText {
    type State = GrowingTextState;

    fn build(self) -> Self::State {
        let node = Rndr::create_text_node(&self.0);
        GrowingTextState { node, text: self.0 }
    }

    fn rebuild(self, state: &mut Self::State) {
        match self.0.strip_prefix(&state.text) {
            Some("") => return,
            Some(added) => dom::append_data(&state.node, added),
            None => Rndr::set_text(&state.node, &self.0),
        }
        state.text = self.0;
    }
}

impl RenderHtml for GrowingText {
    type AsyncOutput = Self;
    type Owned = Self;

    const MIN_LENGTH: usize = 0;

    fn dry_resolve(&mut self) {}

    fn resolve(self) -> impl Future<Output = Self> + Send {
        std::future::ready(self)
    }

    fn html_len(&self) -> usize {
        self.0.len()
    }

    fn to_html_with_buf(
        self,
        buf: &mut String,
        position: &mut Position,
        escape: bool,
        mark_branches: bool,
        extra_attrs: Vec<AnyAttribute>,
    ) {
        self.0
            .to_html_with_buf(buf, position, escape, mark_branches, extra_attrs);
    }

    fn hydrate<const FROM_SERVER: bool>(
        self,
        cursor: &Cursor,
        position: &PositionState,
    ) -> Self::State {
        // It puts the cursor on the node, or fails where there is none.
        let _ = self.0.as_str().hydrate::<FROM_SERVER>(cursor, position);
        let node = Text::cast_from(cursor.current());
        GrowingTextState {
            node: node.unwrap_or_else(|| Rndr::create_text_node(&self.0)),
            text: self.0,
        }
    }

    fn into_owned(self) -> Self {
        self
    }
}

impl AddAnyAttr for GrowingText {
    type Output<NewAttr: Attribute> = Self;

    fn add_any_attr<NewAttr: Attribute>(self, _attr: NewAttr) -> Self {
        self
    }
}

impl Mountable for GrowingTextState {
    fn unmount(&mut self) {
        self.node.unmount();
    }

    fn mount(&mut self, parent: &Element, marker: Option<&Node>) {
        Rndr::insert_node(parent, self.node.as_ref(), marker);
    }

    fn insert_before_this(&self, child: &mut dyn Mountable) -> bool {
        self.node.insert_before_this(child)
    }

    fn elements(&self) -> Vec<Element> {
        Vec::new()
    }
}
