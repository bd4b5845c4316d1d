//! What the view was last sent.

use super::{
    chat::Chat,
    io::{ChatError, Connection, Earlier, Effect, Run, Status},
    link::Link,
};
use crate::id::MessageId;

/// What the view was last sent, for values of which only the newest counts.
#[derive(Debug)]
pub(super) struct Shown {
    connection: Connection,
    status: Status,
    run: Run,
    queue: Vec<MessageId>,
    error: Option<ChatError>,
    earlier: Earlier,
}

impl Shown {
    /// A view that shows what a page was rendered with.
    pub(super) const fn new(earlier: Earlier) -> Self {
        Self {
            connection: Connection::Connecting,
            status: Status::Ready,
            run: Run::Idle,
            queue: Vec::new(),
            error: None,
            earlier,
        }
    }

    /// Tells what has changed.
    pub(super) fn show(&mut self, link: &Link, chat: &Chat, effects: &mut Vec<Effect>) {
        let connection = link.connection();
        if self.connection != connection {
            self.connection = connection.clone();
            effects.push(Effect::ShowConnection(connection));
        }
        if self.error.as_ref() != chat.error() {
            self.error = chat.error().cloned();
            effects.push(Effect::ShowError(self.error.clone()));
        }
        let status = chat.status();
        if self.status != status {
            self.status = status;
            effects.push(Effect::ShowStatus(status));
        }
        if self.earlier != *chat.earlier() {
            self.earlier = chat.earlier().clone();
            effects.push(Effect::ShowEarlier(self.earlier.clone()));
        }
        let run = chat.run();
        if self.run != run {
            self.run = run.clone();
            effects.push(Effect::ShowRun(run));
        }
        if !self.queue.iter().eq(chat.queue()) {
            self.queue = chat.queue().cloned().collect();
            effects.push(Effect::ShowQueue(self.queue.clone()));
        }
    }
}
