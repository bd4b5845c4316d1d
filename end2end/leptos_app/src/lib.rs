//! A Leptos app with a conversation in it. docs/use_chat.md shows it.

use app::chat::{UseChatOptions, use_chat};
use leptos::prelude::*;

/// The conversation `calm-otter`, with a field for the next message.
#[component]
pub fn Conversation() -> impl IntoView {
    let chat = use_chat(UseChatOptions {
        name: "calm-otter".to_owned(),
        host: Some("localhost:8787".to_owned()),
        ..UseChatOptions::default()
    });
    let draft = RwSignal::new(String::new());

    view! {
        <For each=move || chat.messages.get() key=|row| row.key() let(row)>
            <p>
                {row.role.as_str()} ": "
                {move || row.with_texts(|message| message.plain_text())}
            </p>
        </For>
        <form on:submit=move |event| {
            event.prevent_default();
            chat.send(draft.get());
            draft.set(String::new());
        }>
            <input aria-label="Message" bind:value=draft />
            <button>"Send"</button>
        </form>
        <p role="status">{move || format!("{:?}", chat.run.get())}</p>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn it_renders_on_a_server() {
        let owner = Owner::new();
        let html = owner.with(|| view! { <Conversation /> }.to_html());
        assert!(html.contains("aria-label=\"Message\""), "{html}");
        assert!(html.contains("Idle"), "{html}");
    }
}
