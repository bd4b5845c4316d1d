//! The directory machine: its connections, and the broadcast of changes.

use std::collections::{BTreeMap, BTreeSet};

use accounts::{
    Caller, ConnectionKey, CredentialId, Denial, Guard, Guarded, Intent, Ownership, PersonId,
    Protocol,
};
use common::{
    directory::Settings,
    frame::{ClientFrame, DecodeError, NoResume, RpcResponse, ServerFrame},
    id::RpcId,
    naming,
    time::{Alarm, Timestamp},
};
use limits::{FrameLimits, Sent};
use serde_json::Value;
use sql::{Sql, SqlError, reason};

use super::{Attached, Effect, Input, JobId, calls::intent, records::Records};

/// The maximum number of connections of a person: tabs and devices.
const MAX_CONNECTIONS: usize = 100;

/// The close code for clients that send too much (RFC 6455 §7.4.1).
const POLICY_VIOLATION: u16 = 1008;

/// The answer to a frame that belongs to a conversation.
const NO_CONVERSATION: &str = "this is the list of conversations; a message goes to one of them";

/// The directory of one person.
#[derive(Debug)]
pub struct Directory<S> {
    guard: Guard,
    /// The build of the page, so that pages of another build learn that they are outdated.
    page: Option<&'static str>,
    pub(super) records: Records<S>,
    connections: BTreeMap<ConnectionKey, Connection>,
    /// The calls that wait for a conversation.
    pub(super) jobs: BTreeMap<JobId, (ConnectionKey, RpcId)>,
    last_job: u64,
    /// The conversations that are being deleted.
    pub(super) deleting: BTreeSet<String>,
    pub(super) alarm: Alarm,
}

#[derive(Debug)]
struct Connection {
    attached: Attached,
    sent: Sent,
}

impl<S: Sql> Directory<S> {
    /// Restores the directory of a person. `page` is the build of the page; `attached` are the connections that
    /// survived hibernation.
    ///
    /// # Errors
    /// When an SQL statement fails, or when the tables are of a later version than this code knows.
    pub fn open(
        now: Timestamp,
        person: PersonId,
        page: Option<&'static str>,
        sql: S,
        attached: Vec<Attached>,
    ) -> Result<(Self, Vec<Effect>), SqlError> {
        let mut directory = Self {
            guard: Guard::new(Guarded {
                owner: Ownership::Of(person),
                // Matches no share: epochs are hexadecimal.
                epoch: "directory".to_owned(),
            }),
            page,
            records: Records::open(sql)?,
            connections: BTreeMap::new(),
            jobs: BTreeMap::new(),
            last_job: 0,
            deleting: BTreeSet::new(),
            alarm: Alarm::default(),
        };
        for connection in attached {
            directory.add(connection);
        }
        let mut out = Vec::new();
        directory.wake_for_the_next(now, &mut out)?;
        Ok((directory, out))
    }

    /// Handles an input and returns the effects to run, in order. All changes are stored when it returns.
    pub fn handle(&mut self, now: Timestamp, input: Input) -> Vec<Effect> {
        let mut out = Vec::new();
        self.close_expired(now, &mut out);
        match input {
            Input::Connected(attached) => self.connected(now, attached, &mut out),
            Input::Received { key, text } => self.received(now, key, &text, &mut out),
            Input::ReceivedBytes { key, bytes } => {
                if self.counts(now, key, &bytes).is_ok() {
                    self.not_a_frame(key, &DecodeError::of_bytes(&bytes), &mut out);
                }
                self.end_flood(key, &mut out);
            }
            Input::Disconnected(key) => {
                self.connections.remove(&key);
            }
            Input::Revoked(credential) => self.revoke(credential, &mut out),
            Input::Pushed(push) => self.pushed(now, &push, &mut out),
            Input::Renamed { job, result } => self.renamed(job, result, &mut out),
            Input::Deleted { name, outcome } => self.deleted(now, &name, &outcome, &mut out),
            Input::DeadlinePassed => {
                self.alarm.passed();
                self.delete_due(now, &mut out);
            }
        }
        out
    }

