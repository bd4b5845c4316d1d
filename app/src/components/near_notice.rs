//! A limit that is nearly reached.

use common::workspace::NearLimit;
use leptos::prelude::*;

use super::{Button, ButtonKind};
use crate::browser::storage;

/// What is nearly reached and what can be done. The user can dismiss it until it gets worse; the browser remembers
/// that for each conversation.
#[component]
pub(crate) fn NearNotice(
    /// The limit; `None`: it is far.
    #[prop(into)]
    near: Signal<Option<NearLimit>>,
    /// Identifies the conversation.
    place: String,
    /// Its class.
    #[prop(default = "notice")]
    class: &'static str,
    /// Runs after it was dismissed, since the button that had the focus is gone.
    #[prop(into)]
    on_dismissed: Callback<()>,
) -> impl IntoView {
    let place = StoredValue::new(place);
    let name = move |near: &NearLimit| {
        let limited = near.limited.as_str();
        place.try_with_value(|place| format!("near{place}:{limited}"))
    };
    let dismissals = RwSignal::new(0_u32);
    let is_shown = Memo::new(move |_| {
        dismissals.get();
        let Some(near) = near.get() else { return false };
        let dismissed = name(&near).and_then(|name| storage::choice(&name)?.parse().ok());
        near.is_news_after(dismissed)
    });
    let text = move || near.with(|near| near.as_ref().map(NearLimit::notice));
    let dismiss = Callback::new(move |()| {
        if let Some(near) = near.get_untracked()
            && let Some(name) = name(&near)
        {
            storage::keep_choice(&name, Some(&near.level().to_string()));
            dismissals.update(|dismissals| *dismissals += 1);
            on_dismissed.run(());
        }
    });
    view! {
        <div aria-live="polite">
            <Show when=move || is_shown.get()>
                <div class=class>
                    <p>{text}</p>
                    <Button kind=ButtonKind::Quiet on_press=dismiss>
                        "Dismiss"
                    </Button>
                </div>
            </Show>
        </div>
    }
}
