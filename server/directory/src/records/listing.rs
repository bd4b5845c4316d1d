//! The list and its parts, in order: pinned conversations first, then by last activity.

use common::directory::{ListState, Page, PageWanted, list::MAX_LISTED};
use sql::{Sql, SqlError, SqlValue};

use super::{COLUMNS, Kept, LIVES, Records, kept, unsigned};

/// A place in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Cursor {
    is_pinned: bool,
    active: i64,
    name: String,
}

impl Cursor {
    /// The place directly after a conversation.
    fn behind(kept: &Kept) -> Self {
        Self {
            is_pinned: kept.is_pinned,
            active: i64::try_from(kept.head.active.as_millis()).unwrap_or(i64::MAX),
            name: kept.name.clone(),
        }
    }

    /// The text for clients.
    fn encode(&self) -> String {
        format!("{}.{}.{}", u8::from(self.is_pinned), self.active, self.name)
    }

    /// `None` when the text is malformed.
    pub(crate) fn decode(text: &str) -> Option<Self> {
        let mut fields = text.splitn(3, '.');
        let is_pinned = match fields.next()? {
            "0" => false,
            "1" => true,
            _ => return None,
        };
        Some(Self {
            is_pinned,
            active: fields.next()?.parse().ok()?,
            name: fields.next()?.to_owned(),
        })
    }
}

impl<S: Sql> Records<S> {
    /// The synced state.
    pub(crate) fn state(&self) -> Result<ListState, SqlError> {
        let Page {
            conversations,
            next,
        } = self.page(None, MAX_LISTED, false)?;
        Ok(ListState {
            revision: self.revision()?,
            total: self.count(false)?,
            archived: self.count(true)?,
            conversations,
            next,
        })
    }

    /// A part of the list. `None` when its cursor is malformed.
    pub(crate) fn wanted(&self, wanted: &PageWanted) -> Result<Option<Page>, SqlError> {
        let cursor = match wanted.cursor.as_deref().map(Cursor::decode) {
            None => None,
            Some(Some(cursor)) => Some(cursor),
            Some(None) => return Ok(None),
        };
        let limit = wanted.limit.and_then(|limit| usize::try_from(limit).ok());
        let limit = limit.unwrap_or(MAX_LISTED).clamp(1, MAX_LISTED);
        self.page(cursor, limit, wanted.is_of_archived).map(Some)
    }

    fn page(
        &self,
        cursor: Option<Cursor>,
        limit: usize,
        is_of_archived: bool,
    ) -> Result<Page, SqlError> {
        let cursor = cursor.unwrap_or(Cursor {
            is_pinned: true,
            active: i64::MAX,
            name: String::new(),
        });
        // One more row than requested shows whether there are more.
        let most = i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1);
        let statement = format!(
            "SELECT {COLUMNS} FROM conversations WHERE life = ?1 AND archived = ?2 AND pinned <= ?3
                AND (pinned < ?3 OR active < ?4 OR (active = ?4 AND name > ?5))
             ORDER BY pinned DESC, active DESC, name LIMIT ?6"
        );
        let values = [
            LIVES.into(),
            i64::from(is_of_archived).into(),
            i64::from(cursor.is_pinned).into(),
            cursor.active.into(),
            cursor.name.into(),
            most.into(),
        ];
        let rows = self.sql.run(&statement, &values)?;
        let is_more = rows.len() > limit;
        let found: Vec<Kept> = rows.into_iter().take(limit).filter_map(kept).collect();
        let last = found.last().filter(|_| is_more);
        Ok(Page {
            next: last.map(|last| Cursor::behind(last).encode()),
            conversations: found.iter().map(Kept::summary).collect(),
        })
    }

    fn count(&self, archived: bool) -> Result<u64, SqlError> {
        let rows = self.sql.run(
            "SELECT count(*) FROM conversations WHERE life = ? AND archived = ?",
            &[SqlValue::from(LIVES), i64::from(archived).into()],
        )?;
        Ok(rows.first().and_then(|row| row.first()).map_or(0, unsigned))
    }
}
