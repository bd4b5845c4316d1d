//! Does what a command does.

use common::{
    callable::Callable as Method,
    directory::Call,
    models::OfferedModels,
    naming::{AGENTS_PREFIX, CODER_AGENT, encode_segment},
    state::{About, Effort, Mode},
};
use leptos::{prelude::*, task::spawn_local};
use leptos_router::hooks::use_navigate;
use serde_json::json;

use super::{Action, Current, Deed, OnPage, fuzzy::best, github};
use crate::{
    browser::{dom, save},
    chat::{MethodCall, about_of, ask_models, change_about, is_busy, model_name},
    conversations::Conversations,
    palette::Opened,
    workspace::{Way, reverse_last},
};

/// So many names are offered instead of one that is none.
const OFFERED: usize = 3;

const NOT_CONNECTED: &str = "The conversation is not connected yet. Try again in a moment.";

/// Runs commands on this page.
#[derive(Clone, Copy)]
pub(crate) struct Runner {
    on_page: OnPage,
    go: Callback<&'static str>,
    opened: Option<Opened>,
    conversations: Option<Conversations>,
}

/// Of the current page; within the router only.
pub(crate) fn runner(on_page: OnPage) -> Runner {
    let navigate = use_navigate();
    Runner {
        on_page,
        go: Callback::new(move |path| navigate(path, Default::default())),
        opened: Opened::of_page(),
        conversations: Conversations::of_page(),
    }
}

impl Runner {
    /// Does it, and says beside the composer what cannot be seen otherwise.
    pub(crate) fn run(self, action: Action, argument: &str) {
        self.on_page.said.set(None);
        match action {
            Action::Go(path) => self.go.run(path),
            Action::Press(selector) => dom::press_first(selector),
            Action::Focus(selector) => dom::focus_first(selector),
            Action::Colours(theme) => theme.choose(),
            Action::Shortcuts => {
                if let Some(opened) = self.opened {
                    opened.show_shortcuts();
                }
            }
            Action::Conversation(deed) => {
                if let Some(current) = self.on_page.conversation.get_untracked() {
                    self.run_in(current, deed, argument);
                }
            }
        }
    }

    fn run_in(self, current: Current, deed: Deed, argument: &str) {
        match deed {
            Deed::Files => dom::press_first(".files-button"),
            Deed::History => current.files.show_history(),
            Deed::Undo => self.reverse(current, Way::Undo),
            Deed::Redo => self.reverse(current, Way::Redo),
            Deed::Import => self.ask(current, github::import(argument)),
            Deed::Issue => self.ask(current, github::issue(argument)),
            Deed::Rename => self.rename(current, argument),
            Deed::Model => self.choose_model(current, argument),
            Deed::Effort => self.choose_effort(current, argument),
            Deed::Mode => self.choose_mode(current, argument),
            Deed::Context => self.show_context(),
            Deed::Compact => self.compact(current, argument),
            Deed::Stop if is_busy(current.chat) => current.chat.stop(),
            Deed::Stop => self.on_page.say("No answer is being written."),
            Deed::Export => {
                let name = current.name.get_value();
                save::download(
                    &format!("{}/export.zip", base_of(&name)),
                    &format!("{name}.zip"),
                );
            }
            Deed::Clear => dom::press_first(".clear-place button"),
        }
    }

    /// Sends a message to the model.
    fn ask(self, current: Current, message: Result<String, &'static str>) {
        match message {
            Ok(message) => current.chat.send(message),
            Err(missing) => self.on_page.say(missing),
        }
    }

    fn reverse(self, current: Current, way: Way) {
        let base = base_of(&current.name.get_value());
        spawn_local(async move {
            let reversed = reverse_last(&base, way).await;
            current.files.refresh();
            if reversed.asks {
                current.files.show_history();
            }
            self.on_page.say(reversed.words);
        });
    }

    fn rename(self, current: Current, title: &str) {
        const FIELD: &str = ".title-button";
        if title.is_empty() && dom::has_element(FIELD) {
            return dom::press_first(FIELD);
        }
        if title.is_empty() {
            return self
                .on_page
                .say("Write the title after the name: /rename My title");
        }
        let name = encode_segment(&current.name.get_value());
        let is_listed = |conversations: &Conversations| {
            let list = conversations.list;
            list.with_untracked(|list| list.given_title(&name).is_some())
        };
        if let Some(conversations) = self.conversations.filter(is_listed) {
            let title = title.to_owned();
            return conversations.act(Call::Rename { name, title });
        }
        let rename = Method::RenameConversation.as_str();
        let call = MethodCall::new(rename, vec![title.into()]);
        let renaming = current.chat.call(call);
        spawn_local(async move {
            if let Err(error) = renaming.await {
                self.on_page.say(error.to_string());
            }
        });
    }

