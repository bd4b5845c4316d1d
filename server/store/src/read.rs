//! Reads the state that the machine restores, and messages.

use accounts::Guarded;
use common::{
    id::{MessageId, RequestId, ToolCallId},
    message::{Message, Role},
    state::{About, Drafted, StateError, Unconfirmed},
    time::Timestamp,
    workspace::NearLimit,
};
use serde_json::Value;

use super::{ContentHash, Sql, SqlError, SqlValue, Store};
use crate::{
    Branch, CallApproval, CompactionMark, LastPush, Position, QueuedTurn, RequestContext,
    RunningTurn, SettledTurn, Spending, StoredTurn,
};

/// The key of the conversation's settings, as JSON.
pub(super) const ABOUT: &str = "state";
/// The key of the model and client tools of the latest submission, as JSON.
pub(super) const CONTEXT: &str = "context";

/// The key of the usage of the conversation, as JSON.
pub(super) const SPENDING: &str = "spending";

/// The columns that [`index_entry`] reads.
pub(super) const ENTRY: &str = "position, id, role, hash, calls, octet_length(json)";

/// The messages for a title: a question and its answer, and what may precede them.
const FIRST_MESSAGES: u32 = 4;

/// The key of the last push to the directory, as JSON.
pub(super) const LAST_PUSH: &str = "told";

/// What the user has to know of the files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FilesFound {
    /// Instructions that came with an archive and that the user has not confirmed.
    pub unconfirmed: Vec<Unconfirmed>,
    /// What waits in the draft.
    pub drafted: Drafted,
    /// The limit of the database, if it is nearly reached.
    pub near_full: Option<NearLimit>,
}

/// The state that an agent restores.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredAgent {
    /// The owner of the conversation.
    pub guarded: Guarded,
    /// The index of the transcript, without contents.
    pub index: Vec<IndexEntry>,
    /// The branches of messages that more than one branch follows.
    pub branches: Vec<Branch>,
    /// The turns, each in the order of their answers.
    pub turns: StoredTurns,
    /// The stored stream of the running turn.
    pub chunks: Vec<String>,
    /// The settled turns whose streams are still stored, in any order.
    pub kept: Vec<RequestId>,
    /// The messages whose contents the agent needs: those with unsettled calls, or that a turn continues.
    pub open: Vec<(Position, Message)>,
    /// The approvals of calls in those messages.
    pub approvals: Vec<CallApproval>,
    /// What the conversation is about. An error: what is stored cannot be read.
    pub about: Result<About, StateError>,
    /// Whether anything of that was ever stored.
    pub has_about: bool,
    /// What the user has to know of the files.
    pub found: FilesFound,
    /// The model and client tools named by the latest submission.
    pub context: RequestContext,
    /// The compactions, oldest first.
    pub compactions: Vec<CompactionMark>,
    /// The usage of the conversation.
    pub spending: Spending,
    /// The last push to the directory; `None` before the first.
    pub last_push: Option<LastPush>,
}

/// The turns that are stored, each kind in the order of the answers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StoredTurns {
    /// Those that wait.
    pub queued: Vec<QueuedTurn>,
    /// The one that ran when the agent was interrupted.
    pub running: Option<RunningTurn>,
    /// Those that are over and still known.
    pub settled: Vec<SettledTurn>,
}

impl StoredTurns {
    fn of(turns: impl Iterator<Item = StoredTurn>) -> Self {
        let mut all = Self::default();
        for turn in turns {
            match turn {
                StoredTurn::Queued(queued) => all.queued.push(queued),
                StoredTurn::Running(running) => all.running = Some(running),
                StoredTurn::Settled(settled) => all.settled.push(settled),
            }
        }
        all
    }

    /// The last position that an answer has, or will have.
    #[must_use]
    pub fn last_answer(&self) -> Option<Position> {
        let queued = self.queued.iter().map(|queued| &queued.turn);
        let running = self.running.iter().map(|running| &running.turn);
        let settled = self.settled.iter().map(|settled| &settled.turn);
        let turns = queued.chain(running).chain(settled);
        turns.map(|turn| turn.answer_position).max()
    }
}

/// A message without its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexEntry {
    /// The position.
    pub position: Position,
    /// Its id.
    pub id: MessageId,
    /// The author.
    pub role: Role,
    /// The hash, which shows whether a message sent again is the same.
    pub hash: ContentHash,
    /// The ids of its tool calls.
    pub calls: Vec<ToolCallId>,
    /// Its stored size, in bytes of JSON.
    pub bytes: usize,
}

