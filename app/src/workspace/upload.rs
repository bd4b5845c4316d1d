//! Putting files into the workspace, and getting all of them out.

use leptos::{html, prelude::*};

use super::{driver::Workspace, files::Input, focus::focus_top};
use crate::{
    browser::{dom, files},
    components::{Button, ButtonKind},
};

/// The buttons, and the results of what they began.
#[component]
pub(super) fn UploadTools(
    /// The files.
    workspace: Workspace,
) -> impl IntoView {
    let history = Callback::new(move |()| workspace.give(Input::HistoryOpened));
    let has_files = move || workspace.files.with(|files| !files.tree.is_empty());
    view! {
        <div class="drawer-tools">
            <Chooser workspace label="Upload files" is_folder=false />
            <Chooser workspace label="Upload a folder" is_folder=true />
            <Show when=has_files>
                <a class="button button-quiet" href=workspace.archive() download="workspace.zip">
                    "Download all"
                </a>
            </Show>
            <Button kind=ButtonKind::Quiet on_press=history>
                "History"
            </Button>
        </div>
        <UploadQuestion workspace />
        <div class="uploaded" role="status" aria-label="Uploads">
            <Outcome workspace />
        </div>
    }
}

/// A button, and the field that it opens: fields of this kind look different in every browser.
#[component]
fn Chooser(workspace: Workspace, label: &'static str, is_folder: bool) -> impl IntoView {
    let field = NodeRef::<html::Input>::new();
    let open = Callback::new(move |()| dom::click(field));
    let take = move |_| {
        if let Some(chosen) = files::take_chosen(field) {
            workspace.take(chosen);
        }
    };
    view! {
        <Button kind=ButtonKind::Plain on_press=open>
            {label}
        </Button>
        <input
            node_ref=field
            type="file"
            multiple=true
            hidden=true
            aria-label=label
            prop:webkitdirectory=is_folder
            on:change=take
        />
    }
}

/// What the user is asked before anything is replaced.
#[component]
fn UploadQuestion(workspace: Workspace) -> impl IntoView {
    let answer = move |label: &'static str, input: fn() -> Input| {
        let answer = Callback::new(move |()| {
            focus_top();
            workspace.give(input());
        });
        view! {
            <Button kind=ButtonKind::Plain on_press=answer>
                {label}
            </Button>
        }
    };
    view! {
        {move || {
            let (archive, there) = workspace.files.with(|files| {
                let archive = files.uploads.asks_to_unpack().map(str::to_owned);
                (archive, files.uploads.asks_to_replace().join(", "))
            });
            let (words, yes, no) = match archive {
                Some(archive) => (
                    format!("Unpack {archive}? Files that are already at the same paths are replaced."),
                    answer("Unpack", || Input::Unpack(true)),
                    answer("Keep it as one file", || Input::Unpack(false)),
                ),
                None if there.is_empty() => return None,
                None => (
                    format!("Already in the workspace: {there}. Replace?"),
                    answer("Replace", || Input::Replace(true)),
                    answer("Keep what is there", || Input::Replace(false)),
                ),
            };
            Some(view! {
                <div class="notice upload-question" role="group" aria-label="Upload">
                    <p>{words}</p>
                    {yes}
                    {no}
                </div>
            }
            .into_any())
        }}
    }
}

/// The results of the uploads, and what was left out and why.
#[component]
fn Outcome(workspace: Workspace) -> impl IntoView {
    let dismiss = Callback::new(move |()| {
        focus_top();
        workspace.give(Input::Dismissed);
    });
    view! {
        {move || {
            let (summary, left_out, is_running) = workspace.files.with(|files| {
                let uploads = &files.uploads;
                let summary = uploads.summary().filter(|_| !uploads.asks());
                (summary, uploads.left_out(), uploads.is_running())
            });
            let summary = summary?;
            let left_out = (!left_out.is_empty()).then(|| {
                let item = |(path, reason)| view! { <li>{format!("{path}: {reason}")}</li> };
                view! {
                    <ul aria-label="Left out">{left_out.into_iter().map(item).collect_view()}</ul>
                }
            });
            let button = (!is_running).then(|| {
                view! {
                    <Button kind=ButtonKind::Quiet on_press=dismiss>
                        "Dismiss"
                    </Button>
                }
            });
            Some(view! {
                <div>
                    <p>{summary}</p>
                    {left_out}
                    {button}
                </div>
            }
            .into_any())
        }}
    }
}
