//! Nodes on screen, and in the server's HTML.

use std::borrow::Cow;

use leptos::{
    attr::{self, Attribute, any_attribute::AnyAttribute},
    prelude::{AddAnyAttr, AnyView, Mountable, Render, RenderHtml},
    tachys::{
        hydration::Cursor,
        renderer::{CastFrom, Rndr, types},
        view::{Position, PositionState},
    },
};

use super::{
    Element, Node,
    live::{self, Living, Made},
};

/// A node on screen.
pub(crate) enum Shown {
    Text(<String as Render>::State),
    Element(ShownElement),
    View(<AnyView as Render>::State),
}

/// An element on screen.
pub(crate) struct ShownElement {
    tag: &'static str,
    element: types::Element,
    attributes: Vec<(&'static str, Cow<'static, str>)>,
    live: Option<Living>,
    children: Vec<Shown>,
}

impl Render for Node {
    type State = Shown;

    fn build(self) -> Shown {
        match self {
            Self::Text(text) => Shown::Text(text.build()),
            Self::View(view) => Shown::View(view.build()),
            Self::Element(Element {
                tag,
                attributes,
                live,
                children,
            }) => {
                let element = Rndr::create_element(tag, None);
                for (name, value) in &attributes {
                    Rndr::set_attribute(&element, name, value);
                }
                let live = live.map(|live| live.begin(&element, Made::Here));
                let mut children: Vec<Shown> = children.into_iter().map(Self::build).collect();
                for child in &mut children {
                    child.mount(&element, None);
                }
                Shown::Element(ShownElement {
                    tag,
                    element,
                    attributes,
                    live,
                    children,
                })
            }
        }
    }

    fn rebuild(self, state: &mut Shown) {
        match (self, state) {
            (Self::Text(text), Shown::Text(state)) => text.rebuild(state),
            (Self::View(view), Shown::View(state)) => view.rebuild(state),
            (Self::Element(new), Shown::Element(state)) if new.tag == state.tag => {
                new.rebuild(state)
            }
            (new, state) => {
                let mut new = new.build();
                state.insert_before_this(&mut new);
                state.unmount();
                *state = new;
            }
        }
    }
}

impl Element {
    fn rebuild(self, state: &mut ShownElement) {
        if self.attributes != state.attributes {
            for (name, _) in &state.attributes {
                Rndr::remove_attribute(&state.element, name);
            }
            for (name, value) in &self.attributes {
                Rndr::set_attribute(&state.element, name, value);
            }
            state.attributes = self.attributes;
        }
        live::take_over(&mut state.live, self.live, &state.element);
        for child in state.children.iter_mut().skip(self.children.len()) {
            child.unmount();
        }
        state.children.truncate(self.children.len());
        let mut children = self.children.into_iter();
        for (state, child) in state.children.iter_mut().zip(children.by_ref()) {
            child.rebuild(state);
        }
        for child in children {
            let mut child = child.build();
            child.mount(&state.element, None);
            state.children.push(child);
        }
    }
}

impl RenderHtml for Node {
    type AsyncOutput = Self;
    type Owned = Self;

    const MIN_LENGTH: usize = 0;

    fn dry_resolve(&mut self) {
        match self {
            Self::Text(_) => {}
            Self::Element(element) => element.children.iter_mut().for_each(Self::dry_resolve),
            Self::View(view) => view.dry_resolve(),
        }
    }

    async fn resolve(self) -> Self {
        self
    }

