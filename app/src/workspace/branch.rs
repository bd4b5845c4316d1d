//! A directory of the tree with what is in it.

use leptos::prelude::*;

use super::{
    deletion::{DeleteButton, Deletion},
    driver::Workspace,
    entry::{Entry, Kind, join, size_words},
    files::Input,
    tree::Listing,
};
use crate::components::Icon;

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
        view! { <BranchLine workspace deletion path entry /> }
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
    let Entry { name, kind, .. } = entry;
    let (name, inside) = match kind {
        Kind::Directory => {
            let is_open = is_open(workspace, path.clone());
            let path = path.clone();
            let inside = view! {
                <Inside workspace deletion path=path.clone() is_open />
            };
            let name = view! {
                <DirectoryName workspace path name is_open />
            };
            (name.into_any(), Some(inside))
        }
        Kind::File(file) => {
            let path = path.clone();
            let name = view! {
                <FileName workspace path name size=file.size />
            };
            (name.into_any(), None)
        }
    };
    view! {
        <li>
            <div class="branch-line">
                {name}
                <DeleteButton deletion path />
            </div>
            {inside}
        </li>
    }
}

fn is_open(workspace: Workspace, path: String) -> Memo<bool> {
    Memo::new(move |_| {
        let files = workspace.files;
        files.with(|files| files.tree.directory(&path).is_some())
    })
}

/// A button that shows a file.
#[component]
fn FileName(workspace: Workspace, path: String, name: String, size: u64) -> impl IntoView {
    let look = move |_| workspace.give(Input::Viewed(path.clone()));
    view! {
        <button type="button" class="branch-name" on:click=look>
            <Icon class="icon icon-file" />
            <span>{name}</span>
            <span class="branch-size">{size_words(size)}</span>
        </button>
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
#[component]
fn Inside(
    workspace: Workspace,
    deletion: Deletion,
    path: String,
    is_open: Memo<bool>,
) -> impl IntoView {
    let inside = move || {
        let path = path.clone();
        let said = {
            let path = path.clone();
            move || said(workspace, &path).map(|words| view! { <p class="branch-said">{words}</p> })
        };
        view! {
            {move || said()}
            <Branch workspace deletion path />
        }
        // A directory may be in another: the type of its view must not depend on itself.
        .into_any()
    };
    view! { <Show when=move || is_open.get()>{inside()}</Show> }
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