    /// Checks whether a caller may do something here. Every connection, call and request passes this check.
    ///
    /// # Errors
    /// The reason for a refusal.
    pub fn admit(
        &self,
        now: Timestamp,
        caller: Option<&Caller>,
        intent: Intent,
    ) -> Result<(), Denial> {
        self.guard.admit(now, caller, intent)
    }

    /// Checks whether another connection is possible.
    ///
    /// # Errors
    /// When the maximum is reached.
    pub fn has_room_for_connection(&self) -> Result<(), String> {
        if self.connections.len() < MAX_CONNECTIONS {
            return Ok(());
        }
        Err(format!(
            "Your list has {MAX_CONNECTIONS} connections, which is the most. Close some tabs."
        ))
    }

    /// The synced state, for requests without a connection.
    ///
    /// # Errors
    /// When an SQL statement fails.
    pub fn state(&self) -> Result<Value, SqlError> {
        Ok(self.records.state()?.to_json())
    }

    /// The person's settings, for their conversations.
    ///
    /// # Errors
    /// When an SQL statement fails.
    pub fn settings(&self) -> Result<Settings, SqlError> {
        self.records.settings()
    }

    fn add(&mut self, attached: Attached) {
        let connection = Connection {
            attached,
            sent: Sent::default(),
        };
        self.connections.insert(connection.attached.key, connection);
    }

    /// Sends the frames of a new connection, in order (protocol §2.2).
    fn connected(&mut self, now: Timestamp, attached: Attached, out: &mut Vec<Effect>) {
        let (key, protocol) = (attached.key, attached.protocol);
        self.add(attached);
        if let Err(denial) = self.admit_connection(now, key, Intent::Reads) {
            return self.end(key, denial, out);
        }
        match protocol {
            Protocol::Withheld => {}
            Protocol::Sent => {
                let state = match self.state() {
                    Ok(state) => state,
                    Err(error) => {
                        out.push(Effect::Log(error.to_string()));
                        let words = reason(&error.words()).to_owned();
                        return self.close(key, error.fault.close_code(), words, out);
                    }
                };
                let identity = ServerFrame::Identity {
                    name: naming::OWN_DIRECTORY.to_owned(),
                    agent: naming::kebab(naming::DIRECTORY_CLASS),
                    state_follows: true,
                    page: self.page.map(str::to_owned),
                };
                send(out, vec![key], identity.encode());
                send(out, vec![key], ServerFrame::State(state).encode());
                send(out, vec![key], ServerFrame::no_mcp_servers().encode());
            }
        }
    }

    fn received(&mut self, now: Timestamp, key: ConnectionKey, text: &str, out: &mut Vec<Effect>) {
        let frame = self.counts(now, key, text.as_bytes());
        let frame = frame.map_err(|words| DecodeError::refused(text, words));
        match frame.and_then(|()| ClientFrame::decode(text)) {
            Ok(frame) => self.admit_frame(now, key, frame, out),
            Err(error) => {
                self.not_a_frame(key, &error, out);
                self.end_flood(key, out);
            }
        }
    }

    fn counts(&mut self, now: Timestamp, key: ConnectionKey, frame: &[u8]) -> Result<(), String> {
        let Some(connection) = self.connections.get_mut(&key) else {
            return Ok(());
        };
        let counted = connection.sent.count(&FrameLimits::DEFAULT, now, frame);
        counted.map_err(|refusal| refusal.to_string())
    }

    fn not_a_frame(&self, key: ConnectionKey, error: &DecodeError, out: &mut Vec<Effect>) {
        if let Some(answer) = error.answer() {
            send(out, vec![key], answer.encode());
        }
    }

    fn end_flood(&mut self, key: ConnectionKey, out: &mut Vec<Effect>) {
        let connection = self.connections.get(&key);
        if connection.is_some_and(|connection| connection.sent.is_flood()) {
            let words = "Too many frames came that were not taken.".to_owned();
            self.close(key, POLICY_VIOLATION, words, out);
        }
    }

