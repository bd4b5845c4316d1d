//! Why the last turn failed.

use common::client::ChatError;
use leptos::prelude::*;

use crate::components::{Button, ButtonKind};

/// The words and a way on; nothing while all is well.
#[component]
pub(crate) fn ErrorBubble(
    error: ReadSignal<Option<ChatError>>,
    retry: Callback<()>,
) -> impl IntoView {
    move || {
        error.get().map(|error| {
            view! {
                <div class="error-bubble" role="alert">
                    <p>{error.text}</p>
                    <Button kind=ButtonKind::Plain press=retry>"Retry"</Button>
                </div>
            }
        })
    }
}
