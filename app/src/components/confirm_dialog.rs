//! A question that must be answered before anything else.

use leptos::{html::Dialog, prelude::*};

use super::{Button, ButtonKind};
use crate::chat::driver;

/// A closed dialog, which `driver::open_modal(dialog)` opens. Escape answers no.
#[component]
pub(crate) fn ConfirmDialog(
    /// Refers to the dialog.
    dialog: NodeRef<Dialog>,
    /// The question.
    title: &'static str,
    /// The label of the button that answers yes.
    confirm: &'static str,
    /// The label of the button that answers no.
    keep: &'static str,
    /// Runs after a yes.
    #[prop(into)]
    on_confirm: Callback<()>,
    /// What a yes does.
    children: Children,
) -> impl IntoView {
    let close = Callback::new(move |()| driver::close(dialog));
    let confirm_and_close = Callback::new(move |()| {
        driver::close(dialog);
        on_confirm.run(());
    });
    view! {
        <dialog node_ref=dialog class="question" role="alertdialog" aria-label=title>
            <h2>{title}</h2>
            <p>{children()}</p>
            <div class="question-buttons">
                <Button kind=ButtonKind::Plain on_press=close>
                    {keep}
                </Button>
                <Button kind=ButtonKind::Danger on_press=confirm_and_close>
                    {confirm}
                </Button>
            </div>
        </dialog>
    }
}
