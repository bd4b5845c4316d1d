//! The directory in virtual time: reports of conversations, calls of clients, and broadcasts.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "a test looks for one variant"
)]

mod calls;
mod deletion;
mod large;
mod pushes;
mod search;

use std::{collections::BTreeMap, time::Duration};

use accounts::{Access, Caller, ConnectionKey, PersonId, Protocol};
use common::{
    directory::{
        Call, ConversationState, ListState, TitleBy,
        push::{Head, News, Push, Texts},
    },
    frame::{ClientFrame, RpcResponse, ServerFrame},
    id::RpcId,
    time::Timestamp,
};
use serde_json::Value;
use test_support::MemorySql;

use super::{Attached, DeletionOutcome, Directory, Effect, Input, JobId, PushAnswer};

/// A directory with its store, its alarm and its requests to conversations.
struct Bench {
    now: Timestamp,
    sql: MemorySql,
    directory: Directory<MemorySql>,
    inboxes: BTreeMap<ConnectionKey, Vec<ServerFrame>>,
    closed: Vec<u16>,
    alarm: Option<Timestamp>,
    answers: Vec<PushAnswer>,
    renames: Vec<(JobId, String, String)>,
    deletes: Vec<String>,
    next: u64,
}

impl Bench {
    fn new() -> Self {
        let sql = MemorySql::new();
        let now = Timestamp::from_millis(1_000_000);
        let opened = Directory::open(now, PersonId::owner(), None, sql.clone(), Vec::new());
        Self {
            now,
            directory: opened.unwrap().0,
            sql,
            inboxes: BTreeMap::new(),
            closed: Vec::new(),
            alarm: None,
            answers: Vec::new(),
            renames: Vec::new(),
            deletes: Vec::new(),
            next: 0,
        }
    }

    /// Evicts the object, with its connections.
    fn restart(&mut self) {
        let opened = Directory::open(
            self.now,
            PersonId::owner(),
            None,
            self.sql.clone(),
            Vec::new(),
        );
        let (directory, effects) = opened.unwrap();
        self.directory = directory;
        self.inboxes.clear();
        self.deletes.clear();
        self.alarm = None;
        self.run(effects);
    }

    fn input(&mut self, input: Input) {
        let effects = self.directory.handle(self.now, input);
        self.run(effects);
    }

    fn run(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Send { to, text } => {
                    for key in to {
                        let frame = ServerFrame::decode(&text).unwrap();
                        self.inboxes.entry(key).or_default().push(frame);
                    }
                }
                Effect::Close { key, code, .. } => {
                    self.inboxes.remove(&key);
                    self.closed.push(code);
                }
                Effect::Answer(answer) => self.answers.push(answer),
                Effect::Rename { job, name, title } => self.renames.push((job, name, title)),
                Effect::Delete(name) => self.deletes.push(name),
                Effect::WakeAt(at) => {
                    let is_due = self.alarm.is_some_and(|alarm| alarm <= self.now);
                    assert!(!is_due || at <= self.now, "an alarm that is due is put off");
                    self.alarm = Some(at);
                }
                Effect::Log(_) => {}
            }
        }
    }

    /// Lets time pass, with every alarm on the way.
    fn pass(&mut self, duration: Duration) {
        let end = self.now + duration;
        while let Some(at) = self.alarm.filter(|at| *at <= end) {
            self.alarm = None;
            self.now = self.now.max(at);
            self.input(Input::DeadlinePassed);
        }
        self.now = end;
    }

    fn connect(&mut self) -> ConnectionKey {
        self.connect_as(Access::Full, Protocol::Sent, Some(Caller::local()))
    }

    fn connect_as(
        &mut self,
        access: Access,
        protocol: Protocol,
        caller: Option<Caller>,
    ) -> ConnectionKey {
        self.next += 1;
        let key = ConnectionKey(self.next);
        self.inboxes.insert(key, Vec::new());
        self.input(Input::Connected(Attached {
            key,
            access,
            protocol,
            caller,
        }));
        key
    }

    fn push(&mut self, name: &str, number: u64, head: Head) -> PushAnswer {
        let news = News::Is(Box::new(head));
        self.push_news(name, number, news)
    }

    fn push_news(&mut self, name: &str, number: u64, news: News) -> PushAnswer {
        let name = name.to_owned();
        let texts = Texts::default();
        self.input(Input::Pushed(Push {
            name,
            number,
            news,
            texts,
        }));
        self.answers.pop().unwrap()
    }

    /// A conversation that was last active at this moment.
    fn begin(&mut self, name: &str, active: u64) {
        assert_eq!(self.push(name, 1, head(name, active)), PushAnswer::Taken);
    }

    fn call(&mut self, key: ConnectionKey, call: &Call) -> Result<Value, String> {
        self.call_raw(key, call.method(), call.arguments())
    }

    fn call_raw(
        &mut self,
        key: ConnectionKey,
        method: &str,
        args: Vec<Value>,
    ) -> Result<Value, String> {
        let id = RpcId::from("call");
        self.inboxes.insert(key, Vec::new());
        let method = method.to_owned();
        let text = ClientFrame::Rpc { id, method, args }.encode();
        self.input(Input::Received { key, text });
        self.answer(key)
    }

    /// The answer to the last call.
    fn answer(&self, key: ConnectionKey) -> Result<Value, String> {
        let answers = self.inboxes.get(&key).into_iter().flatten();
        let mut answers = answers.filter_map(|frame| match frame {
            ServerFrame::Rpc(RpcResponse::Success { result, .. }) => {
                Some(Ok(result.clone().unwrap_or_default()))
            }
            ServerFrame::Rpc(RpcResponse::Failure { error, .. }) => Some(Err(error.clone())),
            _ => None,
        });
        answers.next_back().expect("the call was answered")
    }

    /// The list last sent to a client.
    fn reported(&self, key: ConnectionKey) -> ListState {
        let states = self.inboxes.get(&key).into_iter().flatten();
        let mut states = states.filter_map(|frame| match frame {
            ServerFrame::State(state) => ListState::from_json(state.clone()),
            _ => None,
        });
        states.next_back().expect("the list was sent")
    }

    fn list(&self) -> ListState {
        ListState::from_json(self.directory.state().unwrap()).unwrap()
    }

    fn names(&self) -> Vec<String> {
        let list = self.list().conversations.into_iter();
        list.map(|summary| summary.name).collect()
    }

    fn done(&mut self, name: &str, outcome: DeletionOutcome) {
        let name = name.to_owned();
        self.input(Input::Deleted { name, outcome });
    }
}

fn head(name: &str, active: u64) -> Head {
    Head {
        title: Some(format!("About {name}")),
        title_by: TitleBy::Start,
        created: Timestamp::from_millis(1),
        active: Timestamp::from_millis(active),
        answered: Timestamp::from_millis(active),
        state: ConversationState::Idle,
        model: None,
        cost_usd: None,
        last_words: "Done.".to_owned(),
        messages: 2,
    }
}
