//! What the model reads: how large each part is, and its text.

use common::{
    callable::Callable,
    state::{ContextPart, ContextTexts},
};
use leptos::{html::Dialog, prelude::*, task::spawn_local};

use crate::{
    browser::dialog,
    chat::{MethodCall, PartSize, PartText, UseChat},
    components::{Button, ButtonKind},
};

/// What the agent has answered; `None`: nothing yet.
type Answered = RwSignal<Option<Result<ContextTexts, String>>>;

/// The dialog, which opens by itself.
#[component]
pub(super) fn ContextDialog(
    /// The conversation.
    chat: UseChat,
    /// Whether it is there.
    is_open: RwSignal<bool>,
    /// What is known of the usage, line by line.
    #[prop(into)]
    lines: Signal<Vec<String>>,
    /// The parts.
    #[prop(into)]
    parts: Signal<Vec<PartSize>>,
) -> impl IntoView {
    let dialog = NodeRef::<Dialog>::new();
    Effect::new(move || dialog::open_by_itself(dialog));
    let close = Callback::new(move |()| dialog::close(dialog));
    let answered = ask(chat);
    // The texts that are being read stay while the numbers of the next request come in.
    let part = move |name: &'static str| {
        let size = Memo::new(move |_| {
            parts.with(|parts| parts.iter().find(|part| part.name == name).copied())
        });
        view! { <Part size answered /> }
    };
    view! {
        <dialog
            node_ref=dialog
            class="question context-dialog"
            aria-labelledby="context-title"
            on:close=move |_| is_open.set(false)
        >
            <h2 id="context-title">"What the model reads"</h2>
            {move || lines.get().into_iter().map(|line| view! { <p>{line}</p> }).collect_view()}
            <ul class="context-parts" role="list">
                <For each=move || parts.get() key=|part| part.name let:size>
                    <li>{part(size.name)}</li>
                </For>
            </ul>
            <div class="question-buttons">
                <Button kind=ButtonKind::Plain on_press=close>
                    "Close"
                </Button>
            </div>
        </dialog>
    }
}

fn ask(chat: UseChat) -> Answered {
    let answered = RwSignal::new(None);
    let asked = chat.call(MethodCall::new(Callable::GetContext.as_str(), Vec::new()));
    spawn_local(async move {
        let texts = asked.await.map_err(|error| error.to_string());
        let unreadable = || "The server's answer cannot be read.".to_owned();
        let texts = texts.and_then(|texts| ContextTexts::from_json(texts).ok_or_else(unreadable));
        answered.try_set(Some(texts));
    });
    answered
}

/// A part: its name and size, and its text where it is opened.
#[component]
fn Part(size: Memo<Option<PartSize>>, answered: Answered) -> impl IntoView {
    let name = move || size.get().map(|size| size.name);
    let words = move || size.get().map(|size| format!("{} tokens", size.words()));
    let text = Memo::new(move |_| size.get().map(|size| size.text));
    let shown = move || {
        text.get().map(|text| match text {
            PartText::Of(part) => view! { <Text part answered /> }.into_any(),
            PartText::Settings => view! {
                <p>
                    "Those of the owner of this conversation, for all of their conversations. Yours are in "
                    <a href="/settings">"the settings"</a> "."
                </p>
            }
            .into_any(),
            PartText::Here(words) => view! { <p>{words}</p> }.into_any(),
        })
    };
    view! {
        <details>
            <summary>
                <span class="context-name">{name}</span>
                " "
                <span class="context-size">{words}</span>
            </summary>
            {shown}
        </details>
    }
}

/// The text of a part, as the agent returns it.
#[component]
fn Text(part: ContextPart, answered: Answered) -> impl IntoView {
    move || match answered.get() {
        None => view! { <p role="status">"Loading…"</p> }.into_any(),
        Some(Err(error)) => view! { <p role="alert">{error}</p> }.into_any(),
        Some(Ok(texts)) => match texts.of(part) {
            None => view! { <p>"The next request has it no more."</p> }.into_any(),
            Some(text) => {
                let own = (part == ContextPart::System).then(|| {
                    view! { <p>"Instructions of the server's operator, if there are any, are not shown."</p> }
                });
                view! {
                    {own}
                    // It scrolls, so that it needs the focus.
                    <pre class="context-text" tabindex="0" dir="auto">
                        {text.to_owned()}
                    </pre>
                }
                .into_any()
            }
        },
    }
}
