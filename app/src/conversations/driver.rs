//! Runs the effects of the list: pages, searches and changes over the connection to the directory.

use std::{sync::Arc, time::Duration};

use common::{
    client::Connection,
    directory::{Call, ListState, Page, Summary, search::Found},
    naming,
    time::Timestamp,
};
use leptos::{prelude::*, task::spawn_local};
use leptos_router::hooks::use_location;
use serde_json::Value;

use super::{
    groups::LocalTime,
    list::{self, Input, List},
};
use crate::{
    api::{Backend, ListRead, Listed},
    browser::{clock, events, notice},
    chat::{Hooks, MethodCall, UseChat, use_agent},
};

/// A deletion can be undone for 30 seconds; the offer ends a little earlier.
const UNDO_WITHIN: Duration = Duration::from_secs(28);
/// The pause after which a query is sent: nobody pauses that long while typing.
const SEARCH_AFTER: Duration = Duration::from_millis(200);

const WAITS: &str = "Coder waits for your answer.";
const ANSWERED: &str = "Coder has answered.";

const UNREADABLE: &str = "The server's answer could not be read.";

/// The person's conversations; a context of the whole page, where there is a list.
#[derive(Clone, Copy)]
pub(crate) struct Conversations {
    /// What is shown.
    pub(crate) list: RwSignal<List>,
    /// The conversations, in order.
    pub(crate) rows: Memo<Vec<Summary>>,
    /// The clock that the headings are computed with.
    pub(crate) time: RwSignal<LocalTime>,
    /// Whether the server failed to read the list while it rendered the page.
    pub(crate) has_failed: bool,
    agent: UseChat,
}

/// Connects to the person's list, once for all pages. Readers of a shared conversation have no list.
pub(crate) fn provide_conversations() {
    let listed = SharedValue::new(|| {
        let backend = use_context::<Arc<dyn Backend>>();
        backend.map_or_else(Listed::default, |backend| backend.conversations())
    });
    let Listed { at, list: read } = listed.into_inner();
    let (state, has_failed) = match read {
        ListRead::Absent => return,
        ListRead::Failed => (ListState::default(), true),
        ListRead::State(state) => (ListState::from_json(state).unwrap_or_default(), false),
    };
    let list = RwSignal::new(List::of(state));
    // The server does not know the reader's clock and time zone; the browser corrects both once it has the page.
    let time = RwSignal::new(LocalTime {
        at: Timestamp::from_millis(at),
        ahead: 0,
    });
    let agent = use_agent(naming::DIRECTORY, naming::OWN_DIRECTORY, Hooks::default());
    let conversations = Conversations {
        list,
        rows: Memo::new(move |_| list.with(List::rows)),
        time,
        has_failed,
        agent,
    };
    provide_context(conversations);
    let synced = Memo::new(move |_| agent.facts.with(|facts| facts.state.clone()));
    Effect::new(move || {
        if let Some(state) = synced.get().and_then(ListState::from_json) {
            conversations.give(Input::Synced(state));
            conversations.look_at_clock();
        }
    });
    Effect::new(move || conversations.look_at_clock());
    let is_looked_at = events::is_looked_at();
    Effect::new(move || conversations.give(Input::LookedAt(is_looked_at.get())));
}

impl Conversations {
    /// The conversations of the reader of this page.
    pub(crate) fn of_page() -> Option<Self> {
        use_context()
    }

    /// The name of the conversation on the page, as in the list. Only inside the router.
    pub(crate) fn current() -> Memo<Option<String>> {
        let location = use_location();
        Memo::new(move |_| {
            let path = location.pathname.get();
            let name = path.strip_prefix("/chat/")?;
            Some(naming::encode_segment(&naming::decode_segment(name)))
        })
    }

    /// The prefix of the tab's title: the number of conversations with something new.
    pub(crate) fn mark() -> String {
        let news = Self::of_page().map(|conversations| conversations.list.with(List::news));
        match news {
            None | Some(0) => String::new(),
            Some(news) => format!("({news}) "),
        }
    }

    /// The state of the connection to the directory.
    pub(crate) const fn connection(&self) -> ReadSignal<Connection> {
        self.agent.connection
    }

    /// Connects now.
    pub(crate) fn reconnect(self) {
        self.agent.reconnect();
    }

    /// The person changes something.
    pub(crate) fn act(self, call: Call) {
        self.give(Input::Do(call));
    }

    /// Handles an input.
    pub(crate) fn give(self, input: Input) {
        let effects = self.list.try_update(|list| list.handle(input));
        for effect in effects.unwrap_or_default() {
            self.perform(effect);
        }
    }

    fn look_at_clock(self) {
        self.time.try_set(LocalTime {
            at: clock::now(),
            ahead: clock::minutes_ahead(),
        });
    }

    fn perform(self, effect: list::Effect) {
        match effect {
            list::Effect::Page(shelf, turn, wanted) => spawn_local(async move {
                let page = self.call(Call::Page(wanted)).await;
                let page = page.and_then(|page| Page::from_json(page).ok_or_else(unreadable));
                self.give(Input::PageCame(shelf, turn, page));
            }),
            list::Effect::Call(id, call) => spawn_local(async move {
                let done = self.call(call).await.map(drop);
                self.give(Input::Done(id, done));
            }),
            list::Effect::Search(wanted) => {
                let search = move || {
                    let query = wanted.query.clone();
                    let is_typing = |list: &List| list.search.text() != query;
                    if self.list.try_with_untracked(is_typing) != Some(false) {
                        return;
                    }
                    let call = Call::Search(wanted.clone());
                    spawn_local(async move {
                        let found = self.call(call).await;
                        let found =
                            found.and_then(|found| Found::from_json(found).ok_or_else(unreadable));
                        self.give(Input::Found(query, found));
                    });
                };
                set_timeout(search, SEARCH_AFTER);
            }
            list::Effect::Notify { name, title, asks } => {
                let words = if asks { WAITS } else { ANSWERED };
                notice::show(&title, words, &name);
            }
            list::Effect::WaitForUndo(name) => {
                set_timeout(move || self.give(Input::UndoOver(name)), UNDO_WITHIN);
            }
        }
    }

    /// Calls a method of the directory.
    pub(crate) async fn call(self, call: Call) -> Result<Value, String> {
        let call = MethodCall::new(call.method(), call.arguments());
        self.agent
            .call(call)
            .await
            .map_err(|error| error.to_string())
    }
}

fn unreadable() -> String {
    UNREADABLE.to_owned()
}
