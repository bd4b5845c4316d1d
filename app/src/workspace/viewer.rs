//! A file that is looked at.

use leptos::prelude::*;

use super::{
    deletion::{DeleteButton, Deletion},
    driver::Workspace,
    editor::{self, Editor},
    entry::size_words,
    failure::Failure,
    files::{Content, Input},
    focus::focus_top,
    versions_view::VersionsList,
};
use crate::{
    api::Reader,
    browser::dom,
    components::{Button, ButtonKind},
};

/// The file and what can be done with it.
#[component]
pub(super) fn Viewer(
    /// The files.
    workspace: Workspace,
    /// Asks before something is deleted.
    deletion: Deletion,
) -> impl IntoView {
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
    let is_edited = Memo::new(move |_| {
        workspace.files.with(|files| {
            let viewed = files.viewed.as_ref();
            viewed.is_some_and(|viewed| viewed.edit.is_some())
        })
    });
    let can_write = use_context::<Reader>().is_none_or(|reader| reader.read_only.is_none());
    let is_whole_text = Memo::new(move |_| {
        let text = |content: &Option<Content>| {
            matches!(content, Some(Content::Text { is_cut: false, .. }))
        };
        can_write && content.with(text)
    });
    let change = Callback::new(move |()| {
        let kept = editor::kept(workspace, &path.get_untracked());
        workspace.give(Input::EditBegun(kept));
    });
    let back = Callback::new(move |()| {
        focus_top();
        workspace.give(Input::Left);
    });
    // The line that was pressed goes with the tree.
    Effect::new(|| dom::focus_first(".viewer-head h3"));
    let head = move || {
        let path = path.get();
        let name = path.rsplit('/').next().unwrap_or_default().to_owned();
        view! {
            <div class="viewer-head">
                <h3 tabindex="-1">{path.clone()}</h3>
                <Show when=move || is_whole_text.get() && !is_edited.get()>
                    <Button kind=ButtonKind::Quiet on_press=change>
                        "Edit"
                    </Button>
                </Show>
                <a class="button button-quiet" href=workspace.address(&path) download=name>
                    "Download"
                </a>
                <DeleteButton deletion path />
            </div>
        }
    };
    view! {
        <Button kind=ButtonKind::Quiet on_press=back>
            "Back to all files"
        </Button>
        {move || head()}
        <Show
            when=move || is_edited.get()
            fallback=move || {
                view! {
                    <KeptNote workspace path />
                    <VersionsList workspace />
                    {move || shown(workspace, path.get(), content.get())}
                }
            }
        >
            <Editor workspace path=path.get_untracked() />
        </Show>
    }
}

/// Says that there is a change that was not saved; nothing where there is none.
#[component]
fn KeptNote(workspace: Workspace, path: Memo<String>) -> impl IntoView {
    let is_forgotten = RwSignal::new(false);
    let forget = Callback::new(move |()| {
        dom::focus_first(".viewer-head h3");
        editor::forget(workspace, &path.get_untracked());
        is_forgotten.set(true);
    });
    view! {
        {move || {
            let kept = editor::kept(workspace, &path.get()).filter(|_| !is_forgotten.get())?;
            let go_on = Callback::new(move |()| {
                workspace.give(Input::EditBegun(Some(kept.clone())));
            });
            Some(view! {
                <div class="notice viewer-kept" role="note">
                    <p>"You have changed this file and not saved it."</p>
                    <Button kind=ButtonKind::Plain on_press=go_on>
                        "Continue"
                    </Button>
                    <Button kind=ButtonKind::Quiet on_press=forget>
                        "Discard"
                    </Button>
                </div>
            }
            .into_any())
        }}
    }
}

fn shown(workspace: Workspace, path: String, content: Option<Content>) -> AnyView {
    match content {
        None => ().into_any(),
        Some(Content::Reading) => view! { <p>"Reading…"</p> }.into_any(),
        Some(Content::Failed(text)) => {
            let retry = Callback::new(move |()| workspace.give(Input::Viewed(path.clone())));
            view! { <Failure text on_retry=retry /> }.into_any()
        }
        Some(Content::Binary) => {
            let size = workspace.files.with_untracked(|files| {
                let file = files.tree.file(&path);
                file.map(|file| format!(" of {}", size_words(file.size)))
                    .unwrap_or_default()
            });
            let words = format!("This is a binary file{size}. Download it to look at it.");
            view! { <p>{words}</p> }.into_any()
        }
        Some(Content::Picture(count)) => {
            // Another number, so that the browser does not show what it has kept.
            let address = format!("{}?shown={count}", workspace.address(&path));
            view! { <img class="viewer-picture" src=address alt=path /> }.into_any()
        }
        Some(Content::Text { text, is_cut, .. }) => {
            view! { <NumberedText path text is_cut /> }.into_any()
        }
    }
}

/// The text with the numbers of its lines, which are no part of what is selected or heard.
#[component]
fn NumberedText(path: String, text: String, is_cut: bool) -> impl IntoView {
    Effect::new(dom::colour_code);
    let ending = path.rsplit(['/', '.']).next().map(str::to_owned);
    let lines = text.lines().count().max(1);
    let numbers: String = (1..=lines).map(|number| format!("{number}\n")).collect();
    let rest = is_cut.then(|| {
        view! { <p>"This is the beginning. Download the file for all of it."</p> }
    });
    view! {
        <div>
            <pre
                class="viewer-text"
                tabindex="0"
                role="group"
                aria-label=format!("Content of {path}")
            >
                <span class="viewer-numbers" aria-hidden="true">{numbers}</span>
                <code data-language=ending>{text}</code>
            </pre>
            {rest}
        </div>
    }
}
