//! The palette: a field with its results below.

use leptos::{ev::KeyboardEvent, html::Dialog, prelude::*, task::spawn_local};
use leptos_router::hooks::use_navigate;

use super::{
    commands::Action,
    entries::{Choice, Entry, entries},
    files,
    host::{Open, OpenFiles},
};
use crate::{
    browser::{dialog, dom},
    conversations::Conversations,
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
    let chosen = RwSignal::new(0_usize);
    let conversations = Conversations::of_page();
    let current = Conversations::current().get_untracked();
    if let Some(name) = current {
        spawn_local(async move {
            let found = files::paths(&name).await;
            paths.try_set(found);
        });
    }
    let found = Memo::new(move |_| {
        let rows = conversations
            .map(|list| list.rows.get())
            .unwrap_or_default();
        query.with(|query| paths.with(|paths| entries(query, &rows, paths)))
    });
    let active = move || found.with(|found| chosen.get().min(found.len().saturating_sub(1)));
    Effect::new(move || {
        if dialog.get().is_some() {
            dialog::open_modal(dialog);
        }
    });
    Effect::new(move || {
        let at = active();
        request_animation_frame(move || dom::show_in_list(&format!("#palette-{at}")));
    });
    let run = runner(dialog, opened);
    let choose = move |at: usize| {
        if let Some(entry) = found.with_untracked(|found| found.get(at).cloned()) {
            run.run(entry.choice);
        }
    };
    let press = move |event: KeyboardEvent| {
        let count = found.with_untracked(Vec::len);
        let at = untrack(active);
        let next = match event.key().as_str() {
            "ArrowDown" if count > 0 => (at + 1) % count,
            "ArrowUp" if count > 0 => (at + count - 1) % count,
            "Enter" if !event.is_composing() => {
                event.prevent_default();
                return choose(at);
            }
            _ => return,
        };
        event.prevent_default();
        chosen.set(next);
    };
    let option = move |(at, Entry { words, choice }): (usize, Entry)| {
        view! {
            <li
                id=format!("palette-{at}")
                role="option"
                aria-selected=move || (active() == at).to_string()
                on:click=move |_| choose(at)
            >
                <bdi>{words}</bdi>
                <span class="palette-kind">{choice.kind()}</span>
            </li>
        }
    };
    let options = move || {
        found
            .get()
            .into_iter()
            .enumerate()
            .map(option)
            .collect_view()
    };
    let count = move || match found.with(Vec::len) {
        0 => "Nothing was found.".to_owned(),
        1 => "1 entry".to_owned(),
        count => format!("{count} entries"),
    };
    view! {
        <dialog
            node_ref=dialog
            class="palette"
            aria-label="Go to"
            on:close=move |_| opened.set(None)
        >
            <input
                class="palette-field"
                role="combobox"
                aria-label="Go to a conversation, a file or a command"
                aria-expanded="true"
                aria-controls="palette-list"
                aria-autocomplete="list"
                aria-activedescendant=move || {
                    found.with(|found| !found.is_empty()).then(|| format!("palette-{}", active()))
                }
                placeholder="Go to a conversation, a file or a command"
                autocomplete="off"
                spellcheck="false"
                autofocus
                on:keydown=press
                on:input=move |event| {
                    query.set(event_target_value(&event));
                    chosen.set(0);
                }
            />
            <ul id="palette-list" role="listbox" aria-label="Found">
                {options}
            </ul>
            <p class="palette-count" role="status">
                {count}
            </p>
        </dialog>
    }
}

/// Closes the palette and carries out the choice.
fn runner(dialog: NodeRef<Dialog>, opened: RwSignal<Option<Open>>) -> Callback<Choice> {
    let navigate = use_navigate();
    let open_file = use_context::<OpenFiles>();
    Callback::new(move |choice: Choice| {
        // The focus returns to its previous place, and from there to the place of the choice.
        dialog::close(dialog);
        match choice {
            Choice::Conversation(name) => navigate(&format!("/chat/{name}"), Default::default()),
            Choice::File(path) => {
                if let Some(show) = open_file.and_then(|OpenFiles(show)| show.get_untracked()) {
                    show.run(path);
                }
            }
            Choice::Command(Action::Go(path)) => navigate(path, Default::default()),
            Choice::Command(Action::Colours(theme)) => theme.choose(),
            Choice::Command(Action::Shortcuts) => {
                request_animation_frame(move || opened.set(Some(Open::Shortcuts)));
            }
            Choice::Command(Action::Press(selector)) => dom::press_first(selector),
            Choice::Command(Action::Focus(selector)) => dom::focus_first(selector),
        }
    })
}
