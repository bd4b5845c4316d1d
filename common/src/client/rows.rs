//! The transcript at hand. Views hear of every change of it.

mod lookup;

use super::{
    context::Context,
    io::{
        Delivery, Earlier, Load, MessageChange, MessageGuard, Row, SharedRow, Snapshot, ViewChange,
    },
};
use crate::{
    chunk::Chunk,
    id::{MessageId, ToolCallId},
    id_map::{IdIndex, IdMap, IdSet},
    message::{Message, ToolAnswer},
    transcript::MessageBuilder,
};

/// The rows, oldest first, no two with the same id.
#[derive(Debug)]
pub(super) struct Rows {
    entries: Vec<SharedRow>,
    index: IdIndex,
    /// What there is before them.
    earlier: Earlier,
    /// The rows whose place no list of the server has given yet.
    guessed: IdSet,
    /// The entity tag of the stored transcript, while the rows are exactly that, or its end.
    etag: Option<String>,
    /// While a stream is replayed: what it replays, as it was before.
    replayed: Option<IdMap<MessageId, Message>>,
}

/// A row of the list that [`Rows::arrange`] makes.
pub(super) enum Target {
    /// The row at hand, as it is.
    Keep(MessageId),
    /// This.
    Put(Row),
}

impl Target {
    pub(super) const fn id(&self) -> &MessageId {
        match self {
            Self::Keep(id) => id,
            Self::Put(row) => &row.message.id,
        }
    }
}

impl Rows {
    pub(super) fn new(snapshot: Snapshot) -> Self {
        let earlier = snapshot.before();
        let etag = snapshot.etag.clone();
        let mut rows = Self {
            earlier,
            guessed: IdSet::default(),
            entries: snapshot.into_rows(),
            index: IdIndex::default(),
            etag,
            replayed: None,
        };
        rows.reindex(0);
        rows
    }

    pub(super) fn all(&self) -> &[SharedRow] {
        &self.entries
    }

    pub(super) const fn etag(&self) -> Option<&String> {
        self.etag.as_ref()
    }

    pub(super) const fn earlier(&self) -> &Earlier {
        &self.earlier
    }

    pub(super) fn set_earlier(&mut self, earlier: Earlier) {
        self.earlier = earlier;
    }

    /// From now on the rows are exactly the stored transcript with this entity tag, or its end.
    pub(super) fn set_etag(&mut self, etag: Option<String>) {
        self.etag = etag;
    }

    pub(super) const fn len(&self) -> usize {
        self.entries.len()
    }

    pub(super) fn position(&self, id: &MessageId) -> Option<usize> {
        self.index.get(id.as_str())
    }

