//! Why the last turn failed.

use leptos::prelude::*;

use super::{UseChat, left_out::LeaveOutButton};
use crate::components::{Alert, Button, ButtonKind};

/// The error of the last turn and a way on; nothing while all is well.
#[component]
pub(crate) fn ErrorBubble(
    /// The conversation.
    chat: UseChat,
    /// Asks for the turn again.
    on_retry: Callback<()>,
) -> impl IntoView {
    view! {
        {move || {
            let error = chat.error.get()?;
            Some(view! {
                <Alert class="error-bubble" text=error.to_string()>
                    <Button kind=ButtonKind::Plain on_press=on_retry>
                        "Retry"
                    </Button>
                    <LeaveOutButton chat on_retry />
                </Alert>
            }
            .into_any())
        }}
    }
}