impl<S: Sql> Store<S> {
    /// Loads the state of the agent.
    ///
    /// # Errors
    /// When an SQL statement fails. Unreadable rows are skipped.
    pub fn load(&self) -> Result<StoredAgent, SqlError> {
        let index = self.sql.run(
            &format!("SELECT {ENTRY} FROM messages ORDER BY position"),
            &[],
        )?;
        let mut index: Vec<IndexEntry> = index.into_iter().filter_map(index_entry).collect();
        self.add_pieces(&mut index)?;
        let turns = self
            .sql
            .run("SELECT json FROM turns ORDER BY answer_position", &[])?;
        let turns = turns.into_iter();
        let turns = turns.filter_map(|row| serde_json::from_str(&single_text(row)).ok());
        let turns = StoredTurns::of(turns);
        let running = turns.running.as_ref().map(|running| &running.turn);
        let chunks =
            running.map_or_else(|| Ok(Vec::new()), |turn| self.chunks(&turn.request_id))?;
        let kept = self
            .sql
            .run("SELECT DISTINCT request_id FROM chunks", &[])?
            .into_iter()
            .map(|row| RequestId::new(single_text(row)))
            .filter(|id| running.is_none_or(|turn| turn.request_id != *id))
            .collect();
        let stored_about = self.fact(ABOUT)?;
        let has_about = stored_about.is_some();
        let about = match stored_about {
            None => Ok(About::default()),
            Some(json) => About::from_json(serde_json::from_str(&json).unwrap_or(Value::Null)),
        };
        let context = self
            .fact(CONTEXT)?
            .and_then(|json| serde_json::from_str(&json).ok())
            .unwrap_or_default();
        let spending = self.fact(SPENDING)?;
        let spending = spending.and_then(|json| serde_json::from_str(&json).ok());
        let spending =
            spending.map_or_else(Spending::default, |json: Value| Spending::from_json(&json));
        Ok(StoredAgent {
            guarded: self.guarded()?,
            index,
            branches: self.branches()?,
            turns,
            chunks,
            kept,
            open: self.open_messages()?,
            approvals: self.open_approvals()?,
            compactions: self.compaction_marks()?,
            about,
            has_about,
            found: self.files_found()?,
            context,
            spending,
            last_push: self.last_push()?,
        })
    }

    /// The last push to the directory; `None` before the first.
    ///
    /// # Errors
    /// When an SQL statement fails.
    pub fn last_push(&self) -> Result<Option<LastPush>, SqlError> {
        let json = self.fact(LAST_PUSH)?;
        Ok(json.and_then(|json| serde_json::from_str(&json).ok()))
    }

    /// What the user has to know of the files.
    ///
    /// # Errors
    /// When an SQL statement fails.
    pub fn files_found(&self) -> Result<FilesFound, SqlError> {
        Ok(FilesFound {
            unconfirmed: self.unconfirmed()?,
            drafted: self.workspace(Timestamp::default()).drafted()?,
            near_full: self.near_full(),
        })
    }

    /// The unconfirmed instructions.
    ///
    /// # Errors
    /// When an SQL statement fails.
    pub fn unconfirmed(&self) -> Result<Vec<Unconfirmed>, SqlError> {
        let files = self.workspace(Timestamp::default()).unconfirmed()?;
        let waiting = files.into_iter().map(|file| Unconfirmed {
            path: file.path.as_str().to_owned(),
            hash: file.hash.as_str().to_owned(),
        });
        Ok(waiting.collect())
    }

    /// Adds the sizes of further rows of messages; few have any.
    fn add_pieces(&self, index: &mut [IndexEntry]) -> Result<(), SqlError> {
        let rows = self.sql.run(
            "SELECT position, sum(octet_length(json)) FROM message_pieces GROUP BY position",
            &[],
        )?;
        for row in rows {
            let mut values = row.iter();
            let (Some(position), Some(bytes)) = (values.next(), values.next()) else {
                continue;
            };
            let position = Position::new(position.as_integer());
            let at = index.binary_search_by_key(&position, |entry| entry.position);
            if let Some(entry) = at.ok().and_then(|at| index.get_mut(at)) {
                entry.bytes += count(bytes);
            }
        }
        Ok(())
    }

