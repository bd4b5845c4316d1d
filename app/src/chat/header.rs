//! The bar above every page.

use super::reader::account_link;
use crate::components::{
    button::picture,
    node::{Node, element},
};

/// Home, a new conversation, and before it the `tools` that the page adds.
pub(crate) fn header(tools: Vec<Node>) -> Node {
    let home = vec![
        picture("mark"),
        element("span", vec!["Coder".into()]).into(),
    ];
    let home = element("a", home)
        .with("class", "header-home")
        .with("href", "/")
        .with("aria-label", "Coder, home");
    let words = element("span", vec!["New conversation".into()]).with("class", "wide-only");
    let new = element("a", vec![picture("icon icon-plus"), words.into()])
        .with("class", "button button-quiet")
        .with("href", "/")
        .with("aria-label", "New conversation");
    let mut tools = tools;
    tools.extend(account_link());
    tools.push(new.into());
    let tools = element("div", tools).with("class", "header-tools");
    element("header", vec![home.into(), tools.into()])
        .with("class", "header")
        .into()
}
