//! One conversation of the list.

use common::directory::{ConversationState, Summary};
use leptos::{html::Button, prelude::*};

use super::{
    Conversations,
    list::{Shelf, shown_title},
    rename::RenameField,
};
use crate::{browser::dom, components::Icon};

/// The open menu and field; shared by all rows.
#[derive(Clone, Copy, Debug)]
pub(super) struct RowState {
    /// The row whose menu is open.
    pub(super) menu: RwSignal<Option<OpenMenu>>,
    /// The row whose title is edited.
    pub(super) renaming: RwSignal<Option<String>>,
    /// The row that gets the focus once it is rendered.
    wanted: StoredValue<Option<String>>,
    /// The conversation on the page.
    pub(super) current: Memo<Option<String>>,
}

/// An open menu.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct OpenMenu {
    /// The conversation.
    pub(super) name: String,
    /// The list.
    pub(super) shelf: Shelf,
    /// The lower left corner of its button, in pixels.
    pub(super) corner: (f64, f64),
}

impl RowState {
    /// Nothing is open.
    pub(super) fn new(current: Memo<Option<String>>) -> Self {
        Self {
            menu: RwSignal::new(None),
            renaming: RwSignal::new(None),
            wanted: StoredValue::new(None),
            current,
        }
    }
}

impl RowState {
    /// Moves the focus to the link of a row, once it is rendered; until then to the search.
    pub(super) fn focus(self, name: &str) {
        self.wanted.set_value(Some(name.to_owned()));
        let row = format!("{} .row-link", selector(name));
        request_animation_frame(move || {
            dom::focus_first(".sidebar-filter");
            dom::focus_first(&row);
        });
    }

    /// A row was rendered, perhaps the one that waits for the focus.
    fn came(self, name: &str) {
        let is_wanted = self
            .wanted
            .try_with_value(|wanted| wanted.as_deref() == Some(name));
        if is_wanted == Some(true) {
            self.wanted.set_value(None);
            let row = format!("{} .row-link", selector(name));
            request_animation_frame(move || dom::focus_first(&row));
        }
    }

    /// No row waits for the focus any more.
    pub(super) fn moved_on(self) {
        self.wanted.set_value(None);
    }
}

/// Moves the focus to the button of a row's menu.
pub(super) fn focus_menu_button(name: &str) {
    dom::focus_first(&format!("{} .row-menu-button", selector(name)));
}

/// A name has no quotation marks: it is percent-encoded.
fn selector(name: &str) -> String {
    format!(".row[data-name=\"{name}\"]")
}

/// The activity of a conversation, as a word of the style sheet and as a text for screen readers.
pub(super) fn state_words(row: &Summary) -> Option<(&'static str, &'static str)> {
    match row.state {
        ConversationState::Waiting => Some(("waiting", "needs you")),
        ConversationState::Running => Some(("running", "running")),
        ConversationState::Idle | ConversationState::Failed if row.is_unread => {
            Some(("unread", "unread"))
        }
        ConversationState::Failed => Some(("failed", "failed")),
        ConversationState::Idle => None,
    }
}

/// The link to a conversation, and the button of its menu.
#[component]
pub(super) fn Row(
    /// All conversations.
    conversations: Conversations,
    /// The open menu and field.
    rows: RowState,
    /// The conversation.
    name: String,
    /// The list.
    shelf: Shelf,
) -> impl IntoView {
    let summary = Memo::new({
        let name = name.clone();
        move |_| {
            let find = |rows: &Vec<Summary>| rows.iter().find(|row| row.name == name).cloned();
            match shelf {
                Shelf::Listed => conversations.rows.with(find),
                Shelf::Archived => {
                    let archived = conversations.list.with(|list| list.archived_rows());
                    archived.as_ref().and_then(find)
                }
            }
        }
    });
    let title = Memo::new({
        let name = name.clone();
        move |_| {
            summary.with(|row| {
                let title = row.as_ref().and_then(|row| row.title.as_deref());
                shown_title(title, &name)
            })
        }
    });
    let is_renamed = {
        let name = name.clone();
        Memo::new(move |_| {
            rows.renaming
                .with(|renaming| renaming.as_ref() == Some(&name))
        })
    };
    let line = {
        let name = name.clone();
        move || view! { <Line rows name=name.clone() title summary shelf /> }
    };
    let field = {
        let name = name.clone();
        move || {
            let (name, after) = (name.clone(), name.clone());
            let over = Callback::new(move |by_key: bool| {
                rows.renaming.set(None);
                if by_key {
                    rows.focus(&after);
                }
            });
            view! { <RenameField conversations name title=title.get_untracked() on_over=over /> }
        }
    };
    let came = name.clone();
    Effect::new(move || rows.came(&came));
    view! {
        <li class="row" data-name=name>
            <Show when=move || is_renamed.get() fallback=line>
                {field()}
            </Show>
        </li>
    }
}

#[component]
fn Line(
    rows: RowState,
    name: String,
    title: Memo<String>,
    summary: Memo<Option<Summary>>,
    shelf: Shelf,
) -> impl IntoView {
    let state = Memo::new(move |_| summary.with(|row| row.as_ref().and_then(state_words)));
    let is_current = {
        let name = name.clone();
        move || rows.current.with(|current| current.as_ref() == Some(&name))
    };
    let button = NodeRef::<Button>::new();
    let is_open = {
        let name = name.clone();
        Memo::new(move |_| {
            rows.menu
                .with(|menu| menu.as_ref().is_some_and(|menu| menu.name == name))
        })
    };
    let href = format!("/chat/{name}");
    let open = move |_| {
        rows.menu.set(Some(OpenMenu {
            name: name.clone(),
            shelf,
            corner: dom::corner(button),
        }));
    };
    view! {
        <a
            class="row-link"
            href=href
            title=move || title.get()
            aria-current=move || is_current().then_some("page")
        >
            <span class="row-dot" data-state=move || state.get().map(|(state, _)| state)></span>
            <bdi class="row-title">{move || title.get()}</bdi>
            <span class="visually-hidden">
                {move || state.get().map(|(_, words)| format!(", {words}"))}
            </span>
        </a>
        <button
            node_ref=button
            type="button"
            class="row-menu-button"
            aria-label=move || format!("Actions for {}", title.get())
            aria-haspopup="menu"
            aria-expanded=move || is_open.get().to_string()
            on:click=open
        >
            <Icon class="icon icon-more" />
        </button>
    }
}
