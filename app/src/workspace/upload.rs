//! Putting files into the workspace, and getting all of them out.

use leptos::{html, prelude::*};

use super::{Input, drawer::focus_top};
use crate::{
    chat::driver::{self, Workspace},
    components::{
        Button, ButtonKind, Erase,
        dynamic::dynamic,
        node::{Node, element},
    },
};

/// The buttons, and what became of what they began.
pub(super) fn upload_tools(workspace: Workspace) -> AnyView {
    let download = dynamic(move || {
        let is_empty = workspace.files.with(|files| files.tree.is_empty());
        let link = element("a", vec![Node::Text("Download all".to_owned())])
            .with("class", "button button-quiet")
            .with("href", workspace.archive())
            .with("download", "workspace.zip");
        (!is_empty).then(|| Node::from(link)).erase()
    });
    view! {
        <div class="drawer-tools">
            {chooser(workspace, "Upload files", false)}
            {chooser(workspace, "Upload a folder", true)}
            {download}
        </div>
        {dynamic(move || question(workspace).erase())}
        <div class="uploaded" role="status" aria-label="Uploads">{dynamic(move || outcome(workspace).erase())}</div>
    }
    .erase()
}

/// A button, and the field that it opens: fields of this kind look different in every browser.
fn chooser(workspace: Workspace, label: &'static str, is_folder: bool) -> AnyView {
    let field = NodeRef::<html::Input>::new();
    let press = Callback::new(move |()| driver::click(field));
    let chosen = move || {
        if let Some(chosen) = driver::take_chosen(field) {
            workspace.take(chosen);
        }
    };
    view! {
        <Button kind=ButtonKind::Plain label press />
        <input
            node_ref=field
            type="file"
            multiple
            hidden
            aria-label=label
            prop:webkitdirectory=is_folder
            on:change=move |_| chosen()
        />
    }
    .erase()
}

/// What the user is asked before anything is replaced.
fn question(workspace: Workspace) -> Option<Node> {
    let button = |label: &'static str, input: fn() -> Input| {
        let press = Callback::new(move |()| {
            focus_top();
            workspace.give(input());
        });
        Node::View(view! { <Button kind=ButtonKind::Plain label press /> }.erase())
    };
    let (archive, there) = workspace.files.with(|files| {
        let owned = |path: &str| path.to_owned();
        let archive = files.uploads.asks_to_unpack().map(owned);
        let there: Vec<String> = files
            .uploads
            .asks_to_replace()
            .into_iter()
            .map(owned)
            .collect();
        (archive, there)
    });
    let (words, buttons) = match (archive, there.as_slice()) {
        (Some(archive), _) => (
            format!("Unpack {archive}? Files that are already at the same paths are replaced."),
            [
                button("Unpack", || Input::Unpack(true)),
                button("Keep it as one file", || Input::Unpack(false)),
            ],
        ),
        (None, []) => return None,
        (None, there) => (
            format!("Already in the workspace: {}. Replace?", there.join(", ")),
            [
                button("Replace", || Input::Replace(true)),
                button("Keep what is there", || Input::Replace(false)),
            ],
        ),
    };
    let mut parts = vec![element("p", vec![Node::Text(words)]).into()];
    parts.extend(buttons);
    let group = element("div", parts).with("class", "notice upload-question");
    Some(
        group
            .with("role", "group")
            .with("aria-label", "Upload")
            .into(),
    )
}

/// What came of the uploads, and what was left out and why.
fn outcome(workspace: Workspace) -> Option<Node> {
    let (summary, left_out, is_running) = workspace.files.with(|files| {
        let uploads = &files.uploads;
        let asks = uploads.asks_to_unpack().is_some() || !uploads.asks_to_replace().is_empty();
        let summary = uploads.summary().filter(|_| !asks);
        (summary, uploads.left_out(), uploads.is_running())
    });
    let mut parts = vec![element("p", vec![Node::Text(summary?)]).into()];
    if !left_out.is_empty() {
        let item = |(path, reason): &(String, String)| {
            let words = Node::Text(format!("{path}: {reason}"));
            Node::from(element("li", vec![words]))
        };
        let items = element("ul", left_out.iter().map(item).collect());
        parts.push(items.with("aria-label", "Left out").into());
    }
    if !is_running {
        let press = Callback::new(move |()| {
            focus_top();
            workspace.give(Input::Dismissed);
        });
        let button = view! { <Button kind=ButtonKind::Quiet label="Dismiss" press /> };
        parts.push(Node::View(button.erase()));
    }
    Some(element("div", parts).into())
}