    fn to_html_with_buf(
        self,
        html: &mut String,
        position: &mut Position,
        escape: bool,
        mark_branches: bool,
        extra: Vec<AnyAttribute>,
    ) {
        match self {
            Self::Text(text) => text.to_html_with_buf(html, position, escape, mark_branches, extra),
            Self::View(view) => view.to_html_with_buf(html, position, escape, mark_branches, extra),
            Self::Element(Element {
                tag,
                attributes,
                live,
                children,
            }) => {
                html.push('<');
                html.push_str(tag);
                for (name, value) in attributes {
                    attr::AttributeValue::to_html(value, name, html);
                }
                for (name, value) in live.iter().flat_map(|live| live.attributes()) {
                    attr::AttributeValue::to_html(value, name, html);
                }
                html.push('>');
                if !is_void(tag) {
                    *position = Position::FirstChild;
                    for child in children {
                        child.to_html_with_buf(html, position, escape, mark_branches, Vec::new());
                    }
                    html.push_str("</");
                    html.push_str(tag);
                    html.push('>');
                }
                *position = Position::NextChild;
            }
        }
    }

    fn hydrate<const FROM_SERVER: bool>(self, cursor: &Cursor, position: &PositionState) -> Shown {
        match self {
            Self::Text(text) => Shown::Text(text.hydrate::<FROM_SERVER>(cursor, position)),
            Self::View(view) => Shown::View(view.hydrate::<FROM_SERVER>(cursor, position)),
            Self::Element(Element {
                tag,
                attributes,
                live,
                children,
            }) => {
                match position.get() {
                    Position::FirstChild => cursor.child(),
                    Position::Current => {}
                    Position::NextChild
                    | Position::NextChildAfterText
                    | Position::OnlyChild
                    | Position::LastChild => cursor.sibling(),
                }
                let found = cursor.current();
                let Some(element) = types::Element::cast_from(found.clone()) else {
                    // The page is not what the server rendered. What is missing is made, out of sight.
                    return Self::Element(Element {
                        tag,
                        attributes,
                        live,
                        children,
                    })
                    .build();
                };
                let live = live.map(|live| live.begin(&element, Made::ByTheServer));
                position.set(Position::FirstChild);
                let children = children
                    .into_iter()
                    .map(|child| child.hydrate::<FROM_SERVER>(cursor, position))
                    .collect();
                cursor.set(found);
                position.set(Position::NextChild);
                Shown::Element(ShownElement {
                    tag,
                    element,
                    attributes,
                    live,
                    children,
                })
            }
        }
    }

    fn into_owned(self) -> Self {
        self
    }
}

/// Elements that have no end tag.
fn is_void(tag: &str) -> bool {
    matches!(tag, "br" | "hr" | "img" | "input")
}

impl AddAnyAttr for Node {
    type Output<A: Attribute> = Self;

    /// Attributes are given to elements; there is nobody who would spread them over a node.
    fn add_any_attr<A: Attribute>(self, _: A) -> Self {
        self
    }
}

impl Shown {
    fn inner(&self) -> &dyn Mountable {
        match self {
            Self::Text(state) => state,
            Self::Element(state) => state,
            Self::View(state) => state,
        }
    }

    fn inner_mut(&mut self) -> &mut dyn Mountable {
        match self {
            Self::Text(state) => state,
            Self::Element(state) => state,
            Self::View(state) => state,
        }
    }
}

impl Mountable for Shown {
    fn unmount(&mut self) {
        self.inner_mut().unmount();
    }

    fn mount(&mut self, parent: &types::Element, marker: Option<&types::Node>) {
        self.inner_mut().mount(parent, marker);
    }

    fn insert_before_this(&self, child: &mut dyn Mountable) -> bool {
        self.inner().insert_before_this(child)
    }

    fn elements(&self) -> Vec<types::Element> {
        self.inner().elements()
    }
}

impl Mountable for ShownElement {
    fn unmount(&mut self) {
        self.element.unmount();
    }

    fn mount(&mut self, parent: &types::Element, marker: Option<&types::Node>) {
        Rndr::insert_node(parent, &self.element, marker);
    }

    fn insert_before_this(&self, child: &mut dyn Mountable) -> bool {
        self.element.insert_before_this(child)
    }

    fn elements(&self) -> Vec<types::Element> {
        vec![self.element.clone()]
    }
}
