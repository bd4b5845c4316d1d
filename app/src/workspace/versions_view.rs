//! The earlier versions of the file that is looked at.

use common::workspace::FileVersion;
use leptos::prelude::*;

use super::{
    driver::Workspace,
    entry::size_words,
    files::Input as FilesInput,
    focus::focus_top,
    past::ago,
    versions::{Input, Shown, Versions},
};
use crate::{
    browser::clock,
    components::{Button, ButtonKind},
};

/// A button that opens the list.
#[component]
pub(super) fn VersionsList(
    /// The files.
    workspace: Workspace,
) -> impl IntoView {
    let shown = Memo::new(move |_| with(workspace, Versions::shown).unwrap_or(Shown::Nothing));
    let is_open = Memo::new(move |_| shown.with(|shown| *shown != Shown::Nothing));
    let problem = move || with(workspace, |versions| versions.problem.clone()).flatten();
    view! {
        <div class="versions">
            <button
                type="button"
                class="button button-quiet"
                aria-expanded=move || is_open.get().to_string()
                on:click=move |_| give(workspace, Input::Opened(!is_open.get_untracked()))
            >
                "Earlier versions"
            </button>
            {move || problem().map(|text| view! { <p role="alert">{text}</p> })}
            {move || match shown.get() {
                Shown::Nothing => ().into_any(),
                Shown::Loading => view! { <p>"Looking…"</p> }.into_any(),
                Shown::None => view! { <p>"There is no earlier version."</p> }.into_any(),
                Shown::Failed(why) => view! { <p role="alert">{why}</p> }.into_any(),
                Shown::These(versions) => view! { <Lines workspace versions /> }.into_any(),
            }}
        </div>
    }
}

fn with<T>(workspace: Workspace, read: impl FnOnce(&Versions) -> T) -> Option<T> {
    let versions = |files: &super::files::Files| {
        let viewed = files.viewed.as_ref();
        viewed.map(|viewed| read(&viewed.versions))
    };
    workspace.files.with(versions)
}

fn give(workspace: Workspace, input: Input) {
    workspace.give(FilesInput::Versions(input));
}

#[component]
fn Lines(workspace: Workspace, versions: Vec<FileVersion>) -> impl IntoView {
    let now = clock::now();
    let line = move |version: FileVersion| {
        let words = format!("{}, {}", ago(now, version.at), size_words(version.size));
        let name = format!("Put back the version of {words}");
        let restore = Callback::new(move |()| {
            focus_top();
            give(workspace, Input::Restore(version.since));
        });
        view! {
            <li>
                {words}
                " "
                <Button kind=ButtonKind::Quiet name on_press=restore>
                    "Put back"
                </Button>
            </li>
        }
    };
    view! {
        <ul class="versions-list" aria-label="Earlier versions">
            {versions.into_iter().map(line).collect_view()}
        </ul>
    }
}
