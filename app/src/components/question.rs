//! A question that must be answered before anything else.

use leptos::{html::Dialog, prelude::*};

use super::{Button, ButtonKind};
use crate::chat::driver;

/// A closed dialog; `driver::open_modal(dialog)` asks. Escape keeps things as they are.
#[component]
pub(crate) fn Question(
    dialog: NodeRef<Dialog>,
    title: &'static str,
    #[prop(into)] text: Signal<String>,
    /// The button that does it.
    confirm: &'static str,
    /// The button that does not.
    keep: &'static str,
    confirmed: Callback<()>,
) -> impl IntoView {
    let confirm_and_close = Callback::new(move |()| {
        driver::close(dialog);
        confirmed.run(());
    });
    let close = Callback::new(move |()| driver::close(dialog));
    view! {
        <dialog node_ref=dialog class="question" role="alertdialog" aria-label=title>
            <h2>{title}</h2>
            <p>{text}</p>
            <div class="question-buttons">
                <Button kind=ButtonKind::Plain label=keep press=close />
                <Button kind=ButtonKind::Danger label=confirm press=confirm_and_close />
            </div>
        </dialog>
    }
}
