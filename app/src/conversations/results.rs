//! The results of a search.

use common::directory::search::{Hit, Piece, Snippet};
use leptos::prelude::*;

use super::{
    Conversations,
    list::shown_title,
    row::{RowState, state_words},
    search::Progress,
};

/// The found conversations, with excerpts of their messages.
#[component]
pub(super) fn Results(
    /// All conversations.
    conversations: Conversations,
    /// The open menu and field.
    rows: RowState,
) -> impl IntoView {
    let list = conversations.list;
    let hits = Memo::new(move |_| {
        let rows = conversations.rows.get();
        list.with(|list| list.search.hits(&rows))
    });
    let progress = Memo::new(move |_| list.with(|list| list.search.progress()));
    let words = move || {
        let count = hits.with(Vec::len);
        let found = match count {
            0 => "Nothing was found.".to_owned(),
            1 => "1 conversation".to_owned(),
            count => format!("{count} conversations"),
        };
        match progress.get() {
            Progress::Underway => "Searching…".to_owned(),
            Progress::Complete => found,
            Progress::Partial => format!("The first {found}; type more to find the others."),
            Progress::Failed(_) => {
                format!("Messages could not be searched; among the titles: {found}")
            }
        }
    };
    let hits = move || {
        let hits = hits.get().into_iter();
        hits.map(|hit| hit_view(hit, rows)).collect_view()
    };
    view! {
        <section class="sidebar-group">
            <p class="sidebar-found" role="status">
                {words}
            </p>
            <ul aria-label="Found">{hits}</ul>
        </section>
    }
}

fn hit_view(hit: Hit, rows: RowState) -> impl IntoView {
    let Hit {
        conversation,
        snippets,
    } = hit;
    let title = shown_title(conversation.title.as_deref(), &conversation.name);
    let whole = title.clone();
    let href = format!("/chat/{}", conversation.name);
    let state = state_words(&conversation);
    let archived = conversation.is_archived.then_some(", archived");
    let words = state.map(|(_, words)| format!(", {words}"));
    let name = conversation.name;
    let is_current = move || rows.current.with(|current| current.as_ref() == Some(&name));
    view! {
        <li class="row row-found">
            <a
                class="row-link"
                href=href
                title=whole
                aria-current=move || is_current().then_some("page")
            >
                <span class="row-dot" data-state=state.map(|(state, _)| state)></span>
                <bdi class="row-title">{title}</bdi>
                <span class="visually-hidden">{words} {archived}</span>
                {snippets.into_iter().map(snippet_view).collect_view()}
            </a>
        </li>
    }
}

fn snippet_view(snippet: Snippet) -> impl IntoView {
    let pieces = snippet.pieces.into_iter().map(|Piece { text, is_hit }| {
        if is_hit {
            view! { <mark>{text}</mark> }.into_any()
        } else {
            text.into_any()
        }
    });
    view! { <bdi class="row-snippet">{pieces.collect_view()}</bdi> }
}
