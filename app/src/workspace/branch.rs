//! A directory of the tree with what is in it.

use leptos::{html::Dialog, prelude::*};

use super::{
    Input,
    entry::{Entry, Kind, join, size_words},
    tree::Listing,
};
use crate::{
    chat::driver::{self, Workspace},
    components::{
        Button, ButtonKind, Erase, Question,
        dynamic::{Item, dynamic, each, when},
        node::{Node, element},
    },
};

/// What is in an open directory; the root is the empty path.
pub(super) fn branch(workspace: Workspace, path: String) -> AnyView {
    let label = if path.is_empty() {
        "All files".to_owned()
    } else {
        format!("In {path}")
    };
    let entries = {
        let path = path.clone();
        Memo::new(move |_| {
            workspace.files.with(|files| {
                let directory = files.tree.directory(&path)?;
                directory.entries.clone()
            })
        })
    };
    let items = each(move || {
        let item = |entry: Entry| {
            let path = join(&path, &entry.name);
            // What is a file now and was a directory before gets another line.
            let kind = if entry.kind == Kind::Directory {
                '/'
            } else {
                ' '
            };
            let key = format!("{path}{kind}");
            Item::new(key, move || line(workspace, path.clone(), entry.clone()))
        };
        entries.get().into_iter().flatten().map(item).collect()
    });
    view! { <ul class="branch" aria-label=label>{items}</ul> }.erase()
}

fn line(workspace: Workspace, path: String, entry: Entry) -> AnyView {
    let content = match &entry.kind {
        Kind::Directory => directory(workspace, &path, &entry.name),
        Kind::File(_) => file(workspace, &path, &entry.name),
    };
    let delete = delete_button(workspace, path);
    view! { <li><div class="branch-line">{content.0}{delete}</div>{content.1}</li> }.erase()
}

fn directory(workspace: Workspace, path: &str, name: &str) -> (AnyView, AnyView) {
    let is_open = {
        let path = path.to_owned();
        Memo::new(move |_| {
            let files = workspace.files;
            files.with(|files| files.tree.directory(&path).is_some())
        })
    };
    let press = {
        let path = path.to_owned();
        Callback::new(move |()| workspace.give(Input::Toggled(path.clone())))
    };
    let button = view! {
        <button
            type="button"
            class="branch-name"
            aria-expanded=move || is_open.get().to_string()
            on:click=move |_| press.run(())
        >
            <span class="icon icon-directory" aria-hidden="true"></span>
            {name.to_owned()}
        </button>
    };
    let path = path.to_owned();
    let inside = when(
        move || is_open.get(),
        move || {
            let said = {
                let path = path.clone();
                dynamic(move || said(workspace, &path).erase())
            };
            view! { {said} {branch(workspace, path.clone())} }.erase()
        },
    );
    (button.erase(), inside)
}

/// What there is to say of an open directory beside its entries.
fn said(workspace: Workspace, path: &str) -> Option<Node> {
    let words = workspace.files.with(|files| {
        let directory = files.tree.directory(path)?;
        match (&directory.listing, &directory.entries) {
            (Listing::Failed(words), _) => Some(words.clone()),
            (Listing::Running { .. }, None) => Some("Looking…".to_owned()),
            (Listing::Over, Some(entries)) if entries.is_empty() => Some("Empty".to_owned()),
            (Listing::Running { .. } | Listing::Over, _) => None,
        }
    })?;
    let words = element("p", vec![Node::Text(words)]);
    Some(words.with("class", "branch-said").into())
}

fn file(workspace: Workspace, path: &str, name: &str) -> (AnyView, AnyView) {
    let size = {
        let path = path.to_owned();
        Memo::new(move |_| {
            workspace.files.with(|files| {
                let file = files.tree.file(&path);
                file.map(|file| size_words(file.size)).unwrap_or_default()
            })
        })
    };
    let press = {
        let path = path.to_owned();
        Callback::new(move |()| workspace.give(Input::Viewed(path.clone())))
    };
    let button = view! {
        <button type="button" class="branch-name" on:click=move |_| press.run(())>
            <span class="icon icon-file" aria-hidden="true"></span>
            <span>{name.to_owned()}</span>
            <span class="branch-size">{size}</span>
        </button>
    };
    (button.erase(), ().erase())
}

/// Deletes what is at a path, after a question.
pub(super) fn delete_button(workspace: Workspace, path: String) -> AnyView {
    let dialog = NodeRef::<Dialog>::new();
    let ask = Callback::new(move |()| driver::open_modal(dialog));
    let confirmed = {
        let path = path.clone();
        Callback::new(move |()| workspace.give(Input::Delete(path.clone())))
    };
    let text = format!(
        "{path} is deleted, with all that is in it, for everyone who has this conversation's address."
    );
    let name = format!("Delete {path}");
    view! {
        <Button kind=ButtonKind::Quiet label="Delete" name press=ask />
        <Question
            dialog
            title="Delete this from the workspace?"
            text=text
            confirm="Delete"
            keep="Keep"
            confirmed
        />
    }
    .erase()
}