    fn open_messages(&self) -> Result<Vec<(Position, Message)>, SqlError> {
        let rows = self.rows_of(
            "position IN (SELECT position FROM messages WHERE waits = 1
             UNION SELECT answer_position FROM turns WHERE phase <> 'settled')",
            &[],
        )?;
        let read = |(position, json): (Position, String)| {
            Some((position, serde_json::from_str(&json).ok()?))
        };
        Ok(rows.into_iter().filter_map(read).collect())
    }

    /// The messages before a position, oldest first. Unreadable rows are skipped.
    ///
    /// # Errors
    /// When an SQL statement fails.
    pub fn messages_before(&self, end: Position) -> Result<Vec<Message>, SqlError> {
        let rows = self.message_rows(end)?;
        Ok(rows
            .iter()
            .filter_map(|(_, json)| serde_json::from_str(json).ok())
            .collect())
    }

    /// The first messages of the transcript, enough for a title. Unreadable rows are skipped.
    ///
    /// # Errors
    /// When an SQL statement fails.
    pub fn first_messages(&self) -> Result<Vec<Message>, SqlError> {
        let first = self.messages_after(Position::new(-1), FIRST_MESSAGES)?;
        Ok(first
            .into_iter()
            .filter_map(|(_, message)| message)
            .collect())
    }

    /// The first messages after a position with their positions, at most `count`, oldest first. `None` for an
    /// unreadable row.
    ///
    /// # Errors
    /// When an SQL statement fails.
    pub fn messages_after(
        &self,
        start: Position,
        count: u32,
    ) -> Result<Vec<(Position, Option<Message>)>, SqlError> {
        let values = [start.get().into(), i64::from(count).into()];
        let rows = self.rows_of(
            "position IN (SELECT position FROM messages WHERE position > ? ORDER BY position LIMIT ?)",
            &[values.clone(), values].concat(),
        )?;
        let read =
            |(position, json): (Position, String)| (position, serde_json::from_str(&json).ok());
        Ok(rows.into_iter().map(read).collect())
    }

    /// The entity tag of the transcript (RFC 9110 §8.8.3), which changes with every change. A transcript that never
    /// had a message has the same tag everywhere.
    ///
    /// # Errors
    /// When an SQL statement fails.
    pub fn etag(&self) -> Result<String, SqlError> {
        let Some(revision) = self.fact("revision")? else {
            return Ok("\"empty\"".to_owned());
        };
        let epoch = self.fact("epoch")?.unwrap_or_default();
        Ok(format!("\"{epoch}-{revision}\""))
    }

    fn message_rows(&self, end: Position) -> Result<Vec<(Position, String)>, SqlError> {
        self.rows_of("position < ?", &[end.get().into(), end.get().into()])
    }

    /// The JSON of the message at a position, assembled from its rows; empty when there is none.
    pub(super) fn json_at(&self, position: Position) -> Result<String, SqlError> {
        let values = [position.get().into(), position.get().into()];
        let rows = self.rows_of("position = ?", &values)?;
        Ok(rows.into_iter().map(|(_, json)| json).collect())
    }

    /// The messages at these positions with their assembled JSON; `which` is used twice, and so are its `values`.
    pub(super) fn rows_of(
        &self,
        which: &str,
        values: &[SqlValue],
    ) -> Result<Vec<(Position, String)>, SqlError> {
        let rows = self.sql.run(
            &format!(
                "SELECT position, 0, json FROM messages WHERE {which}
                 UNION ALL SELECT position, piece, json FROM message_pieces WHERE {which}
                 ORDER BY 1, 2"
            ),
            values,
        )?;
        let mut messages: Vec<(Position, String)> = Vec::with_capacity(rows.len());
        for row in rows {
            let mut values = row.into_iter();
            let position = Position::new(values.next().map_or(0, |value| value.as_integer()));
            let json = values.nth(1).map(SqlValue::into_text).unwrap_or_default();
            match messages.last_mut() {
                Some((last, message)) if *last == position => message.push_str(&json),
                _ => messages.push((position, json)),
            }
        }
        Ok(messages)
    }

    pub(super) fn fact(&self, name: &str) -> Result<Option<String>, SqlError> {
        let rows = self.sql.run(
            "SELECT value FROM facts WHERE name = ? OR name GLOB ? || '/*' ORDER BY name",
            &[name.into(), name.into()],
        )?;
        let mut pieces = rows.into_iter().map(single_text).peekable();
        Ok(pieces.peek().is_some().then(|| pieces.collect()))
    }
}

pub(super) fn single_text(row: Vec<SqlValue>) -> String {
    row.into_iter()
        .next()
        .map(SqlValue::into_text)
        .unwrap_or_default()
}

pub(super) fn index_entry(row: Vec<SqlValue>) -> Option<IndexEntry> {
    let mut values = row.into_iter();
    let position = Position::new(values.next()?.as_integer());
    let id = MessageId::new(values.next()?.into_text());
    let role = match values.next()?.into_text().as_str() {
        "user" => Role::User,
        "assistant" => Role::Assistant,
        "system" => Role::System,
        _ => return None,
    };
    Some(IndexEntry {
        position,
        id,
        role,
        hash: ContentHash::stored(values.next()?.into_text()),
        calls: calls_from(&values.next()?.into_text()),
        bytes: count(&values.next()?),
    })
}

pub(super) fn count(value: &SqlValue) -> usize {
    usize::try_from(value.as_integer()).unwrap_or(0)
}

/// Reads the column `calls`: a JSON array, or null.
fn calls_from(json: &str) -> Vec<ToolCallId> {
    serde_json::from_str(json).unwrap_or_default()
}
