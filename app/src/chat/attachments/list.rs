//! The files that the person attached to a message that is not sent yet: what is uploaded when, what is to be said of it,
//! and when the message can be sent. No I/O.

use std::time::Duration;

use common::attachments::{DIRECTORY, FILES, REQUEST_BYTES, is_shown_to_model};

use super::{
    item::{Item, New, State, Way, first_state},
    name,
    outlook::Outlook,
};
use crate::workspace::size_words;

/// How many files are on their way at once.
const AT_ONCE: usize = 3;

/// The wait before a file is sent again that did not get through; it doubles up to the longest.
const FIRST_WAIT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_secs(16);

/// The attached files, in their order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct List {
    place: Place,
    items: Vec<Item>,
    /// How often in a row the server was not reached.
    failures: u32,
    /// What was not attached, and why.
    pub(super) left_out: Option<String>,
}

/// Where the message is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// On the start page: the conversation, and so the workspace, begins when the message is sent.
    Start,
    /// In a conversation.
    Conversation,
}

/// What happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Input {
    /// The person attached files.
    Added(Vec<New>),
    /// Files that were attached on an earlier page, or to a message that was taken back.
    Restored(Vec<Item>),
    /// The person removed a file.
    Removed(String),
    /// The browser does not have a file any more.
    Missed(String),
    /// The person wants an archive to be unpacked.
    UnpackChosen(String),
    /// The person wants a file to be sent again.
    Retried(String),
    /// So many bytes of a file are there.
    Progressed(String, u64),
    /// The server answered, or was not reached.
    Answered(String, Answer),
    /// The wait is over, or the network is back.
    TriedAgain,
    /// The person has read what was left out.
    Dismissed,
    /// The message was sent.
    Taken,
}

/// What the server said to a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// It is in the workspace; with the tag of its content, if it was not there before.
    Done { path: String, tag: Option<String> },
    /// It was unpacked.
    Unpacked { files: u64, left_out: usize },
    /// Another file has its name.
    NameTaken,
    /// The server was not reached, or is busy.
    Unreached,
    /// The server does not take it, for this reason.
    Refused(String),
    /// The browser does not have it any more.
    Lost,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// Send a file.
    Send {
        id: String,
        /// Where to.
        path: String,
        way: Way,
    },
    /// Nothing more is done with a file; its bytes may go.
    Drop(String),
    /// Delete a file of the workspace, if it still has this tag.
    Delete { path: String, tag: String },
    /// Give [`Input::TriedAgain`] after this time.
    TryAfter(Duration),
}

impl List {
    pub(super) const fn new(place: Place) -> Self {
        Self {
            place,
            items: Vec::new(),
            failures: 0,
            left_out: None,
        }
    }

    pub(super) fn items(&self) -> &[Item] {
        &self.items
    }

    pub(super) fn get(&self, id: &str) -> Option<&Item> {
        self.items.iter().find(|item| item.id == id)
    }

    /// Takes an input.
    pub(super) fn handle(&mut self, input: Input) -> Vec<Effect> {
        let mut effects = Vec::new();
        match input {
            Input::Added(new) => effects.extend(self.add(new)),
            Input::Restored(items) => self.items.extend(items),
            Input::Removed(id) => effects.extend(self.remove(&id)),
            Input::Missed(id) => {
                if let Some(item) = self.get_mut(&id)
                    && !item.is_there()
                {
                    item.state = State::lost();
                }
            }
            Input::UnpackChosen(id) => {
                if let Some(item) = self.get_mut(&id).filter(|item| item.can_be_unpacked()) {
                    item.state = State::Waiting(Way::Unpack);
                }
            }
            Input::Retried(id) => {
                if let Some(item) = self.get_mut(&id)
                    && let State::Failed { way: Some(way), .. } = item.state
                {
                    item.state = State::Waiting(way);
                }
            }
            Input::Progressed(id, bytes) => {
                if let Some(item) = self.get_mut(&id)
                    && let State::Sending { sent, .. } = &mut item.state
                {
                    *sent = bytes;
                }
            }
            Input::Answered(id, answer) => effects.extend(self.answered(&id, answer)),
            Input::TriedAgain => {
                for item in &mut self.items {
                    if let State::Interrupted(way) = item.state {
                        item.state = State::Waiting(way);
                    }
                }
            }
            Input::Dismissed => self.left_out = None,
            Input::Taken => {
                let ids = self.items.drain(..).map(|item| item.id);
                effects.extend(ids.map(Effect::Drop));
                self.left_out = None;
            }
        }
        effects.extend(self.next());
        effects
    }

    fn get_mut(&mut self, id: &str) -> Option<&mut Item> {
        self.items.iter_mut().find(|item| item.id == id)
    }

