//! Who may do what: every frame, call and request passes here, once, before anything follows from it.

use accounts::{Caller, CredentialId, Denial, Intent, Ownership, PersonId};
use common::{
    final_close::FinalClose,
    frame::{ClientFrame, RpcResponse, ServerFrame},
    id::IdSource,
    time::Timestamp,
};
use store::Write;

use super::{
    Access, Agent, ConnectionKey, Effect,
    callables::{Callable, Intended},
    running::send,
};

/// So many revoked sign-ins are remembered, for requests that are on their way. The accounts refuse all later ones.
const REVOKED: usize = 64;

/// What a frame is out to do. Frames are listed one by one, so that a new one has to be decided on.
fn intent(frame: &ClientFrame) -> Intent {
    match frame {
        ClientFrame::ResumeRequest(_) | ClientFrame::ResumeAck(_) => Intent::Reads,
        ClientFrame::ChatRequest(_)
        | ClientFrame::ChatMessages(_)
        | ClientFrame::ChatClear
        | ClientFrame::ChatCancel(_)
        | ClientFrame::State(_) => Intent::Changes,
        ClientFrame::ToolResult(_) | ClientFrame::ToolApproval(_) => Intent::Answers,
        // What does not exist does nothing; the caller is told so.
        ClientFrame::Rpc { method, .. } => {
            Callable::from_word(method).map_or(Intent::Reads, Intended::intent)
        }
    }
}

impl<I: IdSource> Agent<I> {
    /// Whether a caller may do something here, outside of a connection.
    ///
    /// # Errors
    /// Says why not.
    pub fn admit(
        &self,
        now: Timestamp,
        caller: Option<&Caller>,
        intent: Intent,
    ) -> Result<(), Denial> {
        // A request may have been on its way when its sign-in was revoked.
        if caller.is_some_and(|caller| self.revoked.contains(&caller.credential)) {
            return Err(Denial::Revoked);
        }
        self.guarded.admit(now, caller, intent)
    }

    /// Who a connection is of.
    #[must_use]
    pub fn caller(&self, key: ConnectionKey) -> Option<&Caller> {
        self.connections.caller(key)
    }

    /// Tells the conversation's store from an earlier one of the same name.
    #[must_use]
    pub fn epoch(&self) -> &str {
        &self.guarded.epoch
    }

    /// The store has been made: it has an epoch from now on.
    pub fn has_store(&mut self, epoch: String) {
        self.guarded.epoch = epoch;
    }

    /// Whether a connection may do something here.
    pub(super) fn admit_connection(
        &self,
        now: Timestamp,
        key: ConnectionKey,
        intent: Intent,
    ) -> Result<(), Denial> {
        let caller = self.connections.caller(key);
        self.admit(now, caller, intent)?;
        match (intent, self.connections.policy(key).access) {
            (Intent::Reads, Access::Full | Access::Readonly) | (_, Access::Full) => Ok(()),
            (Intent::Changes | Intent::Answers | Intent::ChangesFiles, Access::Readonly) => {
                Err(Denial::Readonly)
            }
        }
    }

    /// Takes a frame in, when its connection may send it. The first one that writes something makes the conversation its
    /// caller's.
    pub(super) fn admit_frame(
        &mut self,
        now: Timestamp,
        key: ConnectionKey,
        frame: ClientFrame,
        out: &mut Vec<Effect>,
    ) {
        if let Err(denial) = self.admit_connection(now, key, intent(&frame)) {
            return self.deny(key, &frame, denial, out);
        }
        let before = out.len();
        self.received(now, key, frame, out);
        let caller = self.connections.caller(key);
        let (Ownership::Nobody, Some(person)) = (&self.guarded.owner, caller) else {
            return;
        };
        let person = person.person.clone();
        let mut new = out.iter_mut().skip(before);
        let first_write = new.find_map(|effect| {
            if let Effect::Persist(writes) = effect {
                Some(writes)
            } else {
                None
            }
        });
        if let Some(writes) = first_write {
            writes.insert(0, Write::PutOwner(person.clone()));
            let behind = out.split_off(before);
            self.give_to(person, out);
            out.extend(behind);
        }
    }

    /// Makes a conversation that is nobody's the caller's, before its files are written.
    pub(super) fn claim(&mut self, person: PersonId, out: &mut Vec<Effect>) {
        match self.guarded.owner {
            Ownership::Of(_) => {}
            Ownership::Nobody => {
                out.push(Effect::Persist(vec![Write::PutOwner(person.clone())]));
                self.give_to(person, out);
            }
        }
    }

    /// Others may have connected while the conversation was nobody's.
    fn give_to(&mut self, person: PersonId, out: &mut Vec<Effect>) {
        self.guarded.owner = Ownership::Of(person.clone());
        for key in self.connections.of_others(&person) {
            self.end(key, Denial::NotYours, out);
        }
    }

    fn deny(
        &mut self,
        key: ConnectionKey,
        frame: &ClientFrame,
        denial: Denial,
        out: &mut Vec<Effect>,
    ) {
        if denial.ends_with().is_some() {
            return self.end(key, denial, out);
        }
        let words = denial.to_string();
        let answer = match (denial, frame) {
            // The words of the SDK, which its clients may look for.
            (Denial::Readonly, ClientFrame::State(_)) => ServerFrame::StateError(words),
            (Denial::Readonly, ClientFrame::Rpc { id, .. }) => {
                ServerFrame::Rpc(RpcResponse::Failure {
                    id: id.clone(),
                    error: words,
                })
            }
            (_, frame) => frame.refusal(&words),
        };
        send(out, vec![key], answer.encode());
    }

    /// Ends a connection that may not be here.
    pub(super) fn end(&mut self, key: ConnectionKey, denial: Denial, out: &mut Vec<Effect>) {
        let close = denial.ends_with().unwrap_or(FinalClose::NotAllowed);
        self.close(key, close.code(), denial.sentence(), out);
    }

    /// Closes a connection.
    pub(super) fn close(
        &mut self,
        key: ConnectionKey,
        code: u16,
        reason: String,
        out: &mut Vec<Effect>,
    ) {
        out.push(Effect::Close { key, code, reason });
        if let Some((client, offer)) = self.connections.remove(key) {
            self.left(&client, &offer, out);
        }
    }

    /// Closes the connections whose sign-in has an end that has come.
    pub(super) fn close_expired(&mut self, now: Timestamp, out: &mut Vec<Effect>) {
        for key in self.connections.expired(now) {
            self.end(key, Denial::Expired, out);
        }
    }

    /// Closes the connections of a credential that was revoked.
    pub(super) fn revoke(&mut self, credential: CredentialId, out: &mut Vec<Effect>) {
        for key in self.connections.of_credential(&credential) {
            self.end(key, Denial::Revoked, out);
        }
        self.revoked.push_back(credential);
        if self.revoked.len() > REVOKED {
            self.revoked.pop_front();
        }
    }
}
