//! Putting files into the workspace, and getting all of them out.

use leptos::{html, prelude::*};

use super::{Input, drawer::focus_top};
use crate::{
    chat::driver::{self, Workspace},
    components::{
        ButtonKind, Erase, button,
        dynamic::dynamic,
        node::{Node, element},
    },
};

/// The buttons, and what became of what they began.
pub(super) fn upload_tools(workspace: Workspace) -> [Node; 3] {
    let download = dynamic(move || {
        let is_empty = workspace.files.with(|files| files.tree.is_empty());
        let link = element("a", vec![Node::Text("Download all".to_owned())])
            .with("class", "button button-quiet")
            .with("href", workspace.archive())
            .with("download", "workspace.zip");
        (!is_empty).then(|| Node::from(link)).erase()
    });
    let mut tools = Vec::from(chooser(workspace, "Upload files", false));
    tools.extend(chooser(workspace, "Upload a folder", true));
    tools.push(download.into());
    let question = dynamic(move || question(workspace).erase());
    let outcome = dynamic(move || outcome(workspace).erase());
    let uploaded = element("div", vec![outcome.into()])
        .with("class", "uploaded")
        .with("role", "status")
        .with("aria-label", "Uploads");
    let tools = element("div", tools).with("class", "drawer-tools");
    [tools.into(), question.into(), uploaded.into()]
}

/// A button, and the field that it opens: fields of this kind look different in every browser.
fn chooser(workspace: Workspace, label: &'static str, is_folder: bool) -> [Node; 2] {
    let field = NodeRef::<html::Input>::new();
    let press = Callback::new(move |()| driver::click(field));
    let chosen = move || {
        if let Some(chosen) = driver::take_chosen(field) {
            workspace.take(chosen);
        }
    };
    let input = element("input", Vec::new())
        .referred(field)
        .with("type", "file")
        .with("multiple", "")
        .with("hidden", "")
        .with("aria-label", label)
        .setting("webkitdirectory", move || is_folder)
        .on("change", move |_| chosen());
    [button(ButtonKind::Plain, label, press).into(), input.into()]
}

/// What the user is asked before anything is replaced.
fn question(workspace: Workspace) -> Option<Node> {
    let answer = |label: &'static str, input: fn() -> Input| {
        let press = Callback::new(move |()| {
            focus_top();
            workspace.give(input());
        });
        Node::from(button(ButtonKind::Plain, label, press))
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
                answer("Unpack", || Input::Unpack(true)),
                answer("Keep it as one file", || Input::Unpack(false)),
            ],
        ),
        (None, []) => return None,
        (None, there) => (
            format!("Already in the workspace: {}. Replace?", there.join(", ")),
            [
                answer("Replace", || Input::Replace(true)),
                answer("Keep what is there", || Input::Replace(false)),
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
        let summary = uploads.summary().filter(|_| !uploads.asks());
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
        parts.push(button(ButtonKind::Quiet, "Dismiss", press).into());
    }
    Some(element("div", parts).into())
}
