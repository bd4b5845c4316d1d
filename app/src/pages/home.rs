//! `/`: a conversation that begins with its first message.

use leptos::prelude::*;
use leptos_router::hooks::use_navigate;

use crate::{
    chat::{
        Composer, FirstMessage, composer, demo_note::demo_note, driver, empty_state, fresh_name,
        header,
    },
    components::node::element,
};

/// The start page. It has no connection: the conversation gets a name, and a page, with the first message.
#[component]
pub(crate) fn HomePage() -> impl IntoView {
    let first = expect_context::<FirstMessage>();
    let navigate = use_navigate();
    let start = Callback::new(move |text: String| {
        if text.trim().is_empty() {
            return;
        }
        let name = fresh_name(driver::random_bytes());
        let path = format!("/chat/{name}");
        first.leave(name, text);
        navigate(&path, Default::default());
    });
    let heading = element("h1", vec!["Coder".into()]).with("class", "visually-hidden");
    let mut content = vec![heading.into()];
    content.extend(demo_note());
    content.push(empty_state(start));
    let main = element("main", content).with("class", "conversation conversation-empty");
    let composer = composer(Composer {
        send: start,
        steer: None,
        stop: Callback::new(|()| ()),
        is_busy: Signal::stored(false),
        draft: "home".to_owned(),
        chat: None,
        is_focused: false,
        above: Vec::new(),
    });
    element("div", vec![header(Vec::new()), main.into(), composer])
        .with("class", "page")
        .erase()
}
