//! The transcript at hand. Every change of it is told to the view.

use super::{
    context::Context,
    io::{Delivery, Earlier, Load, Row, Snapshot, ViewChange},
    link::Peer,
};
use crate::{
    chunk::Chunk,
    id::{MessageId, ToolCallId},
    id_map::{IdIndex, IdSet},
    message::{Message, Role, ToolAnswer},
    transcript::MessageBuilder,
};

/// A list that differs in more places than this is shown anew instead of patched.
const MAX_EDITS: usize = 32;

/// The rows, oldest first, no two with the same id.
#[derive(Debug)]
pub(super) struct Rows {
    entries: Vec<Entry>,
    index: IdIndex,
    /// What there is before them.
    earlier: Earlier,
    /// The rows whose place no list of the server has told yet.
    guessed: IdSet,
    /// The entity tag of the stored transcript, while the rows are exactly that, or its end.
    etag: Option<String>,
}

#[derive(Debug)]
struct Entry {
    builder: MessageBuilder,
    delivery: Delivery,
}

/// A row of the list that [`Rows::arrange`] makes.
pub(super) enum Target {
    /// The row at hand, as it is.
    Keep(MessageId),
    /// This.
    Put(Row),
}

impl Entry {
    fn new(row: Row) -> Self {
        Self {
            builder: MessageBuilder::new(row.message),
            delivery: row.delivery,
        }
    }

    const fn message(&self) -> &Message {
        self.builder.message()
    }

