//! Why the last turn failed.

use common::client::ChatError;
use leptos::prelude::*;

use crate::components::{Button, ButtonKind, Erase, dynamic::dynamic};

/// The words and a way on; nothing while all is well.
pub(crate) fn error_bubble(error: ReadSignal<Option<ChatError>>, retry: Callback<()>) -> AnyView {
    dynamic(move || {
        let Some(error) = error.get() else {
            return ().erase();
        };
        view! {
            <div class="error-bubble" role="alert">
                <p>{error.text}</p>
                <Button kind=ButtonKind::Plain label="Retry" press=retry />
            </div>
        }
        .erase()
    })
}
