//! The rows of the accounts' own SQLite database. [`stored`]: the people and credentials in them.

mod schema;
mod spending;
mod stored;

use common::time::Timestamp;
use sql::{Sql, SqlError, SqlValue};

pub use stored::Invited;
pub(super) use stored::{Credential, Ending, Person, Purpose};

use super::{CredentialId, PersonId, secret::SecretHash};
use stored::{credential, person};

/// The rows.
#[derive(Debug)]
pub(super) struct Records<S> {
    sql: S,
}

const COLUMNS: &str = "id, person, json, created_at, expires_at, used_at, ending";

impl<S: Sql> Records<S> {
    pub(super) fn open(sql: S) -> Result<Self, SqlError> {
        schema::migrate(&sql)?;
        Ok(Self { sql })
    }

    pub(super) fn transaction(
        &self,
        work: &mut dyn FnMut() -> sql::Ending,
    ) -> Result<(), SqlError> {
        self.sql.transaction(work)
    }

    pub(super) fn find(&self, hash: &SecretHash) -> Result<Option<Credential>, SqlError> {
        let statement = format!("SELECT {COLUMNS} FROM credentials WHERE hash = ?");
        let rows = self.sql.run(&statement, &[hash.as_str().into()])?;
        Ok(rows.into_iter().find_map(credential))
    }

    pub(super) fn by_id(&self, id: &CredentialId) -> Result<Option<Credential>, SqlError> {
        let statement = format!("SELECT {COLUMNS} FROM credentials WHERE id = ?");
        let rows = self.sql.run(&statement, &[id.as_str().into()])?;
        Ok(rows.into_iter().find_map(credential))
    }

    /// The valid credentials of a kind, newest first.
    pub(super) fn good(
        &self,
        kind: &str,
        person: &PersonId,
        now: Timestamp,
    ) -> Result<Vec<Credential>, SqlError> {
        let statement = format!(
            "SELECT {COLUMNS} FROM credentials WHERE person = ? AND kind = ? AND ending IS NULL
                AND (expires_at IS NULL OR expires_at > ?) ORDER BY created_at DESC, id"
        );
        let values = [person.as_str().into(), kind.into(), millis(now)];
        let rows = self.sql.run(&statement, &values)?;
        Ok(rows.into_iter().filter_map(credential).collect())
    }

