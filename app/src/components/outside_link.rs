//! A named thing that may be somewhere else.

use leptos::prelude::AnyView;

use super::{
    Erase,
    markdown::safe_href,
    node::{Node, element},
};

/// A line with what it is and its name, which is a link where `address` may be followed.
pub(crate) fn outside_link(
    class: &'static str,
    what: &str,
    name: String,
    address: Option<&str>,
) -> AnyView {
    let name = Node::Text(name);
    let name = match address.and_then(safe_href) {
        Some(href) => link(href, vec![name]),
        None => name,
    };
    let line = element(
        "p",
        vec![
            element("span", vec![Node::Text(what.to_owned())]).into(),
            name,
        ],
    );
    Node::from(line.with("class", class)).erase()
}

/// A link out of the page, which neither gains power over the page nor learns where it was.
pub(crate) fn link(href: String, content: Vec<Node>) -> Node {
    element("a", content)
        .with("href", href)
        .with("target", "_blank")
        .with("rel", "noopener noreferrer nofollow")
        .into()
}
