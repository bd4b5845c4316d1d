//! Another branch is shown, with its files.

use common::{callable::Callable, id::MessageId, workspace::ConflictChoice};
use leptos::{prelude::*, task::spawn_local};
use serde_json::json;

use super::outcome::Outcome;
use crate::{
    chat::{MethodCall, UseChat},
    components::{Alert, Button, ButtonKind, ConflictQuestion},
};

/// The view: what stands in the way of the switch. After it there is another branch, and another view.
pub(super) fn view(chat: UseChat, after: MessageId, wanted: RwSignal<Option<u32>>) -> AnyView {
    view! { <Switch chat after wanted /> }.into_any()
}

#[component]
fn Switch(chat: UseChat, after: MessageId, wanted: RwSignal<Option<u32>>) -> impl IntoView {
    let outcome = RwSignal::new(None::<Outcome>);
    let switch = move |to: u32, choice: Option<ConflictChoice>| {
        let mut request = json!({"after": after.as_str(), "to": to});
        if let (Some(choice), Some(fields)) = (choice, request.as_object_mut()) {
            fields.insert("onConflict".to_owned(), choice.as_str().into());
        }
        let call = MethodCall::new(Callable::SwitchBranch.as_str(), vec![request]);
        let calling = chat.call(call);
        spawn_local(async move {
            let answer = Outcome::of(calling.await);
            match answer {
                Outcome::Done(_) => {
                    wanted.try_set(None);
                }
                Outcome::Conflict(_) | Outcome::Failed(_) => {
                    outcome.try_set(Some(answer));
                }
            }
        });
    };
    let begin = switch.clone();
    Effect::new(move || {
        if let Some(to) = wanted.get() {
            outcome.set(None);
            begin(to, None);
        }
    });
    move || {
        let switch = switch.clone();
        match outcome.get() {
            None | Some(Outcome::Done(_)) => ().into_any(),
            Some(Outcome::Conflict(places)) => {
                let choose = Callback::new(move |choice: Option<ConflictChoice>| {
                    outcome.set(None);
                    match (choice, wanted.get_untracked()) {
                        (Some(_), Some(to)) => switch(to, choice),
                        (None, _) | (_, None) => wanted.set(None),
                    }
                });
                view! { <ConflictQuestion places on_choice=choose /> }.into_any()
            }
            Some(Outcome::Failed(text)) => {
                let dismiss = Callback::new(move |()| wanted.set(None));
                view! {
                    <Alert text>
                        <Button kind=ButtonKind::Quiet on_press=dismiss>
                            "Dismiss"
                        </Button>
                    </Alert>
                }
                .into_any()
            }
        }
    }
}
