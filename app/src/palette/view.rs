//! The palette: a field with its results below.

use leptos::{html::Dialog, prelude::*, task::spawn_local};
use leptos_router::hooks::use_navigate;

use super::{
    entries::{Choice, Entry, entries},
    host::Open,
};
use crate::{
    browser::dialog,
    commands::{Offered, OnPage, runner},
    components::SearchList,
    conversations::Conversations,
    workspace::paths_of,
};

/// The palette in a dialog over the page.
#[component]
pub(super) fn Palette(
    /// The open dialog.
    opened: RwSignal<Option<Open>>,
) -> impl IntoView {
    let dialog = NodeRef::<Dialog>::new();
    let query = RwSignal::new(String::new());
    let paths = RwSignal::new(Vec::new());
    let conversations = Conversations::of_page();
    let on_page = OnPage::of_page();
    let current = Conversations::current().get_untracked();
    if let Some(name) = current {
        spawn_local(async move {
            let found = paths_of(&name).await;
            paths.try_set(found);
        });
    }
    let found = Memo::new(move |_| {
        let rows = conversations
            .map(|list| list.rows.get())
            .unwrap_or_default();
        let offered = on_page.map_or(Offered::WithoutConversation, OnPage::offered);
        query.with(|query| paths.with(|paths| entries(query, &rows, paths, offered)))
    });
    Effect::new(move || dialog::open_by_itself(dialog));
    let on_choose = chooser(dialog, on_page);
    view! {
        <dialog
            node_ref=dialog
            class="palette"
            aria-label="Go to"
            on:close=move |_| opened.set(None)
        >
            <SearchList
                id="palette"
                label="Go to a conversation, a file or a command"
                query
                found
                entry=entry_view
                on_choose
            />
        </dialog>
    }
}

fn entry_view(Entry { words, choice }: Entry) -> AnyView {
    view! {
        <bdi>{words}</bdi>
        <span class="palette-kind">{choice.kind()}</span>
    }
    .into_any()
}

/// Closes the palette and does what was chosen.
fn chooser(dialog: NodeRef<Dialog>, on_page: Option<OnPage>) -> Callback<Entry> {
    let navigate = use_navigate();
    let runner = on_page.map(runner);
    Callback::new(move |Entry { choice, .. }: Entry| {
        // The focus goes back to where it was, and from there to where the choice puts it.
        dialog::close(dialog);
        match choice {
            Choice::Conversation(name) => navigate(&format!("/chat/{name}"), Default::default()),
            Choice::File(path) => {
                let current = on_page.and_then(|on_page| on_page.conversation.get_untracked());
                if let Some(current) = current {
                    current.files.show().run(path);
                }
            }
            Choice::Command(command) => {
                if let Some(runner) = runner {
                    runner.run(command.action, "");
                }
            }
        }
    })
}
