//! Instructions that came with an archive: the agent does not follow them until the user says so.

use common::{callable, state::Unconfirmed};
use leptos::{prelude::*, task::spawn_local};

use super::{MethodCall, UseChat};
use crate::components::{
    ButtonKind, Erase, button,
    dynamic::dynamic,
    node::{Node, element},
};

/// A notice for each file that waits; `show` opens it.
pub(crate) fn unconfirmed_notices(chat: UseChat, show: Callback<String>) -> AnyView {
    let waiting = Memo::new(move |_| {
        chat.facts.with(|facts| {
            let state = facts.state.as_ref();
            Unconfirmed::list_from_json(state.and_then(|state| state.get("unconfirmed")))
        })
    });
    dynamic(move || {
        let notices = waiting.get().into_iter();
        let notices: Vec<Node> = notices.map(|file| notice(chat, show, file)).collect();
        notices.erase()
    })
}

fn notice(chat: UseChat, show: Callback<String>, file: Unconfirmed) -> Node {
    let path = file.path.clone();
    let words = element(
        "p",
        vec![
            element("code", vec![Node::Text(path.clone())]).into(),
            " came with an archive. Coder does not follow these instructions until you allow it."
                .into(),
        ],
    );
    let label = |verb: &str| format!("{verb} {}", file.path);
    let (show_label, follow_label) = (label("Show"), label("Follow"));
    let shown = Callback::new(move |()| show.run(path.clone()));
    let show = button(ButtonKind::Plain, "Show", shown).with("aria-label", show_label);
    let follow = Callback::new(move |()| confirm(chat, &file));
    let follow = button(ButtonKind::Plain, "Follow", follow).with("aria-label", follow_label);
    element("div", vec![words.into(), show.into(), follow.into()])
        .with("class", "notice")
        .with("role", "status")
        .into()
}

fn confirm(chat: UseChat, file: &Unconfirmed) {
    let call = chat.call(MethodCall::new(
        callable::Callable::ConfirmInstructions.as_str(),
        vec![file.to_json()],
    ));
    spawn_local(async move {
        if let Err(error) = call.await {
            chat.report(error);
        }
    });
}
