//! The drawer.

use common::{message::Message, workspace::NearLimit};
use leptos::{ev::KeyboardEvent, html, prelude::*};

use super::{
    DrawerState,
    branch::Branch,
    deletion::{Deletion, DeletionDialog},
    drawer_state::Show,
    driver::Workspace,
    failure::Failure,
    files::Input,
    focus::focus_top,
    history_view::HistoryView,
    tree::Listing,
    upload::UploadTools,
    viewer::Viewer,
};
use crate::{
    browser::{arrivals, dom},
    chat::{RowHandle, UnconfirmedNotices, UseChat},
    components::{Alert, Border, Button, ButtonKind, NearNotice, Separator},
    update::Update,
};

/// What an empty workspace is for.
const EMPTY: &str = "This conversation has no files yet. Put yours here by button or by dropping them here, \
    and Coder can read and change them; or ask Coder for new ones.";

const BORDER: Border = Border {
    label: "Width of the files",
    part: ".drawer",
    measure: "--drawer-width",
    least: 280.0,
    is_at_end: true,
};

/// The files of a conversation.
#[component]
pub(super) fn FilesDrawer(
    /// The drawer.
    state: DrawerState,
    /// The conversation.
    chat: UseChat,
    /// Its name.
    name: String,
) -> impl IntoView {
    let workspace = Workspace::of(&name);
    follow(workspace, chat);
    hold_updates(workspace);
    Effect::new(move || {
        state.drops.get();
        if let Some(dropped) = arrivals::take_dropped() {
            workspace.take(dropped);
        }
    });
    Effect::new(move || {
        if let Some(wanted) = state.wanted.get() {
            workspace.give(match wanted {
                Show::File(path) => Input::Viewed(path),
                Show::History => Input::HistoryOpened,
                Show::Anew => Input::Changed,
            });
            state.wanted.set(None);
        }
    });
    let heading = NodeRef::<html::H2>::new();
    // The focus moves into the drawer that was opened, and later back to the button.
    Effect::new(move || dom::focus_on(heading));
    let close = Callback::new(move |()| {
        state.is_open.set(false);
        dom::focus_first(".files-button");
    });
    let close_by_key = move |event: KeyboardEvent| {
        // Where nothing in the drawer has taken it.
        if event.key() == "Escape" && !event.default_prevented() {
            close.run(());
        }
    };
    let is_viewing = move || workspace.files.with(|files| files.viewed.is_some());
    let is_in_history = move || workspace.files.with(|files| files.history.is_some());
    let deletion = Deletion::new();
    view! {
        <aside class="drawer" aria-label="Files" on:keydown=close_by_key>
            <div class="drawer-head">
                <h2 node_ref=heading tabindex="-1">
                    "Files"
                </h2>
                <Button kind=ButtonKind::Quiet name="Close the files" on_press=close>
                    "Close"
                </Button>
            </div>
            <UnconfirmedNotices chat on_show=state.show() />
            <UploadTools workspace />
            <Problem workspace />
            <Show when=is_in_history>
                <HistoryView workspace />
            </Show>
            <Show when=is_viewing>
                <Viewer workspace deletion />
            </Show>
            <Show when=move || !is_viewing() && !is_in_history()>
                <Tree workspace deletion />
            </Show>
            <Separator border=BORDER />
        </aside>
        <DeletionDialog deletion workspace />
    }
}

/// Looks again whenever something may have changed: when a call gets an output or a diff, when a turn ends, and when changes
/// are undone, redone, or kept of a draft.
fn follow(workspace: Workspace, chat: UseChat) {
    let done = Memo::new(move |_| {
        let answer = chat.last_answer()?;
        let done = answer.with(|message| {
            let settled = message.calls().filter(|call| call.state.is_settled());
            (message.parts.len(), settled.count())
        });
        Some((answer.id, done))
    });
    // Here or in another tab. Each message has a mark of its own, so that one that grows asks for itself alone.
    let marks = Memo::new(move |_| {
        let mark = |row: &RowHandle| {
            let row = row.clone();
            (row.key(), Memo::new(move |_| row.with(Message::is_undone)))
        };
        chat.messages
            .with(|rows| rows.iter().map(mark).collect::<Vec<_>>())
    });
    let undone = Memo::new(move |_| {
        let is_undone = |(key, mark): &(u32, Memo<bool>)| mark.get().then_some(*key);
        marks.with(|marks| marks.iter().filter_map(is_undone).collect::<Vec<_>>())
    });
    // What was kept of a draft is in the files now.
    let drafted = Memo::new(move |_| {
        chat.facts
            .with(|facts| facts.state.as_ref()?.get("drafted").cloned())
    });
    Effect::new(move || {
        done.with(|_| ());
        undone.with(|_| ());
        drafted.with(|_| ());
        chat.status.get();
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
    Effect::new(move || update.note(|busy| busy.uploads = is_uploading.get()));
}

/// The tree of files, with what there is to say of it as a whole.
#[component]
fn Tree(workspace: Workspace, deletion: Deletion) -> impl IntoView {
    let is_empty = move || workspace.files.with(|files| files.tree.is_empty());
    let listing = move || {
        let (listing, is_listed) = workspace.files.with(|files| {
            let root = files.tree.directory("")?;
            Some((root.listing.clone(), root.entries.is_some()))
        })?;
        match listing {
            Listing::Failed(text) => {
                let retry = Callback::new(move |()| workspace.give(Input::Changed));
                Some(view! { <Failure text on_retry=retry /> }.into_any())
            }
            Listing::Running { .. } if !is_listed => Some("Looking…".into_any()),
            Listing::Running { .. } | Listing::Over => None,
        }
    };
    view! {
        {move || listing()}
        <Near workspace />
        <Show when=is_empty>
            <p class="drawer-empty">{EMPTY}</p>
        </Show>
        <Branch workspace deletion path=String::new() />
    }
}

/// The limits that are nearly reached, and what can be done.
#[component]
fn Near(workspace: Workspace) -> impl IntoView {
    let near = Memo::new(move |_| workspace.files.with(|files| files.tree.near.clone()));
    let of = move |limited| {
        let is_it =
            move |near: &Vec<NearLimit>| near.iter().find(|near| near.limited == limited).copied();
        Signal::derive(move || near.with(is_it))
    };
    view! {
        <div aria-live="polite">
            <For each=move || near.get() key=|near| near.limited.as_str() let:limit>
                <NearNotice
                    near=of(limit.limited)
                    place=workspace.place()
                    class="drawer-near"
                    on_dismissed=Callback::new(|()| focus_top())
                />
            </For>
        </div>
    }
}

/// What could not be deleted; nothing while all is well.
#[component]
fn Problem(workspace: Workspace) -> impl IntoView {
    view! {
        {move || {
            let text = workspace.files.with(|files| files.problem.clone())?;
            let dismiss = Callback::new(move |()| {
                focus_top();
                workspace.give(Input::Dismissed);
            });
            Some(view! {
                <Alert text>
                    <Button kind=ButtonKind::Quiet on_press=dismiss>
                        "Dismiss"
                    </Button>
                </Alert>
            }
            .into_any())
        }}
    }
}