    /// Attaches files. Those that exceed a limit are left out, and a notice names them.
    fn add(&mut self, mut new: Vec<New>) -> Vec<Effect> {
        let room = FILES.saturating_sub(self.items.len());
        let too_many = new.split_off(room.min(new.len()));
        for file in new {
            let state = first_state(&file);
            let New {
                id,
                name,
                media_type,
                size,
                made_of,
                origin,
            } = file;
            self.items.push(Item {
                id,
                name,
                media_type,
                size,
                made_of,
                origin,
                state,
            });
        }
        if !too_many.is_empty() {
            let names: Vec<&str> = too_many.iter().map(|file| file.name.as_str()).collect();
            self.left_out = Some(format!(
                "A message takes {FILES} files. Not attached: {}. A zip file can hold more.",
                names.join(", ")
            ));
        }
        too_many
            .into_iter()
            .map(|file| Effect::Drop(file.id))
            .collect()
    }

    fn remove(&mut self, id: &str) -> Vec<Effect> {
        let Some(at) = self.items.iter().position(|item| item.id == id) else {
            return Vec::new();
        };
        let Item { id, state, .. } = self.items.remove(at);
        let mut effects = vec![Effect::Drop(id)];
        if let State::Done {
            path,
            tag: Some(tag),
        } = state
        {
            effects.push(Effect::Delete { path, tag });
        }
        effects
    }

    fn answered(&mut self, id: &str, answer: Answer) -> Option<Effect> {
        let failures = self.failures;
        let item = self.get_mut(id)?;
        let State::Sending { way, .. } = item.state else {
            return None;
        };
        item.state = match answer {
            Answer::Done { path, tag } => State::Done { path, tag },
            Answer::Unpacked { files, left_out } => State::Unpacked { files, left_out },
            Answer::NameTaken => State::Waiting(match way {
                Way::Keep(number) => Way::Keep(number + 1),
                Way::Unpack => Way::Unpack,
            }),
            Answer::Unreached => {
                item.state = State::Interrupted(way);
                self.failures = failures.saturating_add(1);
                let wait = FIRST_WAIT * 2_u32.saturating_pow(failures.min(8));
                return Some(Effect::TryAfter(wait.min(LONGEST_WAIT)));
            }
            Answer::Refused(words) => State::Failed {
                words,
                way: Some(way),
            },
            Answer::Lost => State::lost(),
        };
        self.failures = 0;
        // An archive that is kept may still be unpacked, and a text go back into the message.
        let item = self.get(id)?;
        let is_over = matches!(item.state, State::Unpacked { .. })
            || matches!(item.state, State::Done { .. }) && !item.has_further_use();
        is_over.then(|| Effect::Drop(id.to_owned()))
    }

    /// The files to send now.
    fn next(&mut self) -> Vec<Effect> {
        if self.place == Place::Start {
            return Vec::new();
        }
        let is_sending = |item: &&Item| matches!(item.state, State::Sending { .. });
        let free = AT_ONCE.saturating_sub(self.items.iter().filter(is_sending).count());
        let waiting = self.items.iter_mut().filter_map(|item| match item.state {
            State::Waiting(way) => Some((way, item)),
            State::Sending { .. }
            | State::Interrupted(_)
            | State::Done { .. }
            | State::Unpacked { .. }
            | State::AsksToUnpack
            | State::Failed { .. } => None,
        });
        let send = |(way, item): (Way, &mut Item)| {
            item.state = State::Sending { way, sent: 0 };
            let name = match way {
                Way::Keep(number) => name::numbered(&name::safe(&item.name), number),
                Way::Unpack => String::new(),
            };
            Effect::Send {
                id: item.id.clone(),
                path: format!("{DIRECTORY}/{name}"),
                way,
            }
        };
        waiting.take(free).map(send).collect()
    }

    /// What this means for the message.
    pub(super) fn outlook(&self) -> Outlook {
        if self.items.is_empty() {
            return Outlook::Empty;
        }
        if self.items.iter().any(Item::is_in_the_way) {
            return Outlook::Blocked;
        }
        if self.place == Place::Start || self.items.iter().all(Item::is_there) {
            Outlook::Ready
        } else {
            Outlook::Busy
        }
    }

    /// Whether something is on its way, or will be.
    pub(super) fn is_uploading(&self) -> bool {
        self.outlook() == Outlook::Busy
    }

    /// What to say of all files together; empty while there is nothing to say.
    pub(super) fn summary(&self) -> String {
        if self.items.iter().any(Item::is_in_the_way) {
            return "A file is in the way: see what it says, or remove it.".to_owned();
        }
        let of_request = |item: &&Item| is_shown_to_model(&item.media_type);
        let bytes: u64 = self
            .items
            .iter()
            .filter(of_request)
            .map(|item| item.size)
            .sum();
        if bytes > REQUEST_BYTES {
            return format!(
                "Pictures and PDFs have {} together. The model gets at most {} of them at once, the last ones first.",
                size_words(bytes),
                size_words(REQUEST_BYTES)
            );
        }
        let is_interrupted = |item: &Item| matches!(item.state, State::Interrupted(_));
        if self.items.iter().any(is_interrupted) {
            return "The server cannot be reached. The upload continues by itself.".to_owned();
        }
        String::new()
    }
}

#[cfg(test)]
mod tests;
