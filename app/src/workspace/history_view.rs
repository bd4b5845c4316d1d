//! The history of the files.

use common::workspace::{ConflictChoice, OriginKind};
use leptos::prelude::*;

use super::{
    driver::Workspace,
    files::Input as FilesInput,
    focus::focus_top,
    history::{Compared, History, Input, Reversing, Step, Way},
    past::ago,
};
use crate::{
    browser::{clock, dom},
    chat::Changes,
    components::{Alert, Button, ButtonKind, ConflictQuestion, Untrusted},
};

/// Who changed what, with what can be undone.
#[component]
pub(super) fn HistoryView(
    /// The files.
    workspace: Workspace,
) -> impl IntoView {
    let back = Callback::new(move |()| {
        focus_top();
        workspace.give(FilesInput::Left);
    });
    // The button that was pressed goes with the tree.
    Effect::new(|| dom::focus_first(".history-title"));
    let steps = Memo::new(move |_| with(workspace, History::steps));
    let is_empty = move || with(workspace, History::is_empty);
    let has_more = move || with(workspace, |history| history.next.is_some());
    let more = Callback::new(move |()| give(workspace, Input::More));
    view! {
        <Button kind=ButtonKind::Quiet on_press=back>
            "Back to all files"
        </Button>
        <h3 class="history-title" tabindex="-1">
            "History"
        </h3>
        <Problem workspace />
        <Question workspace />
        <p class="history-done" role="status">
            {move || with(workspace, |history| history.done.clone())}
        </p>
        <Show when=is_empty>
            <p class="drawer-empty">"Nothing has been changed yet."</p>
        </Show>
        <ol class="history">
            <For
                each=move || steps.get()
                key=|step| step.first
                children=move |step| view! { <StepLine workspace steps step /> }
            />
        </ol>
        <Show when=has_more>
            <Button kind=ButtonKind::Plain on_press=more>
                "Show older changes"
            </Button>
        </Show>
    }
}

fn with<T: Default>(workspace: Workspace, read: impl FnOnce(&History) -> T) -> T {
    let history = |files: &super::files::Files| files.history.as_ref().map(read);
    workspace.files.with(history).unwrap_or_default()
}

fn give(workspace: Workspace, input: Input) {
    workspace.give(FilesInput::History(input));
}

/// One step, with what it changed once that is asked for. The line stays while the step grows.
#[component]
fn StepLine(workspace: Workspace, steps: Memo<Vec<Step>>, step: Step) -> impl IntoView {
    let first = step.first;
    let step = Memo::new(move |_| {
        let found = steps.with(|steps| steps.iter().find(|step| step.first == first).cloned());
        found.unwrap_or_else(|| step.clone())
    });
    let is_shown = Memo::new(move |_| {
        let last = step.with(|step| step.last);
        with(workspace, |history| {
            history
                .compared
                .as_ref()
                .is_some_and(|(shown, _)| *shown == last)
        })
    });
    let undo_from = Memo::new(move |_| {
        with(workspace, |history| {
            step.with(|step| history.undo_from(step))
        })
    });
    let way = Memo::new(move |_| step.with(|step| step.way.clone()));
    let reverse = Callback::new(move |()| {
        if let Some(reversal) = way.get_untracked() {
            give(workspace, Input::Reverse(reversal));
        }
    });
    let undo_all = Callback::new(move |()| {
        if let Some(reversal) = undo_from.get_untracked() {
            // Once it is done there is nothing to undo from here on, and no button.
            dom::focus_first(".history-title");
            give(workspace, Input::Reverse(reversal));
        }
    });
    let label = move || step.with(|step| format!("{} {}", who(step.kind), step.paths.join(", ")));
    view! {
        <li class="history-step" aria-label=label>
            <StepHead step />
            <div class="history-buttons">
                <button
                    type="button"
                    class="button button-quiet"
                    aria-expanded=move || is_shown.get().to_string()
                    on:click=move |_| give(workspace, Input::Toggled(step.get_untracked()))
                >
                    {move || if is_shown.get() { "Hide changes" } else { "Show changes" }}
                </button>
                <Show when=move || way.with(Option::is_some)>
                    <Button kind=ButtonKind::Plain on_press=reverse>
                        {move || way.with(|way| way.as_ref().map(|reversal| words(reversal.way)))}
                    </Button>
                </Show>
                <Show when=move || undo_from.with(Option::is_some)>
                    <Button kind=ButtonKind::Plain on_press=undo_all>
                        "Undo from here on"
                    </Button>
                </Show>
            </div>
            <Show when=move || is_shown.get()>
                <StepChanges workspace />
            </Show>
        </li>
    }
}

/// Who changed what, and when.
#[component]
fn StepHead(step: Memo<Step>) -> impl IntoView {
    let paths = move || {
        let paths = step.with(|step| step.paths.clone()).into_iter();
        paths
            .map(|path| view! { <code><Untrusted text=path /></code> " " })
            .collect_view()
    };
    view! {
        <p class="history-head">
            <strong>{move || step.with(|step| who(step.kind))}</strong>
            " "
            {paths}
            {move || step.with(|step| step.has_more).then_some("and more ")}
            <span class="history-time">{move || step.with(|step| ago(clock::now(), step.at))}</span>
        </p>
    }
}

/// The diffs of the step that is shown.
#[component]
fn StepChanges(workspace: Workspace) -> impl IntoView {
    let compared = Memo::new(move |_| {
        with(workspace, |history| {
            history.compared.clone().map(|(_, compared)| compared)
        })
    });
    move || match compared.get() {
        None => ().into_any(),
        Some(Compared::Looking) => view! { <p>"Looking…"</p> }.into_any(),
        Some(Compared::Failed(text)) => view! { <p role="alert">{text}</p> }.into_any(),
        Some(Compared::Found(found)) if found.changes.is_empty() => {
            view! { <p>"Afterwards everything was as before."</p> }.into_any()
        }
        Some(Compared::Found(found)) => {
            let changes = Memo::new(move |_| (found.changes.clone(), found.more));
            view! { <Changes changes /> }.into_any()
        }
    }
}

/// What could not be done; nothing while all is well.
#[component]
fn Problem(workspace: Workspace) -> impl IntoView {
    move || {
        let text = with(workspace, |history| history.problem.clone())?;
        let dismiss = Callback::new(move |()| {
            focus_top();
            give(workspace, Input::Dismissed);
        });
        Some(view! {
            <Alert text>
                <Button kind=ButtonKind::Quiet on_press=dismiss>
                    "Dismiss"
                </Button>
            </Alert>
        })
    }
}

/// What the user is asked where the same lines were changed since.
#[component]
fn Question(workspace: Workspace) -> impl IntoView {
    let choose = Callback::new(move |choice: Option<ConflictChoice>| {
        focus_top();
        give(workspace, Input::Chosen(choice));
    });
    move || {
        let places = with(workspace, |history| match &history.reversal {
            Reversing::Asking(_, places) => Some(places.clone()),
            Reversing::Idle | Reversing::Running(_) => None,
        })?;
        Some(view! { <ConflictQuestion places on_choice=choose /> })
    }
}

const fn who(kind: OriginKind) -> &'static str {
    match kind {
        OriginKind::User => "You changed",
        OriginKind::Answer => "Coder changed",
        OriginKind::Undo => "You undid changes of",
        OriginKind::Redo => "You redid changes of",
        OriginKind::Restore => "You put back an earlier version of",
    }
}

const fn words(way: Way) -> &'static str {
    match way {
        Way::Undo => "Undo",
        Way::Redo => "Redo",
    }
}