    fn show_context(self) {
        const METER: &str = ".meter button";
        if dom::has_element(METER) {
            return dom::press_first(METER);
        }
        self.on_page
            .say("The model has read nothing yet. Send a message first.");
    }

    fn compact(self, current: Current, keep: &str) {
        let request = json!({"keep": keep});
        let call = MethodCall::new(Method::Compact.as_str(), vec![request]);
        let asked = current.chat.call(call);
        spawn_local(async move {
            self.on_page.say(match asked.await {
                Ok(_) => {
                    "The model summarises the conversation. The messages stay here.".to_owned()
                }
                Err(error) => error.to_string(),
            });
        });
    }

    fn choose_model(self, current: Current, name: &str) {
        if name.is_empty() {
            return dom::press_first(".model-button");
        }
        let name = name.to_owned();
        spawn_local(async move {
            let models = ask_models(current.chat).await;
            match resolve(&name, models.as_ref().ok()) {
                Ok(id) => {
                    let shown = id.as_deref().map(|id| model_name(id, models.as_ref().ok()));
                    let said = format!(
                        "{} writes the next answer.",
                        shown.as_deref().unwrap_or("The server's own model")
                    );
                    // A name that fits the list fits the state.
                    let change = |about: About| about.with_model(id).ok();
                    self.change(current, change, &said);
                }
                Err(why) => self.on_page.say(why),
            }
        });
    }

    fn choose_effort(self, current: Current, word: &str) {
        if word.is_empty() {
            return dom::press_first(".model-button");
        }
        let word = word.to_ascii_lowercase();
        let effort = match Effort::from_word(&word) {
            None if word != "default" => {
                let words =
                    "How much the model reasons is one of: default, none, low, medium, high.";
                return self.on_page.say(words);
            }
            effort => effort,
        };
        let said = match effort {
            Some(_) => format!("Reasoning from the next answer on: {word}."),
            None => "From the next answer on the model reasons as it does by itself.".to_owned(),
        };
        self.change(current, |about| Some(about.with_effort(effort)), &said);
    }

    fn choose_mode(self, current: Current, word: &str) {
        if word.is_empty() {
            return dom::press_first(".mode-button");
        }
        let (mode, said) = match word.to_ascii_lowercase().as_str() {
            "ask" => (Mode::Ask, "Coder asks before it changes files."),
            "auto-edit" => (Mode::AutoEdit, "Coder changes files without asking."),
            "review" => (
                Mode::Review,
                "Coder changes a draft of the files, and you decide later.",
            ),
            _ => {
                let words = "What Coder may do without asking is one of: ask, auto-edit, review.";
                return self.on_page.say(words);
            }
        };
        self.change(current, |about| Some(about.with_mode(mode)), said);
    }

    fn change(self, current: Current, change: impl FnOnce(About) -> Option<About>, said: &str) {
        let chat = current.chat;
        let about = chat
            .facts
            .with_untracked(|facts| about_of(facts.state.clone()));
        match about.and_then(change) {
            Some(about) => {
                change_about(chat, &about);
                self.on_page.say(said);
            }
            None => self.on_page.say(NOT_CONNECTED),
        }
    }
}

/// Where a conversation is.
fn base_of(name: &str) -> String {
    format!("/{AGENTS_PREFIX}/{CODER_AGENT}/{}", encode_segment(name))
}

/// The id of the model that a person names; `None`: the server's own. Where there is no list, a name is taken as it is.
fn resolve(name: &str, models: Option<&OfferedModels>) -> Result<Option<String>, String> {
    if name.eq_ignore_ascii_case("default") {
        return Ok(None);
    }
    let Some(models) = models else {
        return Ok(Some(name.to_owned()));
    };
    let is_named = |text: &str| text.eq_ignore_ascii_case(name);
    let named = models.models.iter();
    let mut named = named.filter(|model| is_named(&model.id) || is_named(&model.name));
    if let Some(model) = named.next() {
        return Ok(Some(model.id.clone()));
    }
    let near = best(
        name,
        &models.models,
        |model| format!("{} {}", model.name, model.id),
        OFFERED,
    );
    match near.as_slice() {
        [model] => Ok(Some(model.id.clone())),
        [] => Err(format!("There is no model \u{2068}{name}\u{2069} here.")),
        several => {
            let ids: Vec<&str> = several.iter().map(|model| model.id.as_str()).collect();
            Err(format!(
                "Several models are called like this, such as {}.",
                ids.join(", ")
            ))
        }
    }
}
