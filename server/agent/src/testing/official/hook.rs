//! What the hook does with transcripts and with frames of answers.

use common::{
    chunk::Chunk,
    frame::{ChatResponse, Delivered, Outcome, ResponseKind},
    message::Message,
};

use super::{Observed, Official, Shown};

impl Official {
    pub(super) fn transcript(&mut self, messages: &[Message]) {
        let stored: Vec<Shown> = messages.iter().map(Shown::of).collect();
        let current = std::mem::take(&mut self.messages);
        self.messages = self.with_protected(stored, &current);
        if let Some(observed) = &self.observed
            && !observed.message.pieces.is_empty()
        {
            let same = self
                .messages
                .iter()
                .find(|one| one.id == observed.message.id);
            let fits = same.is_none_or(|same| {
                observed.message.pieces.len() >= same.pieces.len()
                    && observed.message.words().starts_with(&same.words())
            });
            if fits {
                self.merge();
            }
        }
    }

    fn with_protected(&mut self, mut stored: Vec<Shown>, current: &[Shown]) -> Vec<Shown> {
        let Some((id, _)) = &self.protected else {
            return stored;
        };
        let at = stored.iter().position(|one| one.id == *id);
        if at.is_some_and(|at| stored.iter().skip(at + 1).any(|one| one.is_answer)) {
            self.protected = None;
            return stored;
        }
        let mut both = current.iter().chain(&stored);
        let Some(message) = both.find(|one| one.id == *id).cloned() else {
            return stored;
        };
        stored.retain(|one| one.id != *id);
        stored.push(message);
        stored
    }

    pub(super) fn hook(&mut self, response: &ChatResponse) {
        let ChatResponse {
            id,
            continuation,
            delivered,
            kind,
        } = response;
        let is_replay = *delivered == Delivered::Replay;
        let starts = match kind {
            ResponseKind::Chunk {
                chunk: Chunk::Start { message_id, .. },
                ..
            } => message_id.as_ref().map(ToString::to_string),
            _ => None,
        };
        let (is_done, failed) = match kind {
            ResponseKind::Done { outcome, .. } => (true, matches!(outcome, Outcome::Error(_))),
            ResponseKind::Failing(_) => (false, true),
            _ => (false, false),
        };
        let completes = matches!(kind, ResponseKind::ReplayComplete);
        if self.own.contains(id) {
            if let Some(message) = starts {
                self.responses.push((id.clone(), message.clone()));
                if !continuation {
                    self.protect(&message);
                    if is_replay {
                        self.replays.remove(id);
                        self.hydrate(&message);
                    }
                }
            }
            if is_done || failed || completes {
                self.replays.remove(id);
            }
            if is_done || failed {
                self.observed.take_if(|observed| observed.id == *id);
                let of = self.responses.iter().rev().find(|(of, _)| of == id);
                let of = of.map(|(_, message)| message.clone());
                self.restore_protected(of.as_deref());
                self.responses.retain(|(of, _)| of != id);
                self.own.remove(id);
                self.acked.remove(id);
            }
            return;
        }
        let observes = |of: &Option<Observed>| of.as_ref().is_some_and(|of| of.id == *id);
        if is_replay && self.observed.is_none() && !self.replays.contains(id) {
            return;
        }
        if is_done && !failed && !observes(&self.observed) && !self.replays.contains(id) {
            self.acked.remove(id);
            return;
        }
        if failed {
            self.replays.remove(id);
            self.acked.remove(id);
            self.observed.take_if(|observed| observed.id == *id);
            return;
        }
        if let (Some(message), true, false) = (&starts, is_replay, *continuation) {
            self.replays.remove(id);
            self.hydrate(message);
        }
        if is_done || completes {
            self.replays.remove(id);
        }
        self.observe(response, starts, is_done, completes);
    }

    fn observe(
        &mut self,
        response: &ChatResponse,
        starts: Option<String>,
        is_done: bool,
        completes: bool,
    ) {
        let is_replay = response.delivered == Delivered::Replay;
        let known = self.observed.take();
        let known = known.filter(|of| of.id == response.id && !(is_replay && starts.is_some()));
        let mut observed = known.unwrap_or_else(|| {
            self.made += 1;
            Observed {
                id: response.id.clone(),
                message: Shown::answer(&format!("{}-made-{}", self.name, self.made)),
                waiting: response.continuation.then(Vec::new),
            }
        });
        let mut grows = false;
        if let ResponseKind::Chunk { chunk, .. } = &response.kind {
            grows = !is_replay;
            if let Some(id) = starts {
                observed.message.id = id;
            }
            match &mut observed.waiting {
                Some(waiting) => waiting.push(chunk.clone()),
                None => observed.message.apply(chunk),
            }
        }
        self.observed = Some(observed);
        if grows || is_done || completes {
            self.merge();
        }
        if is_done {
            self.acked.remove(&response.id);
            self.observed = None;
        }
    }

    /// Shows the observed message.
    fn merge(&mut self) {
        let Some(observed) = &mut self.observed else {
            return;
        };
        let mut at = self
            .messages
            .iter()
            .position(|one| one.id == observed.message.id);
        if let Some(waiting) = observed.waiting.take() {
            at = at.or_else(|| self.messages.iter().rposition(|one| one.is_answer));
            if let Some(goes_on) = at.and_then(|at| self.messages.get(at)) {
                observed.message = goes_on.clone();
            }
            for chunk in &waiting {
                observed.message.apply(chunk);
            }
        }
        match at.and_then(|at| self.messages.get_mut(at)) {
            Some(message) => *message = observed.message.clone(),
            None => self.messages.push(observed.message.clone()),
        }
    }

    fn protect(&mut self, id: &str) {
        if self
            .protected
            .as_ref()
            .is_some_and(|(known, _)| known == id)
        {
            return;
        }
        let at = self.messages.iter().position(|one| one.id == id);
        let before = at.map_or(self.messages.len(), |at| at).checked_sub(1);
        let before = before.and_then(|at| self.messages.get(at));
        self.protected = Some((id.to_owned(), before.map(|one| one.id.clone())));
    }

    fn restore_protected(&mut self, of: Option<&str>) {
        let of_another = |(id, _): &(String, Option<String>)| of.is_some_and(|of| of != id);
        if self.protected.as_ref().is_none_or(of_another) {
            return;
        }
        let Some((id, before)) = self.protected.take() else {
            return;
        };
        let Some(at) = self.messages.iter().position(|one| one.id == id) else {
            return;
        };
        let message = self.messages.remove(at);
        let to = match before {
            None => 0,
            Some(before) => (self.messages.iter().position(|one| one.id == before))
                .map_or(at, |before| before + 1),
        };
        self.messages.insert(to, message);
    }

    /// A replay is about to tell the last message again.
    fn hydrate(&mut self, id: &str) {
        if let Some(last) = self.messages.last_mut()
            && last.id == id
        {
            last.pieces.clear();
            self.hydrated.insert(id.to_owned());
        }
    }
}
