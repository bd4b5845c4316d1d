//! The stored conversations of a person, as rows of the directory's own SQLite database.

mod listing;
mod schema;
mod search;
mod texts;

use common::{
    directory::{Settings, Summary, push::Head},
    time::Timestamp,
};

use sql::{Sql, SqlError, SqlRow, SqlValue};

/// Access to the rows.
#[derive(Debug)]
pub(super) struct Records<S> {
    sql: S,
}

/// A conversation, as it is stored.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Kept {
    pub(super) name: String,
    /// The number of the newest report.
    pub(super) number: u64,
    pub(super) head: Head,
    pub(super) is_pinned: bool,
    pub(super) is_archived: bool,
    /// Answers up to this moment were read.
    pub(super) seen: Timestamp,
    pub(super) life: Life,
}

/// Whether a conversation exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Life {
    /// It exists.
    Lives,
    /// It is hidden, and will be deleted permanently at this moment.
    Ends(Timestamp),
    /// It was deleted. The row identifies late reports until this moment.
    Gone(Timestamp),
}

const COLUMNS: &str = "name, number, json, pinned, archived, seen, life, until";

impl<S: Sql> Records<S> {
    /// Opens the records and migrates their tables.
    pub(super) fn open(sql: S) -> Result<Self, SqlError> {
        schema::migrate(&sql)?;
        Ok(Self { sql })
    }

    /// Runs `work` in a transaction that is rolled back when it fails.
    pub(super) fn wholly<T>(
        &self,
        work: impl FnOnce() -> Result<T, SqlError>,
    ) -> Result<T, SqlError> {
        self.sql.in_transaction(work)
    }

    pub(super) fn find(&self, name: &str) -> Result<Option<Kept>, SqlError> {
        let statement = format!("SELECT {COLUMNS} FROM conversations WHERE name = ?");
        let rows = self.sql.run(&statement, &[name.into()])?;
        Ok(rows.into_iter().find_map(kept))
    }

    /// Inserts or replaces a conversation.
    pub(super) fn put(&self, kept: &Kept) -> Result<(), SqlError> {
        let json =
            serde_json::to_string(&kept.head).map_err(|error| SqlError::new(error.to_string()))?;
        let (life, until) = kept.life.columns();
        let title = kept.head.title.as_deref().unwrap_or_default();
        self.sql.execute(
            "INSERT INTO conversations (name, number, json, active, pinned, archived, seen, life, until, folded)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
             ON CONFLICT (name) DO UPDATE SET number = excluded.number, json = excluded.json, active = excluded.active,
                pinned = excluded.pinned, archived = excluded.archived, seen = excluded.seen, life = excluded.life,
                until = excluded.until, folded = excluded.folded",
            &[
                kept.name.as_str().into(),
                number(kept.number),
                json.into(),
                number(kept.head.active.as_millis()),
                i64::from(kept.is_pinned).into(),
                i64::from(kept.is_archived).into(),
                number(kept.seen.as_millis()),
                life.into(),
                until.map_or(SqlValue::Null, |until| number(until.as_millis())),
                title.to_lowercase().into(),
            ],
        )
    }

    /// The conversations due for permanent deletion, up to a maximum.
    pub(super) fn due(&self, now: Timestamp, most: u32) -> Result<Vec<Kept>, SqlError> {
        let statement = format!(
            "SELECT {COLUMNS} FROM conversations WHERE until <= ? AND life = ? ORDER BY until LIMIT ?"
        );
        let values = [number(now.as_millis()), ENDS.into(), i64::from(most).into()];
        let rows = self.sql.run(&statement, &values)?;
        Ok(rows.into_iter().filter_map(kept).collect())
    }

    /// Makes all conversations due for permanent deletion. Returns how many there are.
    pub(super) fn end_all(&self, now: Timestamp) -> Result<u64, SqlError> {
        let (lives, ends) = (SqlValue::from(LIVES), SqlValue::from(ENDS));
        let rows = self.sql.run(
            "SELECT count(*) FROM conversations WHERE life IN (?, ?)",
            &[lives.clone(), ends.clone()],
        )?;
        self.sql.execute(
            "UPDATE conversations SET life = ?2, until = ?3 WHERE life = ?1 OR life = ?2 AND until > ?3",
            &[lives, ends, number(now.as_millis())],
        )?;
        Ok(rows
            .into_iter()
            .flatten()
            .next()
            .map_or(0, |count| unsigned(&count)))
    }

