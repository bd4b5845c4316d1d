//! Who may do what: every frame and call passes here, once, before anything follows from it.

use accounts::{CredentialId, Denial, Intent, PersonId};
use common::{
    final_close::FinalClose,
    frame::{ClientFrame, DecodeError, RpcResponse, ServerFrame},
    time::Timestamp,
};
use store::Write;

use super::{
    Parts,
    callables::{Callable, Intended},
    next::Next,
};
use crate::{attached::ConnectionKey, context::Context, io::Effect};

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
        // What does not exist does nothing, and is answered with an error.
        ClientFrame::Rpc { method, .. } => {
            Callable::from_word(method).map_or(Intent::Reads, Intended::intent)
        }
    }
}

impl Parts {
    /// Whether a connection may do something here.
    pub(super) fn admit_connection(
        &self,
        now: Timestamp,
        key: ConnectionKey,
        intent: Intent,
    ) -> Result<(), Denial> {
        let caller = self.connections.caller(key);
        let access = self.connections.policy(key).access;
        self.guard.admit_connection(now, caller, access, intent)
    }

    /// Reads a frame, once it is known that it may be read.
    pub(super) fn frame(
        &mut self,
        cx: &Context<'_>,
        key: ConnectionKey,
        text: &str,
    ) -> Result<ClientFrame, DecodeError> {
        self.count_frame(cx, key, text.as_bytes())
            .map_err(|refusal| DecodeError::refused(text, refusal.to_string()))?;
        ClientFrame::decode(text)
    }

    /// Takes a frame in, when its connection may send it. The first one that writes something makes the conversation its
    /// caller's.
    pub(super) fn admit_frame(
        &mut self,
        cx: &mut Context<'_>,
        key: ConnectionKey,
        frame: ClientFrame,
    ) {
        if let Err(denial) = self.admit_connection(cx.now, key, intent(&frame)) {
            return self.deny(cx, key, &frame, denial);
        }
        let before = cx.effects.len();
        let next = self.received(cx, key, frame);
        self.follow(cx, next);
        if self.guard.owner().is_some() {
            return;
        }
        let Some(caller) = self.connections.caller(key) else {
            return;
        };
        let person = caller.person.clone();
        let mut new = cx.effects.iter_mut().skip(before);
        let first_write = new.find_map(|effect| {
            if let Effect::Persist(writes) = effect {
                Some(writes)
            } else {
                None
            }
        });
        if let Some(writes) = first_write {
            writes.insert(0, Write::PutOwner(person.clone()));
            let behind = cx.effects.split_off(before);
            self.give_to(cx, person);
            cx.effects.extend(behind);
        }
    }

    /// A frame whose connection may send it.
    fn received(&mut self, cx: &mut Context<'_>, key: ConnectionKey, frame: ClientFrame) -> Next {
        match frame {
            ClientFrame::ChatRequest(request) => return self.submit(cx, key, request),
            ClientFrame::ChatCancel(id) => return self.cancel(cx, &id),
            ClientFrame::ToolResult(result) => return self.tool_result(cx, key, result),
            ClientFrame::ToolApproval(approval) => return self.tool_approval(cx, key, &approval),
            ClientFrame::ChatMessages(messages) => self.store_messages(cx, key, messages),
            ClientFrame::ChatClear => self.clear(cx, key),
            ClientFrame::ResumeRequest(probe) => self.resume_requested(cx, key, probe),
            ClientFrame::ResumeAck(id) => self.resume_acknowledged(cx, key, &id),
            ClientFrame::State(state) => self.state_received(cx, key, state),
            ClientFrame::Rpc { id, method, args } => self.called(cx, key, id, &method, args),
        }
        Next::Wait
    }

    /// Makes a conversation that is nobody's the caller's, before its files are written.
    pub(super) fn claim(&mut self, cx: &mut Context<'_>, person: PersonId) {
        if self.guard.owner().is_none() {
            cx.persist(vec![Write::PutOwner(person.clone())]);
            self.give_to(cx, person);
        }
    }

    /// Others may have connected while the conversation was nobody's.
    fn give_to(&mut self, cx: &mut Context<'_>, person: PersonId) {
        for key in self.connections.of_others(&person) {
            self.end(cx, key, Denial::NotYours);
        }
        self.guard.give_to(person);
    }

    fn deny(
        &mut self,
        cx: &mut Context<'_>,
        key: ConnectionKey,
        frame: &ClientFrame,
        denial: Denial,
    ) {
        if denial.ends_with().is_some() {
            return self.end(cx, key, denial);
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
        cx.send(vec![key], answer.encode());
    }

    /// Ends a connection that may not be here.
    pub(super) fn end(&mut self, cx: &mut Context<'_>, key: ConnectionKey, denial: Denial) {
        let close = denial.ends_with().unwrap_or(FinalClose::NotAllowed);
        self.close(cx, key, close.code(), denial.sentence());
    }

    /// Closes a connection.
    pub(super) fn close(
        &mut self,
        cx: &mut Context<'_>,
        key: ConnectionKey,
        code: u16,
        reason: String,
    ) {
        cx.push(Effect::Close { key, code, reason });
        if let Some((client, offer)) = self.connections.remove(key) {
            self.left(cx, &client, &offer);
        }
    }

    /// Closes the connections whose sign-in has an end that has come.
    pub(super) fn close_expired(&mut self, cx: &mut Context<'_>) {
        for key in self.connections.expired(cx.now) {
            self.end(cx, key, Denial::Expired);
        }
    }

    /// Closes the connections of a credential that was revoked.
    pub(super) fn revoke(&mut self, cx: &mut Context<'_>, credential: CredentialId) {
        for key in self.connections.of_credential(&credential) {
            self.end(cx, key, Denial::Revoked);
        }
        self.guard.revoke(credential);
    }
}
