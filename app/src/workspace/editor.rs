//! The field in which a text file is changed.

use leptos::{ev::KeyboardEvent, html::Textarea, prelude::*};

use super::{
    driver::Workspace,
    edit::{self, Conflict, Draft, Edit, Stage},
    files::Input,
};
use crate::{
    browser::{dom, field, storage, timer},
    components::{Button, ButtonKind, Untrusted},
};

/// At most so much is lost when the browser dies.
const KEEP_WITHIN: std::time::Duration = std::time::Duration::from_millis(300);

/// What an earlier change of a file has left.
pub(super) fn kept(workspace: Workspace, path: &str) -> Option<Draft> {
    Draft::decode(&storage::draft(&workspace.draft_of(path))?)
}

/// Forgets what was changed of a file.
pub(super) fn forget(workspace: Workspace, path: &str) {
    storage::keep_draft(&workspace.draft_of(path), "");
}

/// The field and its buttons.
#[component]
pub(super) fn Editor(
    /// The files.
    workspace: Workspace,
    /// The file.
    path: String,
) -> impl IntoView {
    let field = NodeRef::<Textarea>::new();
    let of_edit = move |read: fn(&Edit) -> Stage| {
        workspace.files.with(|files| {
            let edit = files.viewed.as_ref()?.edit.as_ref()?;
            Some(read(edit))
        })
    };
    let stage = Memo::new(move |_| of_edit(|edit| edit.stage.clone()));
    let start = workspace.files.with_untracked(|files| {
        let edit = files.viewed.as_ref()?.edit.as_ref()?;
        Some((edit.tag.clone(), edit.start.clone()))
    });
    let (tag, start) = start.unwrap_or_default();
    let tag = StoredValue::new(tag);
    let path = StoredValue::new(path);
    Effect::new(move || {
        if field.get().is_some() {
            field::replace_text(field, &start);
            field::focus(field);
        }
    });
    let keep = move || {
        let text = field::text_of(field);
        let place = path.try_with_value(|path| workspace.draft_of(path));
        if let (Some(text), Some(place), Some(tag)) = (text, place, tag.try_get_value()) {
            storage::keep_draft(&place, &Draft { tag, text }.encode());
        }
    };
    let keep_soon = timer::soon(KEEP_WITHIN, keep);
    let give = move |input: fn(String) -> edit::Input| {
        if let Some(text) = field::text_of(field) {
            keep();
            workspace.give(Input::Edit(input(text)));
        }
    };
    let save = Callback::new(move |()| give(edit::Input::Saved));
    let overwrite = Callback::new(move |()| give(edit::Input::Overwritten));
    let go_on = Callback::new(move |()| {
        workspace.give(Input::Edit(edit::Input::Continued));
        field::focus(field);
    });
    let leave = move || {
        dom::focus_first(".viewer-head h3");
        workspace.give(Input::EditLeft);
    };
    let discard = Callback::new(move |()| {
        path.with_value(|path| forget(workspace, path));
        leave();
    });
    let indents = RwSignal::new(false);
    let press_key = move |event: KeyboardEvent| match event.key().as_str() {
        // What was written is kept.
        "Escape" if !event.is_composing() => {
            event.prevent_default();
            keep();
            leave();
        }
        "s" if event.ctrl_key() || event.meta_key() => {
            event.prevent_default();
            save.run(());
        }
        "Tab" if indents.get_untracked() && !event.shift_key() => {
            event.prevent_default();
            field::insert_text(field, "\t");
            keep_soon.run(());
        }
        _ => {}
    };
    let is_saving = move || stage.with(|stage| *stage == Some(Stage::Saving));
    let name = path.with_value(|path| format!("Content of {path}"));
    let words = move || match stage.get() {
        Some(Stage::Saving) => "Saving…".to_owned(),
        Some(Stage::Failed(why)) => format!("Not saved. {why}"),
        Some(Stage::Writing | Stage::Conflict(_)) | None => String::new(),
    };
    let conflict = move || match stage.get()? {
        Stage::Conflict(conflict) => Some(view! {
            <ConflictView conflict overwrite take=discard go_on />
        }),
        Stage::Writing | Stage::Saving | Stage::Failed(_) => None,
    };
    view! {
        <div class="editor">
            {conflict}
            <textarea
                node_ref=field
                class="editor-field"
                aria-label=name
                aria-describedby="editor-keys"
                wrap="off"
                spellcheck="false"
                autocomplete="off"
                autocapitalize="off"
                readonly=is_saving
                on:keydown=press_key
                on:input=move |_| keep_soon.run(())
            ></textarea>
            <p class="editor-keys" id="editor-keys">
                <label>
                    <input
                        type="checkbox"
                        prop:checked=move || indents.get()
                        on:change=move |_| indents.update(|indents| *indents = !*indents)
                    />
                    "Tab indents"
                </label>
                <span>"Escape leaves and keeps what you wrote."</span>
            </p>
            <p class="editor-words" role="status">
                {words}
            </p>
            <div class="editor-buttons">
                <Button kind=ButtonKind::Plain on_press=discard>
                    "Discard"
                </Button>
                <Button kind=ButtonKind::Main on_press=save>
                    "Save"
                </Button>
            </div>
        </div>
    }
}

/// What somebody else changed, and the choice.
#[component]
fn ConflictView(
    conflict: Conflict,
    overwrite: Callback<()>,
    take: Callback<()>,
    go_on: Callback<()>,
) -> impl IntoView {
    let is_gone = conflict.tag.is_none();
    let words = if is_gone {
        "The file was deleted since you began. Nothing was saved."
    } else {
        "The file was changed since you began, and nothing was saved. What was changed:"
    };
    let difference = match conflict.difference {
        Some(text) => Some(
            view! {
                <pre class="editor-difference" tabindex="0" role="group" aria-label="What was changed">
                    <Untrusted text />
                </pre>
            }
            .into_any(),
        ),
        None if is_gone => None,
        None => Some(view! { <p>"What was changed is not known any more."</p> }.into_any()),
    };
    let take_label = if is_gone {
        "Leave it deleted"
    } else {
        "Take the other version"
    };
    view! {
        <div class="notice editor-conflict" role="alert">
            <p>{words}</p>
            {difference}
            <div class="editor-buttons">
                <Button kind=ButtonKind::Plain on_press=go_on>
                    "Keep editing"
                </Button>
                <Button kind=ButtonKind::Plain on_press=take>
                    {take_label}
                </Button>
                <Button kind=ButtonKind::Danger on_press=overwrite>
                    "Save mine instead"
                </Button>
            </div>
        </div>
    }
}
