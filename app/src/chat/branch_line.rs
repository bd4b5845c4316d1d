//! Where several branches follow a message: which one is shown, and the way to the others.

use common::{id::MessageId, state::Fork};
use leptos::prelude::*;

use super::{UseChat, file_changes::SwitchResult};
use crate::{
    api::Reader,
    components::{Button, ButtonKind},
};

/// The messages of a conversation that several branches follow.
pub(super) fn forks_of(chat: UseChat) -> Memo<Vec<Fork>> {
    Memo::new(move |_| {
        chat.facts.with(|facts| {
            let state = facts.state.as_ref();
            Fork::list_from_json(state.and_then(|state| state.get("forks")))
        })
    })
}

/// The line behind a message that several branches follow; other messages have none.
#[component]
pub(super) fn BranchLine(
    /// The conversation.
    chat: UseChat,
    /// Its forks.
    forks: Memo<Vec<Fork>>,
    /// The message; empty for the beginning of the conversation.
    after: MessageId,
) -> impl IntoView {
    let (id, after) = (after.clone(), StoredValue::new(after));
    let fork =
        Memo::new(move |_| forks.with(|forks| forks.iter().find(|fork| fork.after == id).cloned()));
    let can_write =
        chat.is_live() && use_context::<Reader>().is_none_or(|reader| reader.read_only.is_none());
    let wanted = RwSignal::new(None);
    // From the last branch on to the first: a button that can do nothing would lose the focus.
    let neighbour = move |steps: fn(&Fork) -> u32| {
        let next = move |fork: &Fork| fork.shown.checked_add(steps(fork))?.checked_rem(fork.count);
        fork.with_untracked(|fork| fork.as_ref().and_then(next))
    };
    let button = move |words: &'static str, name: &'static str, steps: fn(&Fork) -> u32| {
        let press = Callback::new(move |()| {
            wanted.set(neighbour(steps).map(|index| index + 1));
        });
        view! {
            <Button kind=ButtonKind::Quiet name on_press=press>
                {words}
            </Button>
        }
    };
    let words = move || {
        fork.with(|fork| {
            let words = |fork: &Fork| format!("Branch {} of {}", fork.shown, fork.count);
            fork.as_ref().map(words)
        })
    };
    view! {
        <Show when=move || fork.with(Option::is_some)>
            <div class="branch-line" role="group" aria-label="Branches">
                // The number of a branch counts from 1, so that its own is the index of the next one.
                {can_write.then(|| button("\u{2039}", "Previous branch", |fork| fork.count.saturating_sub(2)))}
                <span role="status">{words}</span>
                {can_write.then(|| button("\u{203a}", "Next branch", |_| 0))}
                <Show when=move || wanted.get().is_some()>
                    <SwitchResult chat after=after.get_value() wanted />
                </Show>
            </div>
        </Show>
    }
}