    fn row(&self) -> Row {
        Row {
            message: self.message().clone(),
            delivery: self.delivery,
        }
    }
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
        let mut rows = Self {
            earlier,
            guessed: IdSet::default(),
            entries: distinct(snapshot.messages)
                .0
                .into_iter()
                .map(|message| Entry::new(Row::taken(message)))
                .collect(),
            index: IdIndex::default(),
            etag: snapshot.etag,
        };
        rows.reindex(0);
        rows
    }

    pub(super) fn rows(&self) -> Vec<Row> {
        self.entries.iter().map(Entry::row).collect()
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

    pub(super) fn message(&self, id: &MessageId) -> Option<&Message> {
        self.entry(id).map(Entry::message)
    }

    /// How far the message is, once its turn is over.
    pub(super) fn settled_delivery(&self, id: &MessageId) -> Delivery {
        match self.entry(id).map(|entry| entry.delivery) {
            Some(Delivery::Failed) => Delivery::Failed,
            Some(
                Delivery::Stored
                | Delivery::Overdue
                | Delivery::Sent
                | Delivery::Accepted
                | Delivery::Running
                | Delivery::Answered,
            )
            | None => Delivery::Answered,
        }
    }

    pub(super) fn ids(&self) -> impl DoubleEndedIterator<Item = &MessageId> {
        self.messages().map(|message| &message.id)
    }

    pub(super) fn messages(&self) -> impl DoubleEndedIterator<Item = &Message> {
        self.entries.iter().map(Entry::message)
    }

    /// The messages up to this one, which is the last of them.
    pub(super) fn up_to(&self, id: &MessageId) -> Vec<Message> {
        let count = self.position(id).map_or(0, |index| index + 1);
        self.messages().take(count).cloned().collect()
    }

    /// What a server is told of a new message. An official one takes the list for the whole transcript: it shows it to
    /// the other clients, stores answers where they stand in it, and when it knows all of it deletes the rest. Ours
    /// needs the message alone.
    pub(super) fn told(&self, id: &MessageId, peer: Peer) -> Vec<Message> {
        match peer {
            Peer::Ours => self.alone(id),
            Peer::Asked | Peer::Unknown => match self.earlier {
                Earlier::None => self.up_to(id),
                // An official server would take the rows for the whole.
                Earlier::Stored { .. } => self.alone(id),
            },
        }
    }

    /// The message and no other.
    pub(super) fn alone(&self, id: &MessageId) -> Vec<Message> {
        self.message(id).cloned().into_iter().collect()
    }

    /// The last message of this role.
    pub(super) fn last(&self, role: Role) -> Option<&MessageId> {
        let found = |message: &&Message| message.role == role;
        self.messages().rfind(found).map(|message| &message.id)
    }

    /// The last message with this tool call.
    pub(super) fn with_call(&self, call: &ToolCallId) -> Option<&MessageId> {
        let found = |message: &&Message| message.holds_call(call);
        self.messages().rfind(found).map(|message| &message.id)
    }

    /// Whether it is only supposed that the row is where the store has it.
    pub(super) fn is_guessed(&self, id: &MessageId) -> bool {
        self.guessed.contains(id.as_str())
    }

    /// A row comes in where it is supposed to be; one beyond the end goes to the end. Its id must be new.
    pub(super) fn insert(&mut self, cx: &mut Context<'_>, index: usize, row: Row) {
        self.guessed.insert(row.message.id.as_str());
        self.put_in(cx, index, row);
    }

    fn put_in(&mut self, cx: &mut Context<'_>, index: usize, row: Row) {
        let index = index.min(self.entries.len());
        self.entries.insert(index, Entry::new(row.clone()));
        self.reindex(index);
        self.changed();
        cx.show(ViewChange::Insert { index, row });
    }

    /// Rows come in before all others. Their ids must be new.
    pub(super) fn prepend(&mut self, cx: &mut Context<'_>, rows: Vec<Row>) {
        let entries = rows.iter().cloned().map(Entry::new);
        self.entries.splice(..0, entries);
        self.reindex(0);
        self.changed();
        cx.show(ViewChange::Prepend(rows));
    }

    pub(super) fn remove(&mut self, cx: &mut Context<'_>, id: &MessageId) {
        let Some(index) = self.position(id) else {
            return;
        };
        self.index.remove(id.as_str());
        self.entries.remove(index);
        self.reindex(index);
        self.changed();
        cx.show(ViewChange::Remove(id.clone()));
    }

    /// The row of this id is this message now.
    pub(super) fn replace(&mut self, cx: &mut Context<'_>, message: Message) {
        let Some(entry) = self.entry_mut(&message.id) else {
            return;
        };
        if *entry.message() == message {
            return;
        }
        entry.builder = MessageBuilder::new(message);
        let row = entry.row();
        self.changed();
        cx.show(ViewChange::Replace(row));
    }

    /// The message grows. Its id stays, whatever the chunk says.
    pub(super) fn grow(&mut self, cx: &mut Context<'_>, id: &MessageId, mut chunk: Chunk) {
        let Some(entry) = self.entry_mut(id) else {
            return;
        };
        if let Chunk::Start { message_id, .. } = &mut chunk {
            message_id.take_if(|named| named != id);
        }
        entry.builder.apply(&chunk);
        self.changed();
        let id = id.clone();
        cx.show(ViewChange::Grow { id, chunk });
    }

    /// An answer to a call of the message.
    pub(super) fn answer(
        &mut self,
        cx: &mut Context<'_>,
        id: &MessageId,
        call: &ToolCallId,
        answer: &ToolAnswer,
    ) {
        let Some(entry) = self.entry_mut(id) else {
            return;
        };
        entry.builder.answer(call, answer);
        self.changed();
        cx.show(ViewChange::Answer {
            id: id.clone(),
            call: call.clone(),
            answer: answer.clone(),
        });
    }

    /// The message begins anew, empty.
    pub(super) fn rebuild(&mut self, cx: &mut Context<'_>, id: &MessageId) {
        let Some(entry) = self.entry_mut(id) else {
            return;
        };
        entry.builder.restart();
        self.changed();
        cx.show(ViewChange::Rebuild { id: id.clone() });
    }

    /// A continuation of the message follows.
    pub(super) fn go_on(&mut self, cx: &mut Context<'_>, id: &MessageId) {
        let Some(entry) = self.entry_mut(id) else {
            return;
        };
        let empty = MessageBuilder::new(Message::empty_assistant(id.clone()));
        let message = std::mem::replace(&mut entry.builder, empty).into_message();
        entry.builder = MessageBuilder::continuing(message);
        cx.show(ViewChange::Continue { id: id.clone() });
    }

    /// Nothing more will come for this message.
    pub(super) fn close(&mut self, cx: &mut Context<'_>, id: &MessageId) {
        let Some(entry) = self.entry_mut(id) else {
            return;
        };
        if !entry.builder.is_open() {
            return;
        }
        entry.builder.close();
        let row = entry.row();
        entry.builder = MessageBuilder::new(row.message.clone());
        self.changed();
        cx.show(ViewChange::Replace(row));
    }

    pub(super) fn deliver(&mut self, cx: &mut Context<'_>, id: &MessageId, delivery: Delivery) {
        let Some(entry) = self.entry_mut(id) else {
            return;
        };
        if entry.delivery != delivery {
            entry.delivery = delivery;
            let id = id.clone();
            cx.show(ViewChange::Deliver { id, delivery });
        }
    }

    /// Removes all rows.
    pub(super) fn clear(&mut self, cx: &mut Context<'_>) {
        self.earlier = Earlier::None;
        if !self.entries.is_empty() {
            self.reset(cx, Vec::new());
        }
    }

    /// Removes all rows but these.
    pub(super) fn retain(&mut self, cx: &mut Context<'_>, keep: &IdSet) {
        let kept = self.ids().filter(|id| keep.contains(id.as_str())).cloned();
        let target = kept.map(Target::Keep).collect();
        self.arrange(cx, target);
    }

    /// Makes the rows this list, of distinct ids, with as few changes as it takes.
    pub(super) fn arrange(&mut self, cx: &mut Context<'_>, target: Vec<Target>) {
        let mut wanted = IdIndex::default();
        for (place, target) in target.iter().enumerate() {
            wanted.insert(target.id().as_str(), place);
            if let Target::Put(row) = target {
                self.guessed.remove(row.message.id.as_str());
            }
        }
        let (mut kept, mut last, mut in_order) = (0, None, true);
        for id in self.ids() {
            if let Some(place) = wanted.get(id.as_str()) {
                kept += 1;
                in_order &= last < Some(place);
                last = Some(place);
            }
        }
        let edits = self.entries.len() + target.len() - 2 * kept;
        if edits > MAX_EDITS || !in_order {
            self.reset(cx, target);
            return;
        }
        let gone: Vec<MessageId> = self
            .ids()
            .rev()
            .filter(|id| wanted.get(id.as_str()).is_none())
            .cloned()
            .collect();
        for id in gone {
            self.remove(cx, &id);
        }
        for (place, target) in target.into_iter().enumerate() {
            match target {
                Target::Keep(_) => {}
                Target::Put(row) if self.position(&row.message.id).is_some() => {
                    let Row { message, delivery } = row;
                    self.deliver(cx, &message.id, delivery);
                    self.replace(cx, message);
                }
                Target::Put(row) => self.put_in(cx, place, row),
            }
        }
    }

    fn reset(&mut self, cx: &mut Context<'_>, target: Vec<Target>) {
        let places = std::mem::take(&mut self.index);
        let mut old: Vec<Option<Entry>> = std::mem::take(&mut self.entries)
            .into_iter()
            .map(Some)
            .collect();
        let mut take = |id: &MessageId| old.get_mut(places.get(id.as_str())?)?.take();
        self.entries = target
            .into_iter()
            .filter_map(|target| match (take(target.id()), target) {
                (entry, Target::Keep(_)) => entry,
                (Some(entry), Target::Put(row)) if *entry.message() == row.message => Some(Entry {
                    builder: entry.builder,
                    delivery: row.delivery,
                }),
                (_, Target::Put(row)) => Some(Entry::new(row)),
            })
            .collect();
        self.reindex(0);
        self.changed();
        cx.show(ViewChange::Reset(self.rows()));
    }

    fn entry(&self, id: &MessageId) -> Option<&Entry> {
        self.entries.get(self.position(id)?)
    }

    fn entry_mut(&mut self, id: &MessageId) -> Option<&mut Entry> {
        let index = self.position(id)?;
        self.entries.get_mut(index)
    }

    fn reindex(&mut self, from: usize) {
        for (index, entry) in self.entries.iter().enumerate().skip(from) {
            self.index.insert(entry.message().id.as_str(), index);
        }
    }

    fn changed(&mut self) {
        self.etag = None;
    }
}

impl Snapshot {
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