    /// Handles a frame if its connection may send it. Every kind of frame is listed, so that a new one needs a
    /// decision.
    fn admit_frame(
        &mut self,
        now: Timestamp,
        key: ConnectionKey,
        frame: ClientFrame,
        out: &mut Vec<Effect>,
    ) {
        match frame {
            ClientFrame::Rpc { id, method, args } => {
                match self.admit_connection(now, key, intent(&method)) {
                    Ok(()) => self.called(now, key, id, &method, args, out),
                    Err(denial) if denial.ends_with().is_some() => self.end(key, denial, out),
                    Err(denial) => {
                        let error = denial.to_string();
                        answer(out, key, RpcResponse::Failure { id, error });
                    }
                }
            }
            ClientFrame::State(_) => {
                let frame = ServerFrame::StateError("State update rejected".to_owned());
                send(out, vec![key], frame.encode());
            }
            ClientFrame::ResumeRequest(probe_id) => {
                let none = ServerFrame::StreamResumeNone {
                    reason: Some(NoResume::Idle),
                    probe_id,
                };
                send(out, vec![key], none.encode());
            }
            ClientFrame::ChatRequest(_)
            | ClientFrame::ChatMessages(_)
            | ClientFrame::ChatClear
            | ClientFrame::ChatCancel(_)
            | ClientFrame::ResumeAck(_)
            | ClientFrame::ToolResult(_)
            | ClientFrame::ToolApproval(_) => {
                send(out, vec![key], frame.refusal(NO_CONVERSATION).encode());
            }
        }
    }

    fn admit_connection(
        &self,
        now: Timestamp,
        key: ConnectionKey,
        intent: Intent,
    ) -> Result<(), Denial> {
        let attached = self.connections.get(&key).map(|known| &known.attached);
        let caller = attached.and_then(|known| known.caller.as_ref());
        let access = attached.map(|known| known.access).unwrap_or_default();
        self.guard.admit_connection(now, caller, access, intent)
    }

    fn end(&mut self, key: ConnectionKey, denial: Denial, out: &mut Vec<Effect>) {
        let close = denial
            .ends_with()
            .unwrap_or(common::final_close::FinalClose::NotAllowed);
        self.close(key, close.code(), denial.sentence(), out);
    }

    fn close(&mut self, key: ConnectionKey, code: u16, reason: String, out: &mut Vec<Effect>) {
        if self.connections.remove(&key).is_some() {
            out.push(Effect::Close { key, code, reason });
        }
    }

    fn close_expired(&mut self, now: Timestamp, out: &mut Vec<Effect>) {
        let is_over = |caller: &Caller| caller.until.is_some_and(|until| until <= now);
        for key in self.keys_where(is_over) {
            self.end(key, Denial::Expired, out);
        }
    }

    fn revoke(&mut self, credential: CredentialId, out: &mut Vec<Effect>) {
        for key in self.keys_where(|caller| caller.credential == credential) {
            self.end(key, Denial::Revoked, out);
        }
        self.guard.revoke(credential);
    }

    fn keys_where(&self, is_wanted: impl Fn(&Caller) -> bool) -> Vec<ConnectionKey> {
        let wanted = self.connections.iter().filter(|(_, connection)| {
            let caller = connection.attached.caller.as_ref();
            caller.is_some_and(&is_wanted)
        });
        wanted.map(|(key, _)| *key).collect()
    }

    /// Broadcasts the list.
    pub(super) fn tell(&self, out: &mut Vec<Effect>) {
        let is_told = |connection: &&Connection| match connection.attached.protocol {
            Protocol::Sent => true,
            Protocol::Withheld => false,
        };
        let to: Vec<ConnectionKey> = self
            .connections
            .values()
            .filter(is_told)
            .map(|connection| connection.attached.key)
            .collect();
        if to.is_empty() {
            return;
        }
        match self.state() {
            Ok(state) => send(out, to, ServerFrame::State(state).encode()),
            Err(error) => out.push(Effect::Log(error.to_string())),
        }
    }

    pub(super) fn next_job(&mut self) -> JobId {
        self.last_job += 1;
        JobId(self.last_job)
    }
}

/// Answers a call.
pub(super) fn answer(out: &mut Vec<Effect>, to: ConnectionKey, response: RpcResponse) {
    send(out, vec![to], ServerFrame::Rpc(response).encode());
}

fn send(out: &mut Vec<Effect>, to: Vec<ConnectionKey>, text: String) {
    if !to.is_empty() {
        out.push(Effect::Send { to, text });
    }
}