    /// Drops conversations that were deleted so long ago that no late report can come.
    pub(super) fn forget(&self, now: Timestamp) -> Result<(), SqlError> {
        self.sql.execute(
            "DELETE FROM conversations WHERE until <= ? AND life = ?",
            &[number(now.as_millis()), GONE.into()],
        )
    }

    /// The next deadline.
    pub(super) fn next_due(&self) -> Result<Option<Timestamp>, SqlError> {
        let rows = self.sql.run(
            "SELECT until FROM conversations WHERE until IS NOT NULL ORDER BY until LIMIT 1",
            &[],
        )?;
        Ok(rows
            .into_iter()
            .flatten()
            .next()
            .map(|until| moment(&until)))
    }

    /// The settings of the person.
    pub(super) fn settings(&self) -> Result<Settings, SqlError> {
        let rows = self
            .sql
            .run("SELECT value FROM facts WHERE name = 'settings'", &[])?;
        let json = rows.into_iter().flatten().next();
        let json = json.map(SqlValue::into_text).unwrap_or_default();
        let settings = serde_json::from_str(&json).ok();
        Ok(settings.and_then(Settings::from_json).unwrap_or_default())
    }

    /// Replaces the settings of the person.
    pub(super) fn put_settings(&self, settings: &Settings) -> Result<(), SqlError> {
        // A JSON object stays a text in the column of numbers.
        self.sql.execute(
            "INSERT INTO facts (name, value) VALUES ('settings', ?)
             ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            &[settings.to_json().to_string().into()],
        )
    }

    /// The revision of the list.
    pub(super) fn revision(&self) -> Result<u64, SqlError> {
        let rows = self
            .sql
            .run("SELECT value FROM facts WHERE name = 'revision'", &[])?;
        Ok(rows.first().and_then(|row| row.first()).map_or(0, unsigned))
    }

    /// Increments the revision.
    pub(super) fn changed(&self) -> Result<(), SqlError> {
        self.sql.execute(
            "INSERT INTO facts (name, value) VALUES ('revision', 1)
             ON CONFLICT (name) DO UPDATE SET value = value + 1",
            &[],
        )
    }
}

/// Values of the column `life`.
const LIVES: i64 = 0;
const ENDS: i64 = 1;
const GONE: i64 = 2;

impl Life {
    const fn columns(self) -> (i64, Option<Timestamp>) {
        match self {
            Self::Lives => (LIVES, None),
            Self::Ends(until) => (ENDS, Some(until)),
            Self::Gone(until) => (GONE, Some(until)),
        }
    }
}

impl Kept {
    /// The summary for the owner.
    pub(super) fn summary(&self) -> Summary {
        let head = self.head.clone();
        Summary {
            name: self.name.clone(),
            title: head.title,
            title_by: head.title_by,
            created: head.created,
            active: head.active,
            state: head.state,
            is_unread: head.answered > self.seen,
            is_pinned: self.is_pinned,
            is_archived: self.is_archived,
            model: head.model,
            cost_usd: head.cost_usd,
            last_words: head.last_words,
            messages: head.messages,
        }
    }
}

fn number(number: u64) -> SqlValue {
    i64::try_from(number).unwrap_or(i64::MAX).into()
}

fn unsigned(value: &SqlValue) -> u64 {
    u64::try_from(value.as_integer()).unwrap_or(0)
}

fn moment(value: &SqlValue) -> Timestamp {
    Timestamp::from_millis(unsigned(value))
}

/// Reads a row of [`COLUMNS`]. An unreadable summary is empty until the conversation reports again.
fn kept(row: SqlRow) -> Option<Kept> {
    let mut values = row.into_iter();
    let name = values.next()?.into_text();
    let number = unsigned(&values.next()?);
    let head = serde_json::from_str(&values.next()?.into_text()).unwrap_or_default();
    let mut flag = || values.next().is_some_and(|value| value.as_integer() != 0);
    let (is_pinned, is_archived) = (flag(), flag());
    let seen = moment(&values.next()?);
    let life = values.next()?.as_integer();
    let until = moment(&values.next()?);
    Some(Kept {
        name,
        number,
        head,
        is_pinned,
        is_archived,
        seen,
        life: match life {
            LIVES => Life::Lives,
            ENDS => Life::Ends(until),
            _ => Life::Gone(until),
        },
    })
}
