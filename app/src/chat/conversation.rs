//! A conversation on its page.

use common::client::{ChatError, Status};
use leptos::prelude::*;

use super::{
    Composer, UseChat, UseChatOptions,
    announcer::announcer,
    clear_button::clear_button,
    composer,
    connection_pill::connection_pill,
    conversation_menu::conversation_menu,
    driver,
    earlier::earlier_line,
    empty_state,
    error_bubble::{error_bubble, problem_notice},
    follow::jump_to_latest,
    header,
    message_list::message_list,
    reader::{is_read_only, read_only_note},
    tasks::task_line,
    use_chat,
};
use crate::{
    api::{BackendError, Transcript},
    components::{
        Erase,
        dynamic::when,
        effect,
        node::{Element, Node, element},
    },
    update::{Busy, Update},
    workspace::{DrawerState, drawer, files_button},
};

/// The conversation called `name`, as `stored`. `first_message` is sent at once.
pub(crate) fn conversation(
    name: String,
    stored: Result<Transcript, BackendError>,
    first_message: Option<String>,
) -> Node {
    let (transcript, problem) = match stored {
        Ok(transcript) => (transcript, None),
        Err(error) => (Transcript::default(), Some(error)),
    };
    let options = UseChatOptions {
        name: name.clone(),
        initial_messages: transcript.into(),
        ..UseChatOptions::default()
    };
    let chat = use_chat(options);

    let at_end = RwSignal::new(true);
    driver::follow_end(at_end);
    let is_new = first_message.is_some();
    let to_end = move |take: fn(&UseChat, String)| {
        Callback::new(move |text: String| {
            if !text.trim().is_empty() {
                take(&chat, text);
                driver::scroll_to_end(at_end);
            }
        })
    };
    let (send, steer) = (to_end(UseChat::send), to_end(UseChat::steer));
    let press = move |press: fn(&UseChat)| Callback::new(move |()| press(&chat));
    let (stop, retry) = (press(UseChat::stop), press(UseChat::retry));
    if let Some(text) = first_message {
        chat.send(text);
    }
    let draft = format!("chat/{name}");
    let is_busy =
        Signal::derive(move || matches!(chat.status.get(), Status::Submitted | Status::Streaming));
    let is_empty = Memo::new(move |_| chat.messages.with(Vec::is_empty));
    follow_updates(chat);
    let files = DrawerState::new();
    let mut tools = connection_pill(chat.connection, retry, &name);
    tools.push(files_button(files));
    let read_only = is_read_only(&name);
    if !read_only {
        tools.extend(clear_button(press(UseChat::clear)));
        tools.extend(conversation_menu(&name));
    }
    let drawer = drawer(files, chat, name.clone());
    let suggestions = when(
        move || is_empty.get() && !read_only,
        move || empty_state(send).erase(),
    );
    let mut content = vec![
        element("h1", vec![name.into()])
            .with("class", "visually-hidden")
            .into(),
    ];
    content.extend(problem.map(|problem| load_problem(problem.text)));
    content.extend([
        suggestions.into(),
        earlier_line(chat).into(),
        message_list(chat),
        error_bubble(chat, retry).into(),
        problem_notice(chat).into(),
    ]);
    let composer = if read_only {
        read_only_note()
    } else {
        composer(Composer {
            send,
            steer: Some(steer),
            stop,
            is_busy,
            draft,
            chat: Some(chat),
            is_focused: is_new,
            above: vec![
                jump_to_latest(at_end).into(),
                task_line(chat, files.show()).into(),
            ],
        })
    };
    let content = vec![
        header(tools),
        drawer.into(),
        main(content, is_empty).into(),
        composer,
        announcer(chat),
    ];
    let class = if read_only { "page read-only" } else { "page" };
    element("div", content).with("class", class).into()
}

/// Passes on what the server says of newer pages, and what a reload would interrupt.
fn follow_updates(chat: UseChat) {
    let Some(update) = Update::of_page() else {
        return;
    };
    let served = Memo::new(move |_| chat.facts.with(|facts| facts.served_page.clone()));
    effect(move || {
        if let Some(build) = served.get() {
            update.serves(build);
        }
    });
    let is_busy = Memo::new(move |_| {
        let answers = matches!(chat.status.get(), Status::Submitted | Status::Streaming);
        let is_kept = chat
            .facts
            .with(|facts| facts.problem != Some(ChatError::NotKept));
        answers || !is_kept
    });
    effect(move || update.note(|busy| busy.conversation = is_busy.get()));
    on_cleanup(move || update.note(|busy| *busy = Busy::default()));
}

/// The part of the page that holds what is said.
fn main(content: Vec<Node>, is_empty: Memo<bool>) -> Element {
    element("main", content).following("class", move || {
        let class = if is_empty.get() {
            "conversation conversation-empty"
        } else {
            "conversation"
        };
        Some(class.to_owned())
    })
}

fn load_problem(text: String) -> Node {
    element("p", vec![text.into()])
        .with("class", "notice")
        .with("role", "note")
        .into()
}
