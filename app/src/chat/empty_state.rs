//! What a conversation without messages shows.

use leptos::prelude::*;

use super::demo_note;
use crate::{browser::field, components::Icon};

/// What the demo model can do.
const OF_DEMO: [&str; 3] = ["Write fizzbuzz in Rust", "Create hello.js", "Make a plan"];

/// What a newcomer may ask. Each is sent as it stands.
const SUGGESTIONS: [&str; 3] = [
    "Write a command-line to-do list in Rust and explain how it works",
    "Show me how to stream a fetch response in TypeScript, with cancellation",
    "Review a SQL schema for a small shop: what would you change first?",
];

/// A heading and three ways to begin.
#[component]
pub(crate) fn EmptyState(
    /// Sends a suggestion.
    on_send: Callback<String>,
) -> impl IntoView {
    let suggestion = |text: &'static str| {
        let send = move |_| {
            on_send.run(text.to_owned());
            field::focus_composer();
        };
        view! {
            <li>
                <button type="button" class="suggestion" on:click=send>
                    {text}
                </button>
            </li>
        }
    };
    let suggestions = if demo_note::is_demo() {
        OF_DEMO
    } else {
        SUGGESTIONS
    };
    view! {
        <div class="empty-state">
            <Icon class="mark mark-large" />
            <h2>"What shall we build?"</h2>
            <ul class="suggestions" aria-label="Suggestions">
                {suggestions.map(suggestion).collect_view()}
            </ul>
        </div>
    }
}
