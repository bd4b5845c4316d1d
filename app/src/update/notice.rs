//! The line that offers a newer page.

use leptos::prelude::*;

use super::Update;
use crate::{
    browser::{events, location},
    components::{Button, ButtonKind},
};

/// Follows what the server serves, and offers a newer page in a line.
#[component]
pub(crate) fn UpdateNotice() -> impl IntoView {
    let update = Update::of_page();
    let is_offered = RwSignal::new(false);
    let hidden = events::times_hidden();
    Effect::new(move || {
        // A page that nobody looks at may be reloaded after what was written is sent or taken away.
        hidden.get();
        is_offered.set(update.is_some_and(Update::decide));
    });
    let reload = Callback::new(|()| location::reload());
    view! {
        <Show when=move || is_offered.get()>
            <section class="setup" role="status" aria-label="New version">
                <p>
                    "A new version is ready. "
                    <Button kind=ButtonKind::Plain on_press=reload>
                        "Reload"
                    </Button>
                </p>
            </section>
        </Show>
    }
}
