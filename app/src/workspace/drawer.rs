//! The drawer.

use leptos::{ev::KeyboardEvent, html, prelude::*, tachys::renderer::types, wasm_bindgen::JsCast};

use super::{
    DrawerState, Input, branch::branch, deletion::Deletion, tree::Listing, upload::upload_tools,
    viewer::viewer,
};
use crate::{
    chat::{
        UseChat,
        driver::{self, Workspace},
        unconfirmed_notices,
    },
    components::{
        ButtonKind, Erase, button,
        dynamic::{dynamic, when},
        effect,
        node::{Node, element},
    },
    update::Update,
};

/// What an empty workspace is for.
const EMPTY: &str = "This conversation has no files yet. Put yours here by button or by dropping them onto the page, \
    and Coder can read and change them; or ask Coder for new ones.";

/// The files of the conversation of this name.
pub(super) fn drawer(state: DrawerState, chat: UseChat, name: &str) -> AnyView {
    let workspace = Workspace::of(name);
    follow(workspace, chat);
    hold_updates(workspace);
    effect(move || {
        state.drops.track();
        if let Some(dropped) = driver::take_dropped() {
            workspace.take(dropped);
        }
    });
    effect(move || {
        if let Some(path) = state.wanted.get() {
            workspace.give(Input::Viewed(path));
            state.wanted.set(None);
        }
    });
    let heading = NodeRef::<html::H2>::new();
    // Who opens the drawer goes on in it, and comes back to the button.
    effect(move || driver::focus_on(heading));
    let close = Callback::new(move |()| {
        state.is_open.set(false);
        driver::focus_first(".files-button");
    });
    let is_viewing = move || workspace.files.with(|files| files.viewed.is_some());
    let deletion = Deletion::new();
    let content = when(is_viewing, move || viewer(workspace, deletion));
    let tree = when(move || !is_viewing(), move || tree(workspace, deletion));
    let heading = element("h2", vec!["Files".into()])
        .referred(heading)
        .with("tabindex", "-1");
    let button = button(ButtonKind::Quiet, "Close", close).with("aria-label", "Close the files");
    let head = element("div", vec![heading.into(), button.into()]).with("class", "drawer-head");
    let problem = dynamic(move || problem(workspace).erase());
    let unconfirmed = unconfirmed_notices(chat, state.show());
    let mut parts = vec![head.into(), Node::from(unconfirmed)];
    parts.extend(upload_tools(workspace));
    parts.extend([problem, content, tree].map(Node::from));
    let drawer = element("aside", parts)
        .with("class", "drawer")
        .with("aria-label", "Files")
        .on("keydown", move |event| {
            if is_escape(event) {
                close.run(());
            }
        });
    vec![drawer.into(), deletion.question(workspace)].erase()
}

/// Escape, where nothing in the drawer has taken it.
fn is_escape(event: types::Event) -> bool {
    let event: KeyboardEvent = event.unchecked_into();
    event.key() == "Escape" && !event.default_prevented()
}

/// Puts the focus where it is not lost, when what has it goes.
pub(super) fn focus_top() {
    driver::focus_first(".drawer h2");
}

/// Looks again whenever the agent may have changed something: when a call gets an output or a diff, and when a turn ends.
fn follow(workspace: Workspace, chat: UseChat) {
    let done = Memo::new(move |_| {
        let answer = chat.last_answer()?;
        let done = answer.builder.with(|builder| {
            let message = builder.message();
            let settled = message.calls().filter(|call| call.state.is_settled());
            (message.parts.len(), settled.count())
        });
        Some((answer.id, done))
    });
    effect(move || {
        done.track();
        chat.status.track();
        workspace.give(Input::Changed);
    });
}

/// A page with files on their way is not reloaded by itself.
fn hold_updates(workspace: Workspace) {
    let Some(update) = Update::of_page() else {
        return;
    };
    let is_uploading = Memo::new(move |_| {
        let files = workspace.files;
        files.with(|files| files.uploads.is_running() || files.uploads.asks())
    });
    effect(move || update.note(|busy| busy.uploads = is_uploading.get()));
}

fn tree(workspace: Workspace, deletion: Deletion) -> AnyView {
    let is_empty = move || workspace.files.with(|files| files.tree.is_empty());
    let words = move || {
        let listing = workspace.files.with(|files| {
            let root = files.tree.directory("")?;
            Some((root.listing.clone(), root.entries.is_some()))
        });
        match listing {
            Some((Listing::Failed(words), _)) => {
                let again = Callback::new(move |()| workspace.give(Input::Changed));
                failed(words, again)
            }
            Some((Listing::Running { .. }, false)) => "Looking…".erase(),
            Some(_) | None => ().erase(),
        }
    };
    let empty = when(is_empty, || {
        element("p", vec![EMPTY.into()])
            .with("class", "drawer-empty")
            .erase()
    });
    let branch = branch(workspace, deletion, String::new());
    let parts = [dynamic(words), empty, branch].map(Node::from);
    Vec::from(parts).erase()
}

/// What went wrong, and a button.
pub(super) fn failed(words: String, again: Callback<()>) -> AnyView {
    let button = button(ButtonKind::Plain, "Try again", again);
    let words = element("p", vec![Node::Text(words)]);
    let notice = element("div", vec![words.into(), button.into()]);
    let notice = notice.with("class", "notice").with("role", "alert");
    Node::from(notice).erase()
}

fn problem(workspace: Workspace) -> Option<AnyView> {
    let words = workspace.files.with(|files| files.problem.clone())?;
    let dismiss = Callback::new(move |()| {
        focus_top();
        workspace.give(Input::Dismissed);
    });
    let button = button(ButtonKind::Quiet, "Dismiss", dismiss);
    let words = element("p", vec![Node::Text(words)]);
    let notice = element("div", vec![words.into(), button.into()]);
    let notice = notice.with("class", "notice").with("role", "alert");
    Some(Node::from(notice).erase())
}
