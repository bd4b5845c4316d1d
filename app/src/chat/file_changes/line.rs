//! What the buttons under an answer lead to: its changes, and how an undo or a redo goes.

use common::{
    callable::Callable,
    workspace::{CompareRequest, Comparison, ConflictChoice, UndoRequest},
};
use leptos::{prelude::*, task::spawn_local};

use super::{
    Pressed, Wish,
    outcome::{Outcome, done_words},
};
use crate::{
    chat::{Changes, MethodCall, UseChat},
    components::{Alert, Button, ButtonKind, ConflictQuestion, Places},
};

/// How far an undo or a redo is.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Stage {
    Running,
    Over(Wish, Outcome),
}

/// What was changed.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Compared {
    Looking,
    Found(Comparison),
    Failed(String),
}

/// The view.
pub(super) fn view(id: String, chat: UseChat, pressed: Pressed) -> AnyView {
    view! { <Line id chat pressed /> }.into_any()
}

#[component]
fn Line(id: String, chat: UseChat, pressed: Pressed) -> impl IntoView {
    let stage = RwSignal::new(None::<Stage>);
    let reverse = move |wish: Wish, choice: Option<ConflictChoice>| {
        if stage.get_untracked() == Some(Stage::Running) {
            return;
        }
        stage.set(Some(Stage::Running));
        spawn_local(async move {
            let outcome = turn(chat, &wish, choice).await;
            stage.try_set(Some(Stage::Over(wish, outcome)));
        });
    };
    Effect::new(move || {
        if let Some(wish) = pressed.wish.get() {
            reverse(wish, None);
        }
    });
    let id = StoredValue::new(id);
    view! {
        <div class="message-files-line">
            {move || match stage.get() {
                None | Some(Stage::Running) => ().into_any(),
                Some(Stage::Over(_, Outcome::Failed(text))) => {
                    let dismiss = Callback::new(move |()| stage.set(None));
                    view! {
                        <Alert text>
                            <Button kind=ButtonKind::Quiet on_press=dismiss>
                                "Dismiss"
                            </Button>
                        </Alert>
                    }
                        .into_any()
                }
                Some(Stage::Over(wish, Outcome::Conflict(places))) => {
                    let choose = Callback::new(move |choice: Option<ConflictChoice>| {
                        stage.set(None);
                        if choice.is_some() {
                            reverse(wish.clone(), choice);
                        }
                    });
                    view! { <ConflictQuestion places on_choice=choose /> }.into_any()
                }
                Some(Stage::Over(_, Outcome::Done(places))) if places.is_empty() => ().into_any(),
                Some(Stage::Over(_, Outcome::Done(places))) => {
                    view! { <p class="message-files-words">"These stay as they are: " <Places places /> "."</p> }
                        .into_any()
                }
            }}
            // It is there before its words, so that they are read out.
            <p class="visually-hidden" role="status">
                {move || match stage.get() {
                    Some(Stage::Over(wish, Outcome::Done(_))) => done_words(wish.method),
                    None | Some(Stage::Running | Stage::Over(..)) => "",
                }}
            </p>
            <Show when=move || pressed.is_shown.get()>
                <Diffs id=id.get_value() chat />
            </Show>
        </div>
    }
}

/// What the answer itself changed.
#[component]
fn Diffs(id: String, chat: UseChat) -> impl IntoView {
    let compared = RwSignal::new(Compared::Looking);
    let request = CompareRequest {
        answer: Some(id),
        ..CompareRequest::default()
    };
    let call = MethodCall::new(Callable::Compare.as_str(), vec![request.to_json()]);
    let calling = chat.call(call);
    spawn_local(async move {
        let found = match calling.await.map(Comparison::from_json) {
            Ok(Some(found)) => Compared::Found(found),
            Ok(None) => Compared::Failed("The server's answer could not be read.".to_owned()),
            Err(error) => Compared::Failed(error.to_string()),
        };
        compared.try_set(found);
    });
    move || match compared.get() {
        Compared::Looking => view! { <p class="message-files-words">"Looking…"</p> }.into_any(),
        Compared::Failed(text) => view! { <p role="alert">{text}</p> }.into_any(),
        Compared::Found(found) if found.changes.is_empty() => {
            view! { <p class="message-files-words">"Afterwards everything was as before."</p> }
                .into_any()
        }
        Compared::Found(found) => {
            let changes = Memo::new(move |_| (found.changes.clone(), found.more));
            view! { <Changes changes /> }.into_any()
        }
    }
}

/// Undoes or redoes.
async fn turn(chat: UseChat, wish: &Wish, on_conflict: Option<ConflictChoice>) -> Outcome {
    let request = UndoRequest {
        answers: wish.answers.clone(),
        on_conflict,
        is_check: false,
        is_leaving: false,
    };
    let call = MethodCall::new(wish.method.as_str(), vec![request.to_json()]);
    Outcome::of(chat.call(call).await)
}
