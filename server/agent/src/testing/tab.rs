//! A browser tab in virtual time: the client machine, and a link that is slow, breaks, and sometimes swallows what is
//! sent without a word.

use std::{
    collections::{BTreeMap, VecDeque},
    time::Duration,
};

use common::{
    client::{
        Client, ClientOptions, Close, Connection, Earlier, Effect, Fetched, Input, Row, Snapshot,
        Status,
    },
    frame::{Excerpt, HEARTBEAT, HEARTBEAT_ANSWER, PAGE_MESSAGES, Place, Wanted},
    id::{ConnectionId, MessageId},
    time::Timestamp,
};
use store::Breadth;

use super::{World, world::SharedIds};
use crate::{ConnectionKey, ConnectionPolicy};

/// One way.
const LATENCY: Duration = Duration::from_millis(20);

pub(crate) struct Tab {
    id: String,
    client: Client<SharedIds>,
    link: Link,
    wake: Option<Timestamp>,
    /// When the answer to the last fetch comes, and what was asked.
    fetch: Option<(Timestamp, Option<String>, Wanted)>,
    /// The same for earlier messages.
    earlier: Option<(Timestamp, MessageId)>,
    /// How many messages the tab asks for at a time; `None`: all there are.
    part: Option<u32>,
    frozen_until: Timestamp,
    /// What the browser keeps.
    pub(crate) kept: BTreeMap<String, String>,
    /// Whether connections can be opened and transcripts fetched.
    pub(crate) network: bool,
    pub(crate) warnings: Vec<String>,
}

enum Link {
    Closed,
    Opening { at: Timestamp },
    Open(Wire),
}

struct Wire {
    key: ConnectionKey,
    to_agent: VecDeque<(Timestamp, String)>,
    to_client: VecDeque<(Timestamp, String)>,
    swallows: bool,
}

impl Tab {
    pub(crate) fn open(world: &mut World, id: &str) -> Self {
        Self::with(world, id, None)
    }

    /// A tab that loads the transcript part by part.
    pub(crate) fn open_short(world: &mut World, id: &str, part: u32) -> Self {
        Self::with(world, id, Some(part))
    }

    fn with(world: &mut World, id: &str, part: Option<u32>) -> Self {
        let mut tab = Self {
            id: id.to_owned(),
            client: client(world, id, part),
            earlier: None,
            part,
            link: Link::Closed,
            wake: None,
            fetch: None,
            frozen_until: Timestamp::default(),
            kept: BTreeMap::new(),
            network: true,
            warnings: Vec::new(),
        };
        tab.input(world, Input::Start { kept: Vec::new() });
        tab
    }

    /// The page is loaded anew, with what the browser kept.
    pub(crate) fn reload(&mut self, world: &mut World) {
        self.drop_link(world);
        self.client = client(world, &self.id, self.part);
        self.wake = None;
        self.fetch = None;
        self.earlier = None;
        let kept = self.kept.values().cloned().collect();
        self.input(world, Input::Start { kept });
    }

