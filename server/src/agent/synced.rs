//! The synced state (protocol §3): what the conversation is about, which clients may change, and what its turns do.

use common::{
    frame::ServerFrame,
    id::IdSource,
    message::{Message, Role},
    state::{About, RunStatus, RunSummary, SyncedState},
};
use serde_json::Value;

use super::{Access, Agent, ConnectionKey, Effect, running::send};
use crate::store::Write;

/// What a client that may not change the state is told.
pub(super) const READONLY: &str = "Connection is readonly";

/// The most characters of a title that is taken from the first message.
const MADE_TITLE_CHARS: usize = 60;

impl<I: IdSource> Agent<I> {
    pub(super) fn state_frame(&self) -> String {
        let state = SyncedState {
            about: self.about.clone(),
            run: self.told.clone(),
        };
        ServerFrame::State(state.to_json()).encode()
    }

    /// A client sends a new state. It is told only when it is refused, or when what it says of the turns is not so.
    pub(super) fn state_received(
        &mut self,
        key: ConnectionKey,
        state: Value,
        out: &mut Vec<Effect>,
    ) {
        let refuse = |error: &str, out: &mut Vec<Effect>| {
            let frame = ServerFrame::StateError(error.to_owned());
            send(out, vec![key], frame.encode());
        };
        match self.connections.policy(key).access {
            Access::Readonly => return refuse(READONLY, out),
            Access::Full => {}
        }
        match About::from_json(state.clone()) {
            Err(error) => {
                out.push(Effect::Log(format!("refused a state: {error}")));
                refuse("State update rejected", out);
            }
            Ok(about) => {
                self.put_about(about, out);
                let frame = self.state_frame();
                let mut to = self.connections.of_protocol();
                let ours = SyncedState {
                    about: self.about.clone(),
                    run: self.told.clone(),
                };
                if state == ours.to_json() {
                    to.retain(|other| *other != key);
                }
                send(out, to, frame);
            }
        }
    }

    /// Replaces what the conversation is about and tells everyone.
    pub(super) fn change_about(&mut self, about: About, out: &mut Vec<Effect>) {
        if self.about != about {
            self.put_about(about, out);
            self.tell_state(out);
        }
    }

    fn put_about(&mut self, about: About, out: &mut Vec<Effect>) {
        if self.about != about {
            out.push(Effect::Persist(vec![Write::PutAbout(about.clone())]));
            self.about = about;
        }
    }

    pub(super) fn tell_state(&self, out: &mut Vec<Effect>) {
        send(out, self.connections.of_protocol(), self.state_frame());
    }

    /// Tells everyone what the turns do, if that is not what they were told last.
    pub(super) fn tell_run(&mut self, out: &mut Vec<Effect>) {
        let answers = self.queue.iter().filter(|turn| !turn.is_continuation());
        let queued = answers.count() as u64;
        let same = queued == self.told.queued
            && match (&self.told.status, &self.running) {
                (RunStatus::Running(told), Some(running)) => *told == running.turn.request_id,
                (RunStatus::Idle, None) => !self.waits(),
                (RunStatus::Waiting, None) => self.waits(),
                (RunStatus::Idle | RunStatus::Waiting, Some(_)) | (RunStatus::Running(_), None) => {
                    false
                }
            };
        if !same {
            let status = match &self.running {
                Some(running) => RunStatus::Running(running.turn.request_id.clone()),
                None if self.waits() => RunStatus::Waiting,
                None => RunStatus::Idle,
            };
            self.told = RunSummary { status, queued };
            self.tell_state(out);
        }
    }

    /// Whether the last message waits for an approval or for a result of a client tool.
    fn waits(&self) -> bool {
        let last = self.transcript.last();
        last.and_then(|position| self.open.get(&position))
            .is_some_and(|message| message.calls().any(|call| !call.state.is_settled()))
    }

    /// Gives a conversation without a title that of its first message.
    pub(super) fn title_from(&mut self, messages: &[Message]) -> Option<Write> {
        if self.about.title.is_some() || !self.transcript.is_empty() {
            return None;
        }
        let first = messages.iter().find(|message| message.role == Role::User)?;
        let title = title_of(&first.plain_text())?;
        self.about = self.about.clone().with_title(Some(title)).ok()?;
        Some(Write::PutAbout(self.about.clone()))
    }
}

/// The first line with something in it, cut at a word.
fn title_of(text: &str) -> Option<String> {
    let line = text.lines().map(str::trim).find(|line| !line.is_empty())?;
    if line.chars().count() <= MADE_TITLE_CHARS {
        return Some(line.to_owned());
    }
    let cut: String = line.chars().take(MADE_TITLE_CHARS).collect();
    let end = cut.rfind(' ').filter(|at| *at > 0).unwrap_or(cut.len());
    Some(format!("{}…", cut.get(..end).unwrap_or(&cut).trim_end()))
}

#[cfg(test)]
mod tests {
    use super::title_of;

    #[test]
    fn titles_are_one_short_line() {
        assert_eq!(
            title_of("\n  Reverse a list \nplease").as_deref(),
            Some("Reverse a list")
        );
        assert_eq!(title_of(" \n"), None);
        let long = "word ".repeat(40);
        let title = title_of(&long).unwrap();
        assert!(
            title.ends_with("word…") && title.chars().count() <= 61,
            "{title}"
        );
        assert_eq!(title_of(&"x".repeat(100)).unwrap().chars().count(), 61);
    }
}