    pub(super) fn message(&self, id: &MessageId) -> Option<MessageGuard<'_>> {
        self.entry(id).map(SharedRow::message)
    }

    /// A row comes in where it is supposed to be; one beyond the end goes to the end. Its id must be new.
    pub(super) fn insert(&mut self, cx: &mut Context<'_>, index: usize, row: Row) {
        self.guessed.insert(row.message.id.as_str());
        let index = index.min(self.entries.len());
        self.entries.insert(index, SharedRow::new(row));
        self.reindex(index);
        self.show_all(cx);
    }

    /// Rows come in before all others. Those with the same ids go.
    pub(super) fn prepend(&mut self, cx: &mut Context<'_>, rows: Vec<Row>) {
        for row in &rows {
            self.take_out(&row.message.id);
        }
        let rows = rows.into_iter().map(SharedRow::new);
        self.entries.splice(..0, rows);
        self.reindex(0);
        self.show_all(cx);
    }

    pub(super) fn remove(&mut self, cx: &mut Context<'_>, id: &MessageId) {
        if self.take_out(id) {
            self.show_all(cx);
        }
    }

    fn take_out(&mut self, id: &MessageId) -> bool {
        let Some(index) = self.position(id) else {
            return false;
        };
        self.index.remove(id.as_str());
        self.entries.remove(index);
        self.reindex(index);
        true
    }

    /// The row of this id is this message now.
    pub(super) fn replace(&mut self, cx: &mut Context<'_>, message: Message) {
        let Some(row) = self.entry(&message.id) else {
            return;
        };
        if row.role() != message.role {
            let delivery = row.delivery();
            let index = self.position(&message.id).unwrap_or_default();
            if let Some(row) = self.entries.get_mut(index) {
                *row = SharedRow::new(Row { message, delivery });
            }
            self.show_all(cx);
            return;
        }
        let before = row.message();
        if *before == message {
            return;
        }
        let change = MessageChange::between(&before, &message);
        drop(before);
        let id = message.id.clone();
        row.write().builder = MessageBuilder::new(message);
        self.changed(cx, &id, change);
    }

    /// The message grows. Its id stays, whatever the chunk says.
    pub(super) fn grow(&mut self, cx: &mut Context<'_>, id: &MessageId, mut chunk: Chunk) {
        if let Chunk::Start { message_id, .. } = &mut chunk {
            message_id.take_if(|named| named != id);
        }
        let row = self.entry(id);
        if let Some(growth) = row.and_then(|row| row.write().builder.apply(&chunk)) {
            self.changed(cx, id, growth.into());
        }
    }

    /// An answer to a call of the message.
    pub(super) fn answer(
        &mut self,
        cx: &mut Context<'_>,
        id: &MessageId,
        call: &ToolCallId,
        answer: &ToolAnswer,
    ) {
        let row = self.entry(id);
        if let Some(growth) = row.and_then(|row| row.write().builder.answer(call, answer)) {
            self.changed(cx, id, growth.into());
        }
    }

    /// The message begins anew, empty.
    pub(super) fn rebuild(&mut self, cx: &mut Context<'_>, id: &MessageId) {
        let Some(row) = self.entry(id) else {
            return;
        };
        let empty = MessageBuilder::new(Message::empty_assistant(id.clone()));
        let before = std::mem::replace(&mut row.write().builder, empty).into_message();
        match &mut self.replayed {
            Some(replayed) => {
                if replayed.get(id).is_none() {
                    replayed.insert(id.clone(), before);
                }
                self.etag = None;
            }
            None => self.changed(cx, id, MessageChange::Replaced),
        }
    }

    /// A stored stream follows. Views hear of the messages that it builds anew when all of it is here, so that one that is
    /// as before, or longer, stays in their eyes the message that it was.
    pub(super) fn begin_replay(&mut self) {
        self.replayed = Some(IdMap::new());
    }

    /// The stored stream is over.
    pub(super) fn end_replay(&mut self, cx: &mut Context<'_>) {
        let replayed = self.replayed.take().unwrap_or_default();
        for (id, before) in replayed.iter() {
            let change = self
                .message(id)
                .map(|after| MessageChange::between(before, &after));
            if let Some(change) = change {
                self.changed(cx, id, change);
            }
        }
    }

    /// A continuation of the message follows.
    pub(super) fn go_on(&self, id: &MessageId) {
        let Some(row) = self.entry(id) else {
            return;
        };
        let builder = &mut row.write().builder;
        let empty = MessageBuilder::new(Message::empty_assistant(id.clone()));
        let message = std::mem::replace(builder, empty).into_message();
        *builder = MessageBuilder::continuing(message);
    }

    /// Nothing more will come for this message.
    pub(super) fn close(&mut self, cx: &mut Context<'_>, id: &MessageId) {
        let Some(row) = self.entry(id) else {
            return;
        };
        let mut content = row.write();
        if content.builder.is_open() {
            content.builder.close();
            drop(content);
            self.changed(cx, id, MessageChange::Grown);
        }
    }

    pub(super) fn deliver(&self, cx: &mut Context<'_>, id: &MessageId, delivery: Delivery) {
        let Some(row) = self.entry(id) else {
            return;
        };
        let before = std::mem::replace(&mut row.write().delivery, delivery);
        if before != delivery {
            cx.show(ViewChange::Delivery(id.clone()));
        }
    }

    /// Removes all rows.
    pub(super) fn clear(&mut self, cx: &mut Context<'_>) {
        self.earlier = Earlier::None;
        self.arrange(cx, Vec::new());
    }

    /// Removes all rows but these.
    pub(super) fn retain(&mut self, cx: &mut Context<'_>, keep: &IdSet) {
        let kept = self.ids().filter(|id| keep.contains(id.as_str())).cloned();
        let target = kept.map(Target::Keep).collect();
        self.arrange(cx, target);
    }

    /// Makes the rows this list, of distinct ids. Rows that stay are the same ones.
    pub(super) fn arrange(&mut self, cx: &mut Context<'_>, target: Vec<Target>) {
        let mut rows = Vec::with_capacity(target.len());
        let mut put = Vec::new();
        for target in target {
            if let Target::Put(row) = &target {
                self.guessed.remove(row.message.id.as_str());
            }
            let row = self.entry(target.id()).cloned();
            match (target, row) {
                (Target::Keep(_), row) => rows.extend(row),
                (Target::Put(new), Some(row)) => {
                    rows.push(row);
                    put.push(new);
                }
                (Target::Put(new), None) => rows.push(SharedRow::new(new)),
            }
        }
        if rows != self.entries {
            self.entries = rows;
            self.index = IdIndex::default();
            self.reindex(0);
            self.show_all(cx);
        }
        for Row { message, delivery } in put {
            self.deliver(cx, &message.id, delivery);
            self.replace(cx, message);
        }
    }

    fn entry(&self, id: &MessageId) -> Option<&SharedRow> {
        self.entries.get(self.position(id)?)
    }

    fn reindex(&mut self, from: usize) {
        for (index, row) in self.entries.iter().enumerate().skip(from) {
            self.index.insert(row.id().as_str(), index);
        }
    }

    /// The list of rows changed.
    fn show_all(&mut self, cx: &mut Context<'_>) {
        self.etag = None;
        cx.show(ViewChange::Rows(self.entries.clone()));
    }

    /// A message changed.
    fn changed(&mut self, cx: &mut Context<'_>, id: &MessageId, change: MessageChange) {
        self.etag = None;
        let replayed = self.replayed.as_ref();
        if replayed.is_none_or(|replayed| replayed.get(id).is_none()) {
            let id = id.clone();
            cx.show(ViewChange::Message { id, change });
        }
    }
}

impl Snapshot {
    /// Its messages as rows that wait for nothing, without those whose id came before.
    #[must_use]
    pub fn into_rows(self) -> Vec<SharedRow> {
        let (messages, _) = distinct(self.messages);
        let rows = messages.into_iter().map(Row::taken);
        rows.map(SharedRow::new).collect()
    }

    /// What there is before its first message.
    #[must_use]
    pub fn before(&self) -> Earlier {
        match (self.messages.first(), self.earlier) {
            (Some(first), 1..) => Earlier::Stored {
                before: first.id.clone(),
                load: Load::Idle,
            },
            (Some(_), 0) | (None, _) => Earlier::None,
        }
    }
}

impl Row {
    /// A row that waits for nothing.
    #[must_use]
    pub const fn taken(message: Message) -> Self {
        Self {
            message,
            delivery: Delivery::Answered,
        }
    }
}

/// The messages without those whose id came before, and the ids.
pub(super) fn distinct(mut messages: Vec<Message>) -> (Vec<Message>, IdSet) {
    let mut ids = IdSet::default();
    messages.retain(|message| ids.insert(message.id.as_str()));
    (messages, ids)
}
