//! The connection: opens it, watches it, and reopens it until that succeeds.

use std::time::Duration;

use super::{
    backoff::{RETRY_MAX, backoff, quick},
    close::Close,
    context::Context,
    deadlines::Timer,
    io::{Connection, Effect},
};
use crate::{
    frame::{HEARTBEAT, HEARTBEAT_ANSWER},
    time::Timestamp,
};

/// An attempt that takes longer is abandoned, as in `PartySocket`.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(4);
/// After this uptime, the count of retries starts again from one.
const STABLE: Duration = Duration::from_secs(5);
/// After this silence, a heartbeat is sent.
const QUIET: Duration = Duration::from_secs(5);
/// A heartbeat without an answer in this time means that the connection is dead.
const ANSWER: Duration = Duration::from_secs(4);
/// The same limit when there is a reason for doubt, such as a page that was frozen.
const ANSWER_IN_DOUBT: Duration = Duration::from_secs(2);
/// A deadline noticed this much too late means that the page was frozen, not that the peer is silent.
const FROZEN: Duration = Duration::from_secs(2);

/// The machine of the connection.
#[derive(Debug)]
pub(super) struct Link {
    state: State,
    network: Network,
    heartbeats: Heartbeats,
}

#[derive(Debug)]
enum State {
    /// Not started.
    Idle,
    /// Connecting: [`Timer::Link`] is the connect timeout.
    Connecting {
        retries: u32,
    },
    Open(Open),
    /// Between attempts: [`Timer::Link`] starts the next one.
    Waiting {
        retries: u32,
        at: Timestamp,
    },
    Refused(Close),
}

#[derive(Debug)]
struct Open {
    /// The number of attempts since the last stable connection.
    retries: u32,
    since: Timestamp,
    /// When the last frame arrived.
    heard: Option<Timestamp>,
    beat: Beat,
}

/// The state of the heartbeat exchange; [`Timer::Liveness`] drives it.
#[derive(Debug)]
enum Beat {
    /// No heartbeat is needed: frames arrived recently.
    Listening,
    /// A heartbeat was sent at `at` and must be answered within `within`.
    Asked { at: Timestamp, within: Duration },
    /// Heartbeats are off: this server does not answer them.
    Unused,
}

/// The network state that the browser reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Network {
    Online,
    Offline,
}

/// Whether the server has ever answered a heartbeat. Official servers never do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Heartbeats {
    Unproven,
    Proven,
}

/// The kind of the server, as far as is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Peer {
    /// Our own server.
    Ours,
    /// Unknown: a heartbeat was sent and may still be answered.
    Asked,
    /// Unknown, possibly an official server.
    Unknown,
}

/// What an input changed for the users of the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    None,
    Up,
    Down,
    /// The connection may be dead, and heartbeats cannot show it.
    Doubt,
}

impl Link {
    pub(super) const fn new() -> Self {
        Self {
            state: State::Idle,
            network: Network::Online,
            heartbeats: Heartbeats::Unproven,
        }
    }

    pub(super) fn connection(&self) -> Connection {
        match (&self.state, self.network) {
            (State::Refused(close), _) => Connection::Refused(close.clone()),
            (State::Open(Open { heard: Some(_), .. }), _) => Connection::Connected,
            (State::Waiting { .. } | State::Connecting { .. }, Network::Offline) => {
                Connection::Offline
            }
            (State::Idle | State::Connecting { .. } | State::Open(_), _) => Connection::Connecting,
            (State::Waiting { at, .. }, Network::Online) => Connection::Reconnecting { at: *at },
        }
    }

    pub(super) const fn peer(&self) -> Peer {
        match (self.heartbeats, &self.state) {
            (Heartbeats::Proven, _) => Peer::Ours,
            (
                Heartbeats::Unproven,
                State::Open(Open {
                    beat: Beat::Asked { .. },
                    ..
                }),
            ) => Peer::Asked,
            (
                Heartbeats::Unproven,
                State::Idle
                | State::Connecting { .. }
                | State::Open(_)
                | State::Waiting { .. }
                | State::Refused(_),
            ) => Peer::Unknown,
        }
    }

