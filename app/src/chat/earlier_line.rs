//! The way to what comes before the first message on the page.

use common::{
    client::{Earlier, Load},
    naming::encode_segment,
};
use leptos::{ev::MouseEvent, prelude::*};

use super::{UseChat, driver};

/// A link above the messages, for as long as there are earlier ones. Without JavaScript it links to a page with them;
/// else they come in here, also when the reader scrolls up to it.
#[component]
pub(super) fn EarlierLine(
    /// The conversation.
    chat: UseChat,
) -> impl IntoView {
    let earlier = Memo::new(move |_| chat.facts.with(|facts| facts.earlier.clone()));
    let is_idle = move || earlier.with_untracked(|earlier| load_of(earlier) == Some(Load::Idle));
    if chat.is_live() {
        driver::near_top(Callback::new(move |()| {
            if is_idle() {
                chat.load_earlier();
            }
        }));
    }
    let follow = move |event: MouseEvent| {
        // A new tab is for the browser to open.
        let is_elsewhere = event.ctrl_key() || event.meta_key() || event.shift_key();
        if chat.is_live() && !is_elsewhere {
            event.prevent_default();
            chat.load_earlier();
        }
    };
    view! {
        <Show when=move || earlier.with(|earlier| load_of(earlier).is_some())>
            <p class="earlier">
                <span role="status">{move || earlier.with(state_words)}</span>
                <a class="button button-quiet" href=move || earlier.with(address) on:click=follow>
                    {move || earlier.with(link_words)}
                </a>
            </p>
        </Show>
    }
}

const fn load_of(earlier: &Earlier) -> Option<Load> {
    match earlier {
        Earlier::None => None,
        Earlier::Stored { load, .. } => Some(*load),
    }
}

/// The page that ends before the first message of this one.
fn address(earlier: &Earlier) -> Option<String> {
    match earlier {
        Earlier::None => None,
        Earlier::Stored { before, .. } => {
            Some(format!("?before={}", encode_segment(before.as_str())))
        }
    }
}

const fn link_words(earlier: &Earlier) -> &'static str {
    match load_of(earlier) {
        Some(Load::Failed) => "Try again",
        Some(Load::Underway) => "Loading…",
        Some(Load::Idle) | None => "Show earlier messages",
    }
}

const fn state_words(earlier: &Earlier) -> &'static str {
    match load_of(earlier) {
        Some(Load::Failed) => "Earlier messages could not be loaded. Nothing is lost. ",
        Some(Load::Underway) => "Loading earlier messages. ",
        Some(Load::Idle) | None => "",
    }
}
