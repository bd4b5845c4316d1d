//! The connection: opened, watched, and opened again for as long as it takes.

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

/// A connection that is not open by then is given up, as in `PartySocket`.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(4);
/// After so much uptime, retries count from one again.
const STABLE: Duration = Duration::from_secs(5);
/// So much silence calls for a heartbeat.
const QUIET: Duration = Duration::from_secs(5);
/// A heartbeat is answered by then, or the connection is dead.
const ANSWER: Duration = Duration::from_secs(4);
/// The same when there is a reason for doubt, such as a frozen page.
const ANSWER_IN_DOUBT: Duration = Duration::from_secs(2);
/// A deadline noticed so much too late says that the page was frozen, not that the peer is silent.
const FROZEN: Duration = Duration::from_secs(2);

/// The connection's machine.
#[derive(Debug)]
pub(super) struct Link {
    state: State,
    network: Network,
    heartbeats: Heartbeats,
}

#[derive(Debug)]
enum State {
    /// Before the start.
    Idle,
    /// [`Timer::Link`] is the connect timeout.
    Connecting {
        retries: u32,
    },
    Open(Open),
    /// [`Timer::Link`] is the next attempt.
    Waiting {
        retries: u32,
        at: Timestamp,
    },
    Refused(Close),
}

#[derive(Debug)]
struct Open {
    /// How many attempts it took since the last stable connection.
    retries: u32,
    since: Timestamp,
    /// When the last frame came.
    heard: Option<Timestamp>,
    beat: Beat,
}

/// Where the exchange of heartbeats stands; [`Timer::Liveness`] drives it.
#[derive(Debug)]
enum Beat {
    /// Frames come, or it is not long since.
    Listening,
    /// A heartbeat is to be answered within the time given.
    Asked { at: Timestamp, within: Duration },
    /// This server does not answer heartbeats: silence means nothing.
    Unused,
}

/// What the browser says about the network.
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

/// Which server is at the other end, as far as is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Peer {
    /// One of ours.
    Ours,
    /// It was asked for a sign that it is one of ours, and has time left to give it.
    Asked,
    /// Perhaps an official one.
    Unknown,
}

/// What an input meant for those who use the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    None,
    Up,
    Down,
    /// It may be dead and heartbeats cannot tell.
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

    /// The user wants a refused connection tried again. Whether there was one.
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

    /// Takes note of a frame. Whether it is one for others.
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

    /// Whether a frame came at or after `moment`.
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

    /// The page is looked at again: no waiting now, and a connection that was silent is doubted.
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

    /// [`Timer::Link`]: an attempt takes too long, or the next one is due.
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

    /// [`Timer::Liveness`].
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

    /// The connection is open and nobody is at its other end: another one, at once.
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
    /// The server does not want this client: policy violation, or a refusal of the application's own.
    const fn is_terminal(&self) -> bool {
        matches!(self.code, 1008 | 4000..=4999)
    }
}
