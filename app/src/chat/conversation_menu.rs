//! What may be done with the conversation as a whole: export it, or delete it.

use common::naming::{AGENTS_PREFIX, CODER_AGENT, encode_segment};
use leptos::{html::Dialog, prelude::*};

use super::driver;
use crate::components::{Button, ButtonKind, ConfirmDialog, Icon};

/// The menu and its question.
#[component]
pub(super) fn ConversationMenu(
    /// The conversation's name.
    name: String,
) -> impl IntoView {
    let base = format!("/{AGENTS_PREFIX}/{CODER_AGENT}/{}", encode_segment(&name));
    let export = format!("{base}/export.zip");
    let dialog = NodeRef::<Dialog>::new();
    let problem = RwSignal::new(String::new());
    let ask = Callback::new(move |()| driver::open_modal(dialog));
    let delete = Callback::new(move |()| {
        let failed = Callback::new(move |words| problem.set(words));
        driver::delete_and_leave(base.clone(), failed);
    });
    view! {
        <details class="menu">
            <summary class="button button-quiet" aria-label="More">
                <Icon class="icon icon-more" />
                <span class="wide-only">"More"</span>
            </summary>
            <div class="menu-items">
                <a class="button button-quiet" href=export download=format!("{name}.zip")>
                    "Export"
                </a>
                <Button kind=ButtonKind::Quiet on_press=ask>
                    "Delete"
                </Button>
                <p role="status">{move || problem.get()}</p>
            </div>
        </details>
        <ConfirmDialog
            dialog=dialog
            title="Delete this conversation?"
            confirm="Delete"
            keep="Keep"
            on_confirm=delete
        >
            "Its messages and files are deleted for good, for everyone who has its address."
        </ConfirmDialog>
    }
}
