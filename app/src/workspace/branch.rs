//! A directory of the tree with what is in it.

use leptos::prelude::*;

use super::{
    Input,
    deletion::Deletion,
    entry::{Entry, Kind, join, size_words},
    tree::Listing,
};
use crate::{
    chat::driver::Workspace,
    components::{
        Erase,
        button::{picture, pressed},
        dynamic::{Item, dynamic, each, when},
        node::{Node, element},
    },
};

/// What is in an open directory; the root is the empty path.
pub(super) fn branch(workspace: Workspace, deletion: Deletion, path: String) -> AnyView {
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
            // What looks otherwise gets another line.
            let looks = match &entry.kind {
                Kind::Directory => "/".to_owned(),
                Kind::File(file) => format!(" {}", file.size),
            };
            Item::new(format!("{path}{looks}"), move || {
                line(workspace, deletion, &path, &entry)
            })
        };
        entries.get().into_iter().flatten().map(item).collect()
    });
    element("ul", vec![items.into()])
        .with("class", "branch")
        .with("aria-label", label)
        .erase()
}

fn line(workspace: Workspace, deletion: Deletion, path: &str, entry: &Entry) -> AnyView {
    let (name, inside) = match &entry.kind {
        Kind::Directory => directory(workspace, deletion, path, &entry.name),
        Kind::File(file) => (file_name(workspace, path, &entry.name, file.size), None),
    };
    let line = element("div", vec![name, deletion.button(path)]).with("class", "branch-line");
    let mut content = vec![line.into()];
    content.extend(inside.map(Node::from));
    element("li", content).erase()
}

fn directory(
    workspace: Workspace,
    deletion: Deletion,
    path: &str,
    name: &str,
) -> (Node, Option<AnyView>) {
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
    let content = vec![picture("icon icon-directory"), name.into()];
    let button = pressed("branch-name", content, press)
        .following("aria-expanded", move || Some(is_open.get().to_string()));
    let path = path.to_owned();
    let inside = when(
        move || is_open.get(),
        move || {
            let said = {
                let path = path.clone();
                dynamic(move || said(workspace, &path).erase())
            };
            let branch = branch(workspace, deletion, path.clone());
            vec![Node::from(said), branch.into()].erase()
        },
    );
    (button.into(), Some(inside))
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

fn file_name(workspace: Workspace, path: &str, name: &str, size: u64) -> Node {
    let path = path.to_owned();
    let press = Callback::new(move |()| workspace.give(Input::Viewed(path.clone())));
    let size = element("span", vec![size_words(size).into()]).with("class", "branch-size");
    let content = vec![
        picture("icon icon-file"),
        element("span", vec![name.into()]).into(),
        size.into(),
    ];
    pressed("branch-name", content, press).into()
}