    pub(super) fn start(&mut self, cx: &mut Context<'_>) {
        match self.state {
            State::Idle => self.connect(cx, 0),
            State::Connecting { .. }
            | State::Open(_)
            | State::Waiting { .. }
            | State::Refused(_) => {}
        }
    }

    /// Reopens a refused connection at the user's request. Returns whether there was one.
    pub(super) fn retry(&mut self, cx: &mut Context<'_>) -> bool {
        match self.state {
            State::Refused(_) => {
                self.connect(cx, 0);
                true
            }
            State::Idle | State::Connecting { .. } | State::Open(_) | State::Waiting { .. } => {
                false
            }
        }
    }

    pub(super) fn opened(&mut self, cx: &mut Context<'_>) -> Change {
        let State::Connecting { retries } = self.state else {
            return Change::None;
        };
        cx.deadlines.clear(Timer::Link);
        self.network = Network::Online;
        let mut open = Open {
            retries,
            since: cx.now,
            heard: None,
            beat: Beat::Listening,
        };
        match self.heartbeats {
            Heartbeats::Unproven => open.ask(cx, ANSWER),
            Heartbeats::Proven => cx.deadlines.set(Timer::Liveness, cx.now + QUIET),
        }
        self.state = State::Open(open);
        Change::Up
    }

    pub(super) fn closed(&mut self, cx: &mut Context<'_>, close: Close) -> Change {
        let (was_open, retries) = match &self.state {
            State::Idle | State::Waiting { .. } | State::Refused(_) => return Change::None,
            State::Connecting { retries } => (false, *retries),
            State::Open(open) => (true, open.retries_at(cx.now)),
        };
        cx.deadlines.clear(Timer::Link);
        cx.deadlines.clear(Timer::Liveness);
        if close.is_terminal() {
            self.state = State::Refused(close);
        } else if was_open && retries == 0 {
            let delay = quick(&cx.ids.fresh());
            self.wait(cx, 1, delay);
        } else {
            self.wait(cx, retries + 1, backoff(retries + 1));
        }
        if was_open { Change::Down } else { Change::None }
    }

    /// Records a frame. Returns whether it is for the other machines, not a heartbeat answer.
    pub(super) fn received(&mut self, cx: &mut Context<'_>, text: &str) -> bool {
        let State::Open(open) = &mut self.state else {
            return false;
        };
        open.heard = Some(cx.now);
        let answer = text == HEARTBEAT_ANSWER;
        if answer {
            self.heartbeats = Heartbeats::Proven;
        }
        match open.beat {
            Beat::Asked { .. } if self.heartbeats == Heartbeats::Proven => {
                open.beat = Beat::Listening;
            }
            Beat::Unused if answer => {
                open.beat = Beat::Listening;
                cx.deadlines.set(Timer::Liveness, cx.now + QUIET);
            }
            Beat::Listening | Beat::Asked { .. } | Beat::Unused => {}
        }
        !answer
    }

    pub(super) const fn is_open(&self) -> bool {
        match self.state {
            State::Open(_) => true,
            State::Idle | State::Connecting { .. } | State::Waiting { .. } | State::Refused(_) => {
                false
            }
        }
    }

    /// Whether a frame arrived at or after `moment`.
    pub(super) fn heard_since(&self, moment: Timestamp) -> bool {
        match &self.state {
            State::Open(open) => open.heard.is_some_and(|heard| heard >= moment),
            State::Idle | State::Connecting { .. } | State::Waiting { .. } | State::Refused(_) => {
                false
            }
        }
    }

    pub(super) fn online(&mut self, cx: &mut Context<'_>) -> Change {
        self.network = Network::Online;
        self.shown(cx)
    }

    pub(super) fn offline(&mut self, cx: &mut Context<'_>) -> Change {
        self.network = Network::Offline;
        match (&mut self.state, self.heartbeats) {
            // Browsers err: a connection that still answers is kept.
            (State::Open(open), Heartbeats::Proven) => {
                open.ask(cx, ANSWER_IN_DOUBT);
                Change::None
            }
            (State::Open(_), Heartbeats::Unproven) => self.dead(cx),
            (
                State::Idle | State::Connecting { .. } | State::Waiting { .. } | State::Refused(_),
                _,
            ) => Change::None,
        }
    }

