//! The messages that wait for their turns, above the composer: every page of the conversation shows the same ones.

use common::{
    callable::Callable as Method,
    directory::title,
    id::MessageId,
    message::Message,
    state::{RunSummary, Waiting},
};
use leptos::{ev::KeyboardEvent, html::Textarea, prelude::*, task::spawn_local};
use serde_json::{Value, json};

use crate::{
    browser::{dom, field},
    chat::{MethodCall, RowHandle, UseChat},
    components::{Alert, Button, ButtonKind, enter_key::enter},
};

/// So much of a message is shown.
const SHOWN_CHARS: usize = 300;

const LOST: &str = "Coder has begun to answer the message that you were changing. Your change is in the message field.";

/// What the lines share.
#[derive(Clone, Copy)]
struct Queue {
    chat: UseChat,
    waiting: Memo<Vec<Waiting>>,
    /// The message that is being changed, with its new text so far; `None` before a key was pressed.
    changed: RwSignal<Option<(MessageId, Option<String>)>>,
    problem: RwSignal<Option<String>>,
    /// Whether the focus was here last, so that it must not go with a line.
    is_used: RwSignal<bool>,
}

/// The queue; nothing where nobody waits.
#[component]
pub(super) fn QueuedMessages(
    /// The conversation.
    chat: UseChat,
) -> impl IntoView {
    let waiting = Memo::new(move |_| {
        let run = chat
            .facts
            .with(|facts| facts.state.as_ref()?.get("run").cloned());
        let run = run.and_then(|run: Value| RunSummary::from_json(&run));
        run.map(|run| run.waiting).unwrap_or_default()
    });
    let queue = Queue {
        chat,
        waiting,
        changed: RwSignal::new(None),
        problem: RwSignal::new(None),
        is_used: RwSignal::new(false),
    };
    queue.keep_changes();
    queue.keep_focus();
    let count = move || match waiting.with(Vec::len) {
        1 => "1 message waits".to_owned(),
        count => format!("{count} messages wait"),
    };
    let line = move |one: Waiting| view! { <Line queue one /> };
    view! {
        <Show when=move || waiting.with(|waiting| !waiting.is_empty())>
            <section class="queue" aria-label="Waiting messages">
                <h2 class="queue-title" tabindex="-1">
                    {count}
                </h2>
                <ol>
                    <For each=move || waiting.get() key=|one| one.request.clone() children=line />
                </ol>
            </section>
        </Show>
        {move || {
            let text = queue.problem.get()?;
            let dismiss = Callback::new(move |()| queue.problem.set(None));
            Some(view! {
                <Alert text>
                    <Button kind=ButtonKind::Quiet on_press=dismiss>
                        "Dismiss"
                    </Button>
                </Alert>
            }
            .into_any())
        }}
    }
}

impl Queue {
    /// A message whose turn begins takes the field with it in which it was being changed: the new text goes to the composer.
    fn keep_changes(self) {
        Effect::new(move || {
            let waiting = self.waiting.get();
            let waits = |id: &MessageId| waiting.iter().any(|one| one.message == *id);
            let changed = self.changed.get_untracked();
            let Some((id, text)) = changed.filter(|(id, _)| !waits(id)) else {
                return;
            };
            self.changed.set(None);
            let was = self
                .row(&id)
                .map(|row| row.with_untracked(Message::plain_text));
            if let Some(text) = text.filter(|text| was.as_ref() != Some(text)) {
                self.chat.give_back(text);
                self.problem.set(Some(LOST.to_owned()));
            }
        });
    }

    /// The focus goes to the composer when the last line goes.
    fn keep_focus(self) {
        Effect::new(move || {
            if self.waiting.with(Vec::is_empty) && self.is_used.get_untracked() {
                self.is_used.set(false);
                field::focus_composer();
            }
        });
    }

    /// The message, if it is loaded.
    fn row(self, id: &MessageId) -> Option<RowHandle> {
        let find = |rows: &Vec<RowHandle>| rows.iter().rfind(|row| row.id == *id).cloned();
        self.chat.messages.with(find)
    }

    /// The focus moves to the title: its element may be removed.
    fn hold_focus(self) {
        self.is_used.set(true);
        dom::focus_first(".queue-title");
    }

    fn call(self, method: Method, argument: Value, done: impl FnOnce() + 'static) {
        let call = MethodCall::new(method.as_str(), vec![argument]);
        let call = self.chat.call(call);
        spawn_local(async move {
            let problem = match call.await {
                Ok(_) => {
                    done();
                    None
                }
                Err(error) => Some(format!("{}.", error.cause().trim_end_matches('.'))),
            };
            self.problem.try_set(problem);
        });
    }
}

