//! A file that is looked at.

use leptos::prelude::*;

use super::{
    Content, Input,
    deletion::Deletion,
    drawer::{failed, focus_top},
    entry::size_words,
};
use crate::{
    chat::driver::{self, Workspace},
    components::{
        ButtonKind, Erase, button,
        dynamic::dynamic,
        effect,
        node::{Node, element},
    },
};

/// The file and what can be done with it.
pub(super) fn viewer(workspace: Workspace, deletion: Deletion) -> AnyView {
    let path = Memo::new(move |_| {
        workspace.files.with(|files| {
            let viewed = files.viewed.as_ref();
            viewed.map(|viewed| viewed.path.clone()).unwrap_or_default()
        })
    });
    let content = Memo::new(move |_| {
        workspace.files.with(|files| {
            let viewed = files.viewed.as_ref();
            viewed.map(|viewed| viewed.content.clone())
        })
    });
    let back = Callback::new(move |()| {
        focus_top();
        workspace.give(Input::Left);
    });
    // The line that was pressed goes with the tree.
    effect(|| driver::focus_first(".viewer-head h3"));
    let head = dynamic(move || {
        let path = path.get();
        let name = path.rsplit('/').next().unwrap_or_default().to_owned();
        let download = element("a", vec![Node::Text("Download".to_owned())])
            .with("class", "button button-quiet")
            .with("href", workspace.address(&path))
            .with("download", name);
        let parts = vec![
            element("h3", vec![Node::Text(path.clone())])
                .with("tabindex", "-1")
                .into(),
            download.into(),
            deletion.button(&path),
        ];
        Node::from(element("div", parts).with("class", "viewer-head")).erase()
    });
    let back = button(ButtonKind::Quiet, "Back to all files", back);
    let shown = dynamic(move || shown(workspace, &path.get(), content.get()));
    vec![back.into(), Node::from(head), shown.into()].erase()
}

fn shown(workspace: Workspace, path: &str, content: Option<Content>) -> AnyView {
    let words = |words: String| Node::from(element("p", vec![Node::Text(words)])).erase();
    match content {
        None => ().erase(),
        Some(Content::Reading) => words("Reading…".to_owned()),
        Some(Content::Failed(why)) => {
            let path = path.to_owned();
            failed(
                why,
                Callback::new(move |()| workspace.give(Input::Viewed(path.clone()))),
            )
        }
        Some(Content::Binary) => {
            let size = workspace.files.with_untracked(|files| {
                let file = files.tree.file(path);
                file.map(|file| format!(" of {}", size_words(file.size)))
                    .unwrap_or_default()
            });
            words(format!(
                "This is a binary file{size}. Download it to look at it."
            ))
        }
        Some(Content::Picture(count)) => {
            // Another number, so that the browser does not show what it has kept.
            let address = format!("{}?shown={count}", workspace.address(path));
            let picture = element("img", Vec::new()).with("class", "viewer-picture");
            Node::from(picture.with("src", address).with("alt", path.to_owned())).erase()
        }
        Some(Content::Text { text, is_cut }) => text_view(path, &text, is_cut),
    }
}

/// The text with the numbers of its lines, which are no part of what is selected or heard.
fn text_view(path: &str, text: &str, is_cut: bool) -> AnyView {
    let lines = text.lines().count().max(1);
    let numbers: String = (1..=lines).map(|number| format!("{number}\n")).collect();
    let numbers = element("span", vec![Node::Text(numbers)])
        .with("class", "viewer-numbers")
        .with("aria-hidden", "true");
    let text = element("code", vec![Node::Text(text.to_owned())]);
    let text = element("pre", vec![numbers.into(), text.into()])
        .with("class", "viewer-text")
        .with("tabindex", "0")
        .with("role", "group")
        .with("aria-label", format!("Content of {path}"));
    let mut parts = vec![text.into()];
    if is_cut {
        let words = "This is the beginning. Download the file for all of it.";
        parts.push(element("p", vec![Node::Text(words.to_owned())]).into());
    }
    Node::from(element("div", parts)).erase()
}