    pub(super) fn add(&self, hash: &SecretHash, credential: &Credential) -> Result<(), SqlError> {
        let json = serde_json::to_string(&credential.purpose)
            .map_err(|error| SqlError::new(error.to_string()))?;
        let ending = credential.ending.map(|ending| ending.as_str().to_owned());
        self.sql.execute(
            "INSERT INTO credentials (hash, id, person, kind, json, created_at, expires_at, used_at, ending)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            &[
                hash.as_str().into(),
                credential.id.as_str().into(),
                credential.person.as_str().into(),
                credential.purpose.kind().into(),
                json.into(),
                millis(credential.created_at),
                credential.expires_at.map_or(SqlValue::Null, millis),
                credential.used_at.map_or(SqlValue::Null, millis),
                ending.map_or(SqlValue::Null, SqlValue::from),
            ],
        )
    }

    /// Stores a use, and the extended end.
    pub(super) fn used(
        &self,
        id: &CredentialId,
        at: Timestamp,
        expires_at: Option<Timestamp>,
    ) -> Result<(), SqlError> {
        self.sql.execute(
            "UPDATE credentials SET used_at = ?, expires_at = ? WHERE id = ?",
            &[
                millis(at),
                expires_at.map_or(SqlValue::Null, millis),
                id.as_str().into(),
            ],
        )
    }

    /// Ends a credential. If it was revoked, its connections are to be closed.
    pub(super) fn end(
        &self,
        id: &CredentialId,
        ending: Ending,
        now: Timestamp,
    ) -> Result<(), SqlError> {
        self.sql.execute(
            "UPDATE credentials SET ending = ?, expires_at = coalesce(expires_at, ?) WHERE id = ? AND ending IS NULL",
            &[ending.as_str().into(), millis(now), id.as_str().into()],
        )?;
        match ending {
            Ending::Used => Ok(()),
            Ending::Revoked => self.close_connections(id),
        }
    }

    /// Notes that the connections of a credential are to be closed.
    pub(super) fn close_connections(&self, id: &CredentialId) -> Result<(), SqlError> {
        self.sql.execute(
            "INSERT OR IGNORE INTO closings (credential, conversation)
             SELECT credential, conversation FROM connected WHERE credential = ?",
            &[id.as_str().into()],
        )
    }

    /// Deletes what ended before a moment.
    pub(super) fn forget_ended_before(&self, moment: Timestamp) -> Result<(), SqlError> {
        self.sql.execute(
            "DELETE FROM credentials WHERE expires_at < ?",
            &[millis(moment)],
        )?;
        self.sql.execute(
            "DELETE FROM connected WHERE credential NOT LIKE 'access:%'
                AND credential NOT IN (SELECT id FROM credentials)",
            &[],
        )
    }

    /// Deletes expired tickets, which are many and short-lived.
    pub(super) fn forget_tickets(&self, now: Timestamp) -> Result<(), SqlError> {
        self.sql.execute(
            "DELETE FROM credentials WHERE kind = 'ticket' AND expires_at < ?",
            &[millis(now)],
        )
    }

    /// Notes that a credential opens a connection to a conversation.
    pub(super) fn connects(&self, id: &CredentialId, to: &str) -> Result<(), SqlError> {
        self.sql.execute(
            "INSERT OR IGNORE INTO connected (credential, conversation) VALUES (?, ?)",
            &[id.as_str().into(), to.into()],
        )
    }

    /// The conversations that still have to close connections of a revoked credential.
    pub(super) fn closings(&self) -> Result<Vec<(CredentialId, String)>, SqlError> {
        let rows = self.sql.run(
            "SELECT credential, conversation FROM closings ORDER BY credential, conversation LIMIT 200",
            &[],
        )?;
        let pairs = rows.into_iter().filter_map(|row| {
            let mut values = row.into_iter().map(SqlValue::into_text);
            Some((CredentialId::stored(values.next()?), values.next()?))
        });
        Ok(pairs.collect())
    }

    pub(super) fn closed(&self, id: &CredentialId, conversation: &str) -> Result<(), SqlError> {
        let values = [id.as_str().into(), conversation.into()];
        for table in ["closings", "connected"] {
            let statement =
                format!("DELETE FROM {table} WHERE credential = ? AND conversation = ?");
            self.sql.execute(&statement, &values)?;
        }
        Ok(())
    }

    pub(super) fn person(&self, id: &PersonId) -> Result<Option<Person>, SqlError> {
        self.people_where("id = ?", &[id.as_str().into()])
            .map(|people| people.into_iter().next())
    }

    pub(super) fn person_of_email(&self, email: &str) -> Result<Option<Person>, SqlError> {
        self.people_where("email = ?", &[email.into()])
            .map(|people| people.into_iter().next())
    }

    /// Everyone who has not been removed, in the order of their arrival.
    pub(super) fn people(&self) -> Result<Vec<Person>, SqlError> {
        self.people_where("removed_at IS NULL", &[])
    }

    fn people_where(&self, which: &str, values: &[SqlValue]) -> Result<Vec<Person>, SqlError> {
        let statement = format!(
            "SELECT id, name, email, role, removed_at FROM people WHERE {which} ORDER BY created_at, id"
        );
        let rows = self.sql.run(&statement, values)?;
        Ok(rows.into_iter().filter_map(person).collect())
    }

    /// Adds or changes a person.
    pub(super) fn put_person(&self, person: &Person, now: Timestamp) -> Result<(), SqlError> {
        self.sql.execute(
            "INSERT INTO people (id, name, email, role, created_at, removed_at) VALUES (?, ?, ?, ?, ?, ?)
             ON CONFLICT (id) DO UPDATE SET name = excluded.name, email = excluded.email,
                role = excluded.role, removed_at = excluded.removed_at",
            &[
                person.id.as_str().into(),
                person.name.as_str().into(),
                person.email.as_deref().map_or(SqlValue::Null, SqlValue::from),
                person.role.as_str().into(),
                millis(now),
                person.removed_at.map_or(SqlValue::Null, millis),
            ],
        )
    }

    /// The credentials of a person that have not ended.
    pub(super) fn ids_of(&self, person: &PersonId) -> Result<Vec<CredentialId>, SqlError> {
        let rows = self.sql.run(
            "SELECT id FROM credentials WHERE person = ? AND ending IS NULL",
            &[person.as_str().into()],
        )?;
        let ids = rows.into_iter().filter_map(|row| row.into_iter().next());
        Ok(ids.map(|id| CredentialId::stored(id.into_text())).collect())
    }

    /// Shares a conversation with a person.
    pub(super) fn share(
        &self,
        person: &PersonId,
        conversation: &str,
        epoch: &str,
    ) -> Result<(), SqlError> {
        self.sql.execute(
            "INSERT OR REPLACE INTO shares (person, conversation, epoch) VALUES (?, ?, ?)",
            &[person.as_str().into(), conversation.into(), epoch.into()],
        )
    }

    /// The epoch of the conversation shared with a person under this name.
    pub(super) fn shared(
        &self,
        person: &PersonId,
        conversation: &str,
    ) -> Result<Option<String>, SqlError> {
        let rows = self.sql.run(
            "SELECT epoch FROM shares WHERE person = ? AND conversation = ?",
            &[person.as_str().into(), conversation.into()],
        )?;
        let epoch = rows
            .into_iter()
            .next()
            .and_then(|row| row.into_iter().next());
        Ok(epoch.map(SqlValue::into_text))
    }

    /// The names of the conversations shared with a person.
    pub(super) fn shares_of(&self, person: &PersonId) -> Result<Vec<String>, SqlError> {
        let rows = self.sql.run(
            "SELECT conversation FROM shares WHERE person = ? ORDER BY conversation",
            &[person.as_str().into()],
        )?;
        let names = rows.into_iter().filter_map(|row| row.into_iter().next());
        Ok(names.map(SqlValue::into_text).collect())
    }
}

/// The value of a column with a moment.
fn millis(at: Timestamp) -> SqlValue {
    i64::try_from(at.as_millis()).unwrap_or(i64::MAX).into()
}
