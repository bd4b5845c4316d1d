//! Something that could not be read.

use leptos::prelude::*;

use crate::components::{Alert, Button, ButtonKind};

/// What could not be read, and a button.
#[component]
pub(super) fn Failure(
    /// What went wrong.
    text: String,
    /// Tries again.
    on_retry: Callback<()>,
) -> impl IntoView {
    view! {
        <Alert text>
            <Button kind=ButtonKind::Plain on_press=on_retry>
                "Try again"
            </Button>
        </Alert>
    }
}
