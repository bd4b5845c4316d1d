//! The way to what comes before the first message on the page.

use common::{
    client::{Earlier, Load},
    naming::encode_segment,
};
use leptos::{ev::MouseEvent, prelude::*, wasm_bindgen::JsCast};

use super::{UseChat, driver, header, message_list::message_list};
use crate::{
    api::{BackendError, Transcript},
    components::{
        dynamic::{text, when},
        node::{Node, element},
    },
};

/// A link above the messages, for as long as there are earlier ones. Without JavaScript it links to a page with them;
/// else they come in here, also when the reader scrolls up to it.
pub(crate) fn earlier_line(chat: UseChat) -> AnyView {
    let earlier = Memo::new(move |_| chat.facts.with(|facts| facts.earlier.clone()));
    let is_idle = move || earlier.with_untracked(|earlier| load_of(earlier) == Some(Load::Idle));
    if chat.is_live() {
        driver::near_top(Callback::new(move |()| {
            if is_idle() {
                chat.load_earlier();
            }
        }));
    }
    when(
        move || earlier.with(|earlier| load_of(earlier).is_some()),
        move || {
            let words = text(move || earlier.with(link_words).to_owned());
            let mut link = element("a", vec![words])
                .with("class", "button button-quiet")
                .following("href", move || earlier.with(address));
            if chat.is_live() {
                link = link.on("click", move |event| {
                    let event: MouseEvent = event.unchecked_into();
                    // A new tab is for the browser to open.
                    if !(event.ctrl_key() || event.meta_key() || event.shift_key()) {
                        event.prevent_default();
                        chat.load_earlier();
                    }
                });
            }
            let state = element(
                "span",
                vec![text(move || earlier.with(state_words).to_owned())],
            )
            .with("role", "status");
            element("p", vec![state.into(), link.into()])
                .with("class", "earlier")
                .erase()
        },
    )
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

/// A page with earlier messages of the conversation called `name`, to read. What was said since is on another page.
pub(crate) fn earlier_page(name: &str, stored: Result<Transcript, BackendError>) -> Node {
    let (transcript, problem) = match stored {
        Ok(transcript) => (transcript, None),
        Err(error) => (Transcript::default(), Some(error.text)),
    };
    let chat = UseChat::still(name, &transcript.into());
    let title = element("h1", vec![Node::Text(name.to_owned())]).with("class", "visually-hidden");
    let notice = |text: String| {
        let notice = element("p", vec![text.into()]).with("class", "notice");
        Node::from(notice.with("role", "note"))
    };
    let back = element("a", vec!["Back to the newest messages".into()])
        .with("class", "button")
        .with("href", format!("/chat/{}", encode_segment(name)));
    let mut content = vec![title.into()];
    content.extend(problem.map(notice));
    content.extend([
        earlier_line(chat).into(),
        message_list(chat),
        element("p", vec![back.into()])
            .with("class", "earlier")
            .into(),
    ]);
    let main = element("main", content).with("class", "conversation");
    element("div", vec![header(Vec::new()), main.into()])
        .with("class", "page")
        .into()
}
