//! The menu of a conversation in the list.

use common::directory::Call;
use leptos::{ev::KeyboardEvent, prelude::*};
use leptos_router::hooks::use_navigate;

use super::{
    Conversations,
    list::Shelf,
    row::{OpenMenu, RowState, focus_menu_button},
};
use crate::browser::dom::{self, Step};

const ITEMS: &str = ".row-menu [role=menuitem]";

/// The menu of the row whose button was pressed.
#[component]
pub(super) fn RowMenu(
    /// All conversations.
    conversations: Conversations,
    /// The open menu and field.
    rows: RowState,
) -> impl IntoView {
    view! {
        {move || {
            rows.menu.get().map(|menu| view! { <Menu conversations rows menu /> })
        }}
    }
}

/// An entry of the menu.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Entry {
    Rename,
    Pin,
    Unpin,
    Archive,
    Unarchive,
    Delete,
}

impl Entry {
    const fn words(self) -> &'static str {
        match self {
            Self::Rename => "Rename",
            Self::Pin => "Pin",
            Self::Unpin => "Unpin",
            Self::Archive => "Archive",
            Self::Unarchive => "Back to the list",
            Self::Delete => "Delete",
        }
    }
}

#[component]
fn Menu(conversations: Conversations, rows: RowState, menu: OpenMenu) -> impl IntoView {
    let OpenMenu {
        name,
        shelf,
        corner: (left, top),
    } = menu;
    let navigate = use_navigate();
    let is_pinned = conversations.rows.with_untracked(|rows| {
        let row = rows.iter().find(|row| row.name == name);
        row.is_some_and(|row| row.is_pinned)
    });
    let entries = match shelf {
        Shelf::Listed => [
            Entry::Rename,
            if is_pinned { Entry::Unpin } else { Entry::Pin },
            Entry::Archive,
            Entry::Delete,
        ]
        .as_slice()
        .to_vec(),
        Shelf::Archived => vec![Entry::Unarchive, Entry::Delete],
    };
    let label = conversations
        .list
        .with_untracked(|list| list.title_of(&name));
    let close = {
        let name = name.clone();
        Callback::new(move |()| {
            rows.menu.set(None);
            focus_menu_button(&name);
        })
    };
    let choose = Callback::new(move |entry: Entry| {
        rows.menu.set(None);
        let name = name.clone();
        let neighbour = neighbour(conversations, &name);
        match entry {
            Entry::Rename => return rows.renaming.set(Some(name)),
            Entry::Pin => conversations.act(Call::Pin(name.clone())),
            Entry::Unpin => conversations.act(Call::Unpin(name.clone())),
            Entry::Archive => conversations.act(Call::Archive(name.clone())),
            Entry::Unarchive => conversations.act(Call::Unarchive(name.clone())),
            Entry::Delete => {
                if rows.current.get_untracked().as_ref() == Some(&name) {
                    navigate("/", Default::default());
                }
                conversations.act(Call::Delete(name.clone()));
            }
        }
        // The row is about to go: the next one gets the focus.
        let stays = matches!(entry, Entry::Pin | Entry::Unpin);
        rows.focus(if stays { &name } else { &neighbour });
    });
    Effect::new(move || request_animation_frame(|| dom::move_focus(ITEMS, Step::First)));
    let press = move |event: KeyboardEvent| {
        let step = match event.key().as_str() {
            "ArrowDown" => Some(Step::Next),
            "ArrowUp" => Some(Step::Previous),
            "Home" => Some(Step::First),
            "End" => Some(Step::Last),
            "Escape" | "Tab" => None,
            _ => return,
        };
        event.prevent_default();
        match step {
            Some(step) => dom::move_focus(ITEMS, step),
            None => close.run(()),
        }
    };
    let entries = entries.into_iter().map(|entry| {
        view! {
            <button
                type="button"
                role="menuitem"
                tabindex="-1"
                class="row-menu-item"
                data-danger=(entry == Entry::Delete).then_some("")
                on:click=move |_| choose.run(entry)
            >
                {entry.words()}
            </button>
        }
    });
    view! {
        <div class="row-menu-veil" aria-hidden="true" on:click=move |_| close.run(())></div>
        <div
            class="row-menu"
            role="menu"
            aria-label=format!("Actions for {label}")
            style:left=format!("{left}px")
            style:top=format!("min({top}px, 100vh - 11rem)")
            on:keydown=press
        >
            {entries.collect_view()}
        </div>
    }
}

/// The conversation after this one in the list, or else the one before it.
fn neighbour(conversations: Conversations, name: &str) -> String {
    conversations.rows.with_untracked(|rows| {
        let at = rows.iter().position(|row| row.name == name);
        let next = at.and_then(|at| rows.get(at + 1).or_else(|| rows.get(at.checked_sub(1)?)));
        next.map(|row| row.name.clone()).unwrap_or_default()
    })
}
