//! A directory of the tree with what is in it.

use leptos::prelude::*;

use super::{
    Input,
    deletion::{DeleteButton, Deletion},
    entry::{Entry, Kind, join, size_words},
    tree::Listing,
};
use crate::{chat::driver::Workspace, components::Icon};

/// What is in an open directory.
#[component]
pub(super) fn Branch(
    /// The files.
    workspace: Workspace,
    /// Asks before something is deleted.
    deletion: Deletion,
    /// The directory; the root is the empty path.
    path: String,
) -> impl IntoView {
    let label = if path.is_empty() {
        "All files".to_owned()
    } else {
        format!("In {path}")
    };
    let entries = {
        let path = path.clone();
        Memo::new(move |_| {
            let entries = workspace.files.with(|files| {
                let directory = files.tree.directory(&path)?;
                directory.entries.clone()
            });
            entries.unwrap_or_default()
        })
    };
    let line = move |entry: Entry| {
        let path = join(&path, &entry.name);
        view! { <BranchLine workspace=workspace deletion=deletion path=path entry=entry /> }
    };
    view! {
        <ul class="branch" aria-label=label>
            <For each=move || entries.get() key=looks children=line />
        </ul>
    }
}

/// An entry that looks otherwise gets another line.
fn looks(entry: &Entry) -> String {
    match &entry.kind {
        Kind::Directory => format!("{}/", entry.name),
        Kind::File(file) => format!("{} {}", entry.name, file.size),
    }
}

/// A file or directory, and a button that deletes it.
#[component]
fn BranchLine(
    workspace: Workspace,
    deletion: Deletion,
    path: String,
    entry: Entry,
) -> impl IntoView {
    let (name, inside) = match entry.kind {
        Kind::Directory => {
            let inside = Inside {
                workspace,
                deletion,
                path: path.clone(),
            };
            let is_open = inside.is_open();
            let name = view! {
                <DirectoryName
                    workspace=workspace
                    path=path.clone()
                    name=entry.name
                    is_open=is_open
                />
            };
            let inside = view! { <Show when=move || is_open.get()>{inside.view()}</Show> };
            (name.into_any(), Some(inside))
        }
        Kind::File(file) => {
            let view = {
                let path = path.clone();
                move |_| workspace.give(Input::Viewed(path.clone()))
            };
            let name = view! {
                <button type="button" class="branch-name" on:click=view>
                    <Icon class="icon icon-file" />
                    <span>{entry.name}</span>
                    <span class="branch-size">{size_words(file.size)}</span>
                </button>
            };
            (name.into_any(), None)
        }
    };
    view! {
        <li>
            <div class="branch-line">
                {name}
                <DeleteButton deletion=deletion path=path />
            </div>
            {inside}
        </li>
    }
}

/// A button that opens and closes a directory.
#[component]
fn DirectoryName(
    workspace: Workspace,
    path: String,
    name: String,
    is_open: Memo<bool>,
) -> impl IntoView {
    let toggle = move |_| workspace.give(Input::Toggled(path.clone()));
    view! {
        <button
            type="button"
            class="branch-name"
            aria-expanded=move || is_open.get().to_string()
            on:click=toggle
        >
            <Icon class="icon icon-directory" />
            {name}
        </button>
    }
}

/// What is in a directory, while it is open.
#[derive(Clone)]
struct Inside {
    workspace: Workspace,
    deletion: Deletion,
    path: String,
}

impl Inside {
    fn is_open(&self) -> Memo<bool> {
        let Self {
            workspace, path, ..
        } = self.clone();
        Memo::new(move |_| {
            let files = workspace.files;
            files.with(|files| files.tree.directory(&path).is_some())
        })
    }

    /// A directory is in another of its own kind, so the view has no type of its own.
    fn view(&self) -> AnyView {
        let Self {
            workspace,
            deletion,
            path,
        } = self.clone();
        let said = {
            let path = path.clone();
            move || said(workspace, &path).map(|words| view! { <p class="branch-said">{words}</p> })
        };
        view! {
            {said}
            <Branch workspace=workspace deletion=deletion path=path />
        }
        .into_any()
    }
}

/// What there is to say of an open directory beside its entries.
fn said(workspace: Workspace, path: &str) -> Option<String> {
    workspace.files.with(|files| {
        let directory = files.tree.directory(path)?;
        match (&directory.listing, &directory.entries) {
            (Listing::Failed(words), _) => Some(words.clone()),
            (Listing::Running { .. }, None) => Some("Looking…".to_owned()),
            (Listing::Over, Some(entries)) if entries.is_empty() => Some("Empty".to_owned()),
            (Listing::Running { .. } | Listing::Over, _) => None,
        }
    })
}