    /// The page is visible again: ends a wait, and checks a silent connection.
    pub(super) fn shown(&mut self, cx: &mut Context<'_>) -> Change {
        match &mut self.state {
            State::Waiting { retries, .. } => {
                let retries = *retries;
                self.connect(cx, retries);
                Change::None
            }
            State::Open(open) if cx.now.since(open.last_sign()) >= QUIET => match open.beat {
                Beat::Listening | Beat::Asked { .. } => {
                    open.ask(cx, ANSWER_IN_DOUBT);
                    Change::None
                }
                Beat::Unused => Change::Doubt,
            },
            State::Idle | State::Connecting { .. } | State::Open(_) | State::Refused(_) => {
                Change::None
            }
        }
    }

    /// Handles [`Timer::Link`]: abandons a slow attempt, or starts the next one.
    pub(super) fn attempt_due(&mut self, cx: &mut Context<'_>) {
        match self.state {
            State::Connecting { retries } => {
                cx.effects.push(Effect::Close);
                self.wait(cx, retries + 1, backoff(retries + 1));
            }
            State::Waiting { retries, .. } => self.connect(cx, retries),
            State::Idle | State::Open(_) | State::Refused(_) => {}
        }
    }

    /// Handles [`Timer::Liveness`].
    pub(super) fn liveness_due(&mut self, cx: &mut Context<'_>) -> Change {
        let State::Open(open) = &mut self.state else {
            return Change::None;
        };
        match (&open.beat, self.heartbeats) {
            (Beat::Unused, _) => {}
            (Beat::Listening, _) => {
                let quiet_at = open.last_sign() + QUIET;
                if quiet_at > cx.now {
                    cx.deadlines.set(Timer::Liveness, quiet_at);
                } else {
                    open.ask(cx, ANSWER);
                }
            }
            (Beat::Asked { .. }, Heartbeats::Unproven) => open.beat = Beat::Unused,
            (Beat::Asked { at, within }, Heartbeats::Proven) => {
                if cx.now > *at + *within + FROZEN {
                    open.ask(cx, ANSWER_IN_DOUBT);
                } else {
                    return self.dead(cx);
                }
            }
        }
        Change::None
    }

    /// The open connection is dead: opens a new one at once.
    pub(super) fn dead(&mut self, cx: &mut Context<'_>) -> Change {
        let State::Open(open) = &self.state else {
            return Change::None;
        };
        let retries = open.retries_at(cx.now) + 1;
        cx.deadlines.clear(Timer::Liveness);
        cx.effects.push(Effect::Close);
        match self.network {
            Network::Offline => self.wait(cx, retries, RETRY_MAX),
            Network::Online if retries > 1 => self.wait(cx, retries, backoff(retries)),
            Network::Online => self.connect(cx, retries),
        }
        Change::Down
    }

    fn connect(&mut self, cx: &mut Context<'_>, retries: u32) {
        self.state = State::Connecting { retries };
        cx.effects.push(Effect::Open);
        cx.deadlines.set(Timer::Link, cx.now + CONNECT_TIMEOUT);
    }

    fn wait(&mut self, cx: &mut Context<'_>, retries: u32, delay: Duration) {
        let delay = match self.network {
            Network::Online => delay,
            Network::Offline => RETRY_MAX,
        };
        let at = cx.now + delay;
        self.state = State::Waiting { retries, at };
        cx.deadlines.set(Timer::Link, at);
    }
}

impl Open {
    const fn last_sign(&self) -> Timestamp {
        match self.heard {
            Some(heard) => heard,
            None => self.since,
        }
    }

    fn retries_at(&self, now: Timestamp) -> u32 {
        if now.since(self.since) >= STABLE {
            0
        } else {
            self.retries
        }
    }

    fn ask(&mut self, cx: &mut Context<'_>, within: Duration) {
        self.beat = Beat::Asked { at: cx.now, within };
        cx.effects.push(Effect::Transmit(HEARTBEAT.to_owned()));
        cx.deadlines.set(Timer::Liveness, cx.now + within);
    }
}

impl Close {
    /// Whether the server refuses this client permanently: a policy violation or an application's own close code.
    const fn is_terminal(&self) -> bool {
        matches!(self.code, 1008 | 4000..=4999)
    }
}
