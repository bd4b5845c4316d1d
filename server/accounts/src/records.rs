//! The stored people and credentials, as rows of the accounts' own SQLite database.

mod schema;
mod spending;

use common::time::Timestamp;
use serde::{Deserialize, Serialize};
use sql::{Sql, SqlError, SqlRow, SqlValue};

use super::{CredentialId, PersonId, Role, Scopes, secret::SecretHash};

/// A person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Person {
    pub(super) id: PersonId,
    pub(super) name: String,
    /// From the identity provider; `None` for people who came by a link.
    pub(super) email: Option<String>,
    pub(super) role: Role,
    pub(super) removed_at: Option<Timestamp>,
}

/// A credential. Only the hash of its secret is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Credential {
    pub(super) id: CredentialId,
    /// Its person; for an invitation, the person who made it.
    pub(super) person: PersonId,
    pub(super) purpose: Purpose,
    pub(super) created_at: Timestamp,
    /// `None`: it has no end of its own.
    pub(super) expires_at: Option<Timestamp>,
    pub(super) used_at: Option<Timestamp>,
    pub(super) ending: Option<Ending>,
}

/// The purpose of a credential.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(super) enum Purpose {
    /// A signed-in browser.
    Session { device: String },
    /// Access for a program.
    Token {
        name: String,
        scopes: Scopes,
        /// The only conversation it is valid for; missing and `null`: all of the person's.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        conversation: Option<String>,
    },
    /// One WebSocket of a client that cannot send headers.
    Ticket {
        of: CredentialId,
        scopes: Scopes,
        /// When the sign-in that created it ends.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Timestamp>,
    },
    /// A sign-in on another device of the person.
    DeviceLink,
    /// A link from the start script or deployment; stored so that it is used only once.
    OwnerLink,
    /// Access for a newcomer, or for a person who is to see a conversation.
    Invitation { name: String, to: Invited },
}

impl Purpose {
    /// The value of the column `kind`.
    pub(super) const fn kind(&self) -> &'static str {
        match self {
            Self::Session { .. } => "session",
            Self::Token { .. } => "token",
            Self::Ticket { .. } => "ticket",
            Self::DeviceLink => "device_link",
            Self::OwnerLink => "owner_link",
            Self::Invitation { .. } => "invitation",
        }
    }
}

/// What a person is invited to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "as", rename_all = "snake_case")]
pub enum Invited {
    /// Read one conversation.
    Member,
    /// To read one conversation.
    Viewer {
        /// Its name, as in URLs.
        conversation: String,
        /// Distinguishes its store from a later one of the same name.
        epoch: String,
    },
}

/// How a credential ended before its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    Used,
    Revoked,
}

impl Ending {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Used => "used",
            Self::Revoked => "revoked",
        }
    }

    /// Reads the stored word; an unknown one counts as ended.
    fn stored(text: &str) -> Self {
        match text {
            "used" => Self::Used,
            _ => Self::Revoked,
        }
    }
}

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

fn moment(value: SqlValue) -> Option<Timestamp> {
    match value {
        SqlValue::Integer(millis) => Some(Timestamp::from_millis(u64::try_from(millis).ok()?)),
        SqlValue::Null | SqlValue::Text(_) | SqlValue::Blob(_) => None,
    }
}

fn text(value: SqlValue) -> Option<String> {
    match value {
        SqlValue::Text(text) => Some(text),
        SqlValue::Null | SqlValue::Integer(_) | SqlValue::Blob(_) => None,
    }
}

/// `None` for an unreadable row, whose credential is then refused.
fn credential(row: SqlRow) -> Option<Credential> {
    let mut values = row.into_iter();
    Some(Credential {
        id: CredentialId::stored(text(values.next()?)?),
        person: PersonId::stored(text(values.next()?)?),
        purpose: serde_json::from_str(&text(values.next()?)?).ok()?,
        created_at: moment(values.next()?)?,
        expires_at: moment(values.next()?),
        used_at: moment(values.next()?),
        ending: text(values.next()?).map(|ending| Ending::stored(&ending)),
    })
}

fn person(row: SqlRow) -> Option<Person> {
    let mut values = row.into_iter();
    Some(Person {
        id: PersonId::stored(text(values.next()?)?),
        name: text(values.next()?)?,
        email: text(values.next()?),
        role: Role::stored(&text(values.next()?)?),
        removed_at: moment(values.next()?),
    })
}