    pub(crate) fn input(&mut self, world: &mut World, input: Input) {
        for effect in self.client.handle(world.now, input) {
            self.run(world, effect);
        }
        let rows = self.client.rows();
        let mut ids: Vec<_> = rows.iter().map(|row| &row.message.id).collect();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), rows.len(), "an id twice: {rows:?}");
    }

    /// The page is frozen, as a browser does it with tabs in the background: no event and no alarm reaches it.
    pub(crate) const fn freeze(&mut self, until: Timestamp) {
        self.frozen_until = until;
    }

    fn run(&mut self, world: &mut World, effect: Effect) {
        match effect {
            Effect::Open => {
                self.link = Link::Opening {
                    at: world.now + LATENCY * 2,
                }
            }
            Effect::Close => self.drop_link(world),
            Effect::Transmit(text) => {
                let Link::Open(wire) = &mut self.link else {
                    panic!("sent without a connection: {text}")
                };
                wire.to_agent.push_back((world.now + LATENCY, text));
            }
            Effect::FetchTranscript {
                if_none_match,
                from,
            } => {
                let place = from.map_or(Place::End, Place::From);
                let wanted = self.wanted(place);
                self.fetch = Some((world.now + LATENCY * 2, if_none_match, wanted));
            }
            Effect::FetchEarlier { before } => {
                self.earlier = Some((world.now + LATENCY * 2, before));
            }
            Effect::WakeAt(at) => self.wake = Some(at),
            Effect::Warn(warning) => self.warnings.push(warning),
            Effect::Keep { key, entry } => {
                self.kept.insert(key, entry);
            }
            Effect::Forget { key } => {
                self.kept.remove(&key);
            }
            Effect::Show(_)
            | Effect::ShowEarlier(_)
            | Effect::ShowConnection(_)
            | Effect::ShowStatus(_)
            | Effect::ShowRun(_)
            | Effect::ShowQueue(_)
            | Effect::ShowState(_)
            | Effect::ShowIdentity(_)
            | Effect::ShowServedPage(_)
            | Effect::IdentityChanged { .. }
            | Effect::Report(_)
            | Effect::GiveBack(_)
            | Effect::TurnFinished(_)
            | Effect::RunTool { .. }
            | Effect::CallPart { .. }
            | Effect::CallEnded { .. }
            | Effect::ShowError(_) => {}
        }
    }

    fn drop_link(&mut self, world: &mut World) {
        if let Link::Open(wire) = std::mem::replace(&mut self.link, Link::Closed) {
            world.disconnect(wire.key);
        }
    }

    /// The connection breaks; what was under way is lost.
    pub(crate) fn break_link(&mut self, world: &mut World) {
        if !matches!(self.link, Link::Closed) {
            self.drop_link(world);
            self.input(
                world,
                Input::Closed(Close {
                    code: 1006,
                    reason: String::new(),
                }),
            );
        }
    }

    /// From now on the connection swallows everything, in both directions, without a word.
    pub(crate) fn swallow(&mut self) {
        if let Link::Open(wire) = &mut self.link {
            wire.swallows = true;
        }
    }

    /// Does what is due at this moment.
    pub(crate) fn tick(&mut self, world: &mut World) {
        if world.now < self.frozen_until {
            return;
        }
        self.opening(world);
        self.frames(world);
        if let Some((_, known, wanted)) = self.fetch.take_if(|(at, _, _)| *at <= world.now) {
            let fetched = if !self.network {
                Fetched::Failed("no network".to_owned())
            } else if known == Some(world.etag()) {
                Fetched::Unchanged
            } else {
                let wanted = self.part.map(|_| &wanted);
                let snapshot = snapshot(world, wanted);
                snapshot.map_or_else(Fetched::Failed, Fetched::Transcript)
            };
            self.input(world, Input::TranscriptFetched(fetched));
        }
        if let Some((_, before)) = self.earlier.take_if(|(at, _)| *at <= world.now) {
            let wanted = self.wanted(Place::Before(before.clone()));
            let result = match self.network {
                true => snapshot(world, Some(&wanted)),
                false => Err("no network".to_owned()),
            };
            self.input(world, Input::EarlierFetched { before, result });
        }
        if self.wake.is_some_and(|at| at <= world.now) {
            self.wake = None;
            self.input(world, Input::DeadlinePassed);
        }
    }

    fn opening(&mut self, world: &mut World) {
        if !matches!(self.link, Link::Opening { at } if at <= world.now) {
            return;
        }
        if self.network {
            let policy = ConnectionPolicy {
                breadth: self.part.map_or(Breadth::Whole, |_| Breadth::End),
                ..ConnectionPolicy::default()
            };
            let key = world.connect_as(&self.id, policy);
            let wire = Wire {
                key,
                to_agent: VecDeque::new(),
                to_client: VecDeque::new(),
                swallows: false,
            };
            self.link = Link::Open(wire);
            self.input(world, Input::Opened);
        } else {
            self.link = Link::Closed;
            self.input(
                world,
                Input::Closed(Close {
                    code: 1006,
                    reason: String::new(),
                }),
            );
        }
    }

    fn frames(&mut self, world: &mut World) {
        let now = world.now;
        let Link::Open(wire) = &mut self.link else {
            return;
        };
        if !world.is_connected(wire.key) {
            // The agent was stopped and its end of the connection with it.
            self.link = Link::Closed;
            self.input(
                world,
                Input::Closed(Close {
                    code: 1006,
                    reason: String::new(),
                }),
            );
            return;
        }
        while let Some(text) = world.receive_text(wire.key) {
            wire.to_client.push_back((now + LATENCY, text));
        }
        let key = wire.key;
        if wire.swallows {
            wire.to_agent.clear();
            wire.to_client.clear();
        }
        while let Link::Open(wire) = &mut self.link {
            if wire.key != key {
                return;
            }
            if wire.to_agent.front().is_some_and(|(at, _)| *at <= now) {
                let Some((_, text)) = wire.to_agent.pop_front() else {
                    return;
                };
                if text == HEARTBEAT {
                    wire.to_client
                        .push_back((now + LATENCY, HEARTBEAT_ANSWER.to_owned()));
                } else {
                    world.send_text(key, &text);
                }
            } else if wire.to_client.front().is_some_and(|(at, _)| *at <= now) {
                let Some((_, text)) = wire.to_client.pop_front() else {
                    return;
                };
                self.input(world, Input::Received(text));
            } else {
                return;
            }
        }
    }

    pub(crate) fn rows(&self) -> Vec<Row> {
        self.client.rows()
    }

    pub(crate) fn earlier(&self) -> &Earlier {
        self.client.earlier()
    }

    fn wanted(&self, place: Place) -> Wanted {
        Wanted {
            last: self.part.unwrap_or(PAGE_MESSAGES),
            place,
        }
    }

    pub(crate) fn status(&self) -> Status {
        self.client.status()
    }

    pub(crate) fn connection(&self) -> Connection {
        self.client.connection()
    }

    pub(crate) fn error(&self) -> Option<String> {
        self.client.error().map(ToString::to_string)
    }
}

/// What `get-messages` answers; an error says why not.
fn snapshot(world: &World, wanted: Option<&Wanted>) -> Result<Snapshot, String> {
    let excerpt = match wanted {
        Some(wanted) => world.excerpt(wanted).ok_or("no such message")?,
        None => Excerpt {
            messages: world.transcript(),
            earlier: 0,
        },
    };
    Ok(Snapshot {
        messages: excerpt.messages,
        earlier: excerpt.earlier,
        etag: Some(world.etag()),
    })
}

fn client(world: &World, id: &str, part: Option<u32>) -> Client<SharedIds> {
    let place = Place::End;
    let wanted = part.map(|last| Wanted { last, place });
    let options = ClientOptions {
        connection_id: ConnectionId::from(id),
        snapshot: snapshot(world, wanted.as_ref()).unwrap_or_default(),
        client_tools: Vec::new(),
        auto_continue: true,
    };
    Client::new(options, world.ids())
}
