//! What a conversation without messages shows.

use leptos::prelude::{Callable, Callback};

use crate::components::{
    button::{picture, pressed},
    node::{Node, element},
};

/// What a newcomer may ask. Each is sent as it stands.
const SUGGESTIONS: [&str; 3] = [
    "Write a command-line to-do list in Rust and explain how it works",
    "Show me how to stream a fetch response in TypeScript, with cancellation",
    "Review a SQL schema for a small shop: what would you change first?",
];

/// A heading and three ways to begin.
pub(crate) fn empty_state(send: Callback<String>) -> Node {
    let suggestion = |text: &'static str| {
        let press = Callback::new(move |()| send.run(text.to_owned()));
        let button = pressed("suggestion", vec![text.into()], press);
        element("li", vec![button.into()]).into()
    };
    let suggestions = element("ul", SUGGESTIONS.map(suggestion).into())
        .with("class", "suggestions")
        .with("aria-label", "Suggestions");
    let content = vec![
        picture("mark mark-large"),
        element("h2", vec!["What shall we build?".into()]).into(),
        suggestions.into(),
    ];
    element("div", content).with("class", "empty-state").into()
}
