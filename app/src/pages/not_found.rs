//! Every other path, the connection check's among them.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_location;

use super::doctor::{DOCTOR, doctor};
use crate::{
    chat::header,
    components::{
        Erase,
        node::{Node, element},
    },
};

/// Says that there is nothing here, and where there is something.
///
/// The connection check is shown from here: a route of its own would cost two kilobytes of what every visitor loads.
#[component]
pub(crate) fn NotFound() -> impl IntoView {
    let location = use_location();
    if location.pathname.get_untracked() == DOCTOR {
        return doctor(&location.query.get_untracked());
    }
    view! {
        <Title text="Not found · Coder" />
        {nothing_here()}
    }
    .erase()
}

fn nothing_here() -> Node {
    let start = element("a", vec!["Start a conversation".into()]).with("href", "/");
    let words = vec![
        "The address may be misspelt. ".into(),
        start.into(),
        " instead.".into(),
    ];
    let words = vec![
        element("h1", vec!["There is no such page".into()]).into(),
        element("p", words).into(),
    ];
    let words = element("div", words).with("class", "empty-state");
    let main = element("main", vec![words.into()]).with("class", "conversation conversation-empty");
    element("div", vec![header(Vec::new()), main.into()])
        .with("class", "page")
        .into()
}
