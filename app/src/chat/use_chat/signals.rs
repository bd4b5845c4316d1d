//! What a conversation shows, as signals that the driver writes.

use common::{
    attachments::Draft,
    client::{ChatError, Connection, Earlier, Identity, Run, SharedRow, Status},
    id::MessageId,
};
use leptos::prelude::*;
use serde_json::Value;

use crate::chat::rows::RowHandle;

/// What changes seldom.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Facts {
    /// Who the agent is, while there is a connection on which it has said so.
    pub identity: Option<Identity>,
    /// The build of the page that the server serves now, once it has said so. Official servers do not.
    pub served_page: Option<String>,
    /// The messages of this page that wait for their turns, in order.
    pub queue: Vec<MessageId>,
    /// The synced state, once the agent has sent it.
    pub state: Option<Value>,
    /// What went wrong last beside the turns, until [`UseChat::dismiss`](super::UseChat::dismiss).
    pub problem: Option<ChatError>,
    /// What there is before the first of [`UseChat::messages`](super::UseChat::messages):
    /// [`UseChat::load_earlier`](super::UseChat::load_earlier).
    pub earlier: Earlier,
    /// A message that could not be sent, to go back to where it was written:
    /// [`UseChat::take_given_back`](super::UseChat::take_given_back).
    pub given_back: Option<Draft>,
}

/// The signals that the driver writes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Signals {
    pub(crate) messages: RwSignal<Vec<RowHandle>>,
    pub(crate) status: RwSignal<Status>,
    pub(crate) run: RwSignal<Run>,
    pub(crate) connection: RwSignal<Connection>,
    pub(crate) error: RwSignal<Option<ChatError>>,
    pub(crate) facts: RwSignal<Facts>,
}

impl Signals {
    /// Without rows, before a transcript with this beginning is shown.
    pub(super) fn new(earlier: Earlier) -> Self {
        Self {
            messages: RwSignal::new(Vec::new()),
            status: RwSignal::new(Status::Ready),
            run: RwSignal::new(Run::Idle),
            connection: RwSignal::new(Connection::Connecting),
            error: RwSignal::new(None),
            facts: RwSignal::new(Facts {
                earlier,
                ..Facts::default()
            }),
        }
    }

    /// The rows that there are from the start.
    pub(crate) fn start_with(self, rows: Vec<SharedRow>) {
        let rows = rows.into_iter().map(RowHandle::new);
        self.messages.set(rows.collect());
    }
}
