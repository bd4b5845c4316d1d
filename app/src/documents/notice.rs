use leptos::prelude::*;

use super::document;
use crate::components::commands::{Piece, pieces};

/// A few words and a way on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// The heading.
    pub title: String,
    /// Paragraphs; a command goes between backticks.
    pub words: Vec<String>,
    /// A link: where to, and its words.
    pub way_on: Option<(String, String)>,
}

/// The document.
#[must_use]
pub fn notice(css: &'static str, notice: Notice) -> String {
    let Notice {
        title,
        words,
        way_on,
    } = notice;
    let words: Vec<_> = words
        .iter()
        .map(|words| {
            let words: Vec<_> = pieces(words).into_iter().map(piece).collect();
            view! { <p>{words}</p> }
        })
        .collect();
    let way_on = way_on.map(|(to, words)| view! { <a class="button" href=to>{words}</a> });
    let content = view! {
        <main class="conversation conversation-empty">
            <div class="empty-state">
                <h1>{title.clone()}</h1>
                {words}
                {way_on}
            </div>
        </main>
    };
    document(css, &title, content.into_any())
}

fn piece(piece: Piece<'_>) -> AnyView {
    match piece {
        Piece::Words(words) => words.to_owned().into_any(),
        Piece::Command(command) => view! { <code>{command.to_owned()}</code> }.into_any(),
    }
}
