//! Instructions that came with an archive: the agent does not follow them until the user says so.

use common::{callable, state::Unconfirmed};
use leptos::{prelude::*, task::spawn_local};

use super::{MethodCall, UseChat};
use crate::components::{Button, ButtonKind};

/// A notice for each file that waits.
#[component]
pub(crate) fn UnconfirmedNotices(
    /// The conversation.
    chat: UseChat,
    /// Opens a file.
    on_show: Callback<String>,
) -> impl IntoView {
    let waiting = Memo::new(move |_| {
        chat.facts.with(|facts| {
            let state = facts.state.as_ref();
            Unconfirmed::list_from_json(state.and_then(|state| state.get("unconfirmed")))
        })
    });
    let notice = move |file| view! { <UnconfirmedNotice chat on_show file /> };
    view! { {move || waiting.get().into_iter().map(notice).collect_view()} }
}

#[component]
fn UnconfirmedNotice(chat: UseChat, on_show: Callback<String>, file: Unconfirmed) -> impl IntoView {
    let path = file.path.clone();
    let show_name = format!("Show {path}");
    let follow_name = format!("Follow {path}");
    let show = {
        let path = path.clone();
        Callback::new(move |()| on_show.run(path.clone()))
    };
    let follow = Callback::new(move |()| confirm(chat, &file));
    view! {
        <div class="notice" role="status">
            <p>
                <code>{path}</code>
                " came with an archive. Coder does not follow these instructions until you allow it."
            </p>
            <Button kind=ButtonKind::Plain name=show_name on_press=show>
                "Show"
            </Button>
            <Button kind=ButtonKind::Plain name=follow_name on_press=follow>
                "Follow"
            </Button>
        </div>
    }
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