/// A message that waits.
#[component]
fn Line(queue: Queue, one: Waiting) -> impl IntoView {
    let id = StoredValue::new(one.message);
    let request = one.request;
    let is_first = Memo::new(move |_| {
        let first =
            |waiting: &Vec<Waiting>| waiting.first().is_some_and(|one| one.request == request);
        queue.waiting.with(first)
    });
    let is_changed = Memo::new(move |_| {
        let changed = |changed: &Option<(MessageId, Option<String>)>| {
            changed
                .as_ref()
                .is_some_and(|(changed, _)| id.with_value(|id| changed == id))
        };
        queue.changed.with(changed)
    });
    let text = move || {
        let row = id.with_value(|id| queue.row(id));
        match row {
            Some(row) => title::shortened(&row.with_texts(Message::text_or_names), SHOWN_CHARS),
            None => "A message that is not loaded on this page".to_owned(),
        }
    };
    let act = move |method: Method| {
        Callback::new(move |()| {
            queue.hold_focus();
            let argument = id.with_value(|id| json!({"messageId": id.as_str()}));
            queue.call(method, argument, || {});
        })
    };
    let change = Callback::new(move |()| queue.changed.set(Some((id.get_value(), None))));
    // What is only loaded in part cannot be changed here.
    let is_whole = move || {
        let row = id.with_value(|id| queue.row(id));
        row.is_some_and(|row| row.with(|message| message.whole_bytes().is_none()))
    };
    view! {
        <li class="queue-line">
            <Show
                when=move || is_changed.get()
                fallback=move || {
                    view! {
                        <p class="queue-text" dir="auto">
                            {text}
                        </p>
                        <div class="queue-buttons">
                            <Button kind=ButtonKind::Quiet on_press=act(Method::SendQueuedNow)>
                                "Send now"
                            </Button>
                            <Show when=move || !is_first.get()>
                                <Button
                                    kind=ButtonKind::Quiet
                                    on_press=act(Method::MoveQueuedFirst)
                                >
                                    "Move first"
                                </Button>
                            </Show>
                            <Show when=is_whole>
                                <Button kind=ButtonKind::Quiet on_press=change>
                                    "Change"
                                </Button>
                            </Show>
                            <Button kind=ButtonKind::Quiet on_press=act(Method::RemoveQueued)>
                                "Remove"
                            </Button>
                        </div>
                    }
                }
            >
                <Change queue id />
            </Show>
        </li>
    }
}

/// The field in which a waiting message is changed.
#[component]
fn Change(queue: Queue, id: StoredValue<MessageId>) -> impl IntoView {
    let field = NodeRef::<Textarea>::new();
    let row = id.with_value(|id| untrack(|| queue.row(id)));
    let text = row
        .as_ref()
        .map(|row| row.with_untracked(Message::plain_text));
    Effect::new(move || {
        if field.get().is_some() {
            field::replace_text(field, text.as_deref().unwrap_or_default());
            field::fit(field);
            field::focus(field);
        }
    });
    let close = move || {
        queue.changed.try_set(None);
        queue.hold_focus();
    };
    let save = Callback::new(move |()| {
        let draft = row.as_ref().map(|row| row.with_untracked(Message::draft));
        let (Some(mut draft), Some(text)) = (draft, field::text_of(field)) else {
            return;
        };
        draft.text = text;
        if draft.is_blank() {
            return field::focus(field);
        }
        let message = draft.into_message(id.get_value());
        queue.call(Method::EditQueued, message.to_json(), close);
    });
    let cancel = Callback::new(move |()| close());
    let press_key = move |event: KeyboardEvent| {
        if event.key() == "Escape" && !event.is_composing() {
            event.prevent_default();
            close();
        } else if enter(&event).is_some() {
            save.run(());
        }
    };
    let written = move |_| {
        field::fit(field);
        if let Some(text) = field::text_of(field) {
            queue.changed.set(Some((id.get_value(), Some(text))));
        }
    };
    view! {
        <textarea
            node_ref=field
            class="queue-field"
            rows="1"
            dir="auto"
            autocomplete="off"
            aria-label="New text"
            on:keydown=press_key
            on:input=written
        ></textarea>
        <div class="queue-buttons">
            <Button kind=ButtonKind::Quiet on_press=cancel>
                "Cancel"
            </Button>
            <Button kind=ButtonKind::Plain on_press=save>
                "Save"
            </Button>
        </div>
    }
}
