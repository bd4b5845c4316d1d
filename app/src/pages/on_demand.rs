//! Pages whose code is a piece of its own.

use leptos::prelude::*;
use leptos_meta::Title;

use super::opening::opening;
use crate::{
    chat::header,
    components::{
        ButtonKind, Erase, button,
        late::{Loading, WHAT_TO_DO, late},
        node::{Element, Node, element},
    },
};

const FAILED: &str = "This page could not be loaded";

/// Shows a page as soon as its piece is there. `page` gives none until then; `load` fetches the piece. The page begins
/// with its title.
pub(super) fn on_demand(
    title: &'static str,
    page: impl Fn() -> Option<AnyView> + Send + Sync + 'static,
    load: fn() -> Loading,
) -> AnyView {
    let waiting = move || {
        if is_taking_over() {
            as_the_server_sent_it(title)
        } else {
            opening("Opening the page…")
        }
    };
    late(page, load, waiting, failed)
}

/// Whether the page is still being taken over from the server.
fn is_taking_over() -> bool {
    Owner::current_shared_context().is_some_and(|page| page.during_hydration())
}

/// Takes over a page without its content, which stays until there is something to replace it.
fn as_the_server_sent_it(title: &'static str) -> AnyView {
    let page = view! {
        <Title text=title />
        {Node::from(whole_page(Vec::new())).erase()}
    };
    // Another kind of view than any page, so that a page replaces it and does not go behind what the server sent.
    View::new(page.erase()).erase()
}

fn whole_page(content: Vec<Node>) -> Element {
    element("div", content).with("class", "page")
}

/// Says why there is no page, and what to do about it.
fn failed(again: Callback<()>) -> AnyView {
    let button = button(ButtonKind::Main, "Try again", again);
    let words = vec![
        element("h1", vec![Node::Text(FAILED.to_owned())]).into(),
        element("p", vec![Node::Text(WHAT_TO_DO.to_owned())]).into(),
        button.into(),
    ];
    let words = element("div", words)
        .with("class", "empty-state")
        .with("role", "alert");
    let main = element("main", vec![words.into()]).with("class", "conversation conversation-empty");
    whole_page(vec![header(Vec::new()), main.into()]).erase()
}
