//! The owner of the conversation.

use accounts::{Guarded, Ownership, PersonId};

use super::{Sql, SqlError, SqlValue, Store};

/// The key of the owner's id.
const OWNER: &str = "owner";

impl<S: Sql> Store<S> {
    /// The owner and epoch of the conversation. One from before sign-in existed belongs to the server's owner.
    ///
    /// # Errors
    /// When an SQL statement fails.
    pub fn guarded(&self) -> Result<Guarded, SqlError> {
        let owner = match self.fact(OWNER)? {
            Some(id) => Ownership::Of(PersonId::stored(id)),
            None if self.is_blank()? => Ownership::Nobody,
            None => Ownership::Of(PersonId::owner()),
        };
        let epoch = self.epoch()?;
        Ok(Guarded { owner, epoch })
    }

    /// Distinguishes this store from an earlier one of the same name; empty while nothing is stored.
    ///
    /// # Errors
    /// When an SQL statement fails.
    pub fn epoch(&self) -> Result<String, SqlError> {
        Ok(self.fact("epoch")?.unwrap_or_default())
    }

    pub(super) fn put_owner(&self, owner: &PersonId) -> Result<(), SqlError> {
        self.put_fact(OWNER, owner.as_str())
    }

    /// Whether nobody has written anything. A check of the store does not count.
    fn is_blank(&self) -> Result<bool, SqlError> {
        let rows = self.sql.run(
            "SELECT EXISTS (SELECT 1 FROM messages) OR EXISTS (SELECT 1 FROM turns)
                OR EXISTS (SELECT 1 FROM workspace WHERE change > 0)
                OR EXISTS (SELECT 1 FROM facts WHERE name NOT IN ('epoch', 'checked'))",
            &[],
        )?;
        let written = rows.first().and_then(|row| row.first());
        Ok(written.map_or(0, SqlValue::as_integer) == 0)
    }
}

#[cfg(test)]
mod tests {
    use common::{
        id::MessageId,
        message::{Message, Role},
    };
    use test_support::MemorySql;
    use workspace::{Expect, FilePath};

    use super::*;
    use crate::{Position, Write};

    fn owner(store: &Store<MemorySql>) -> Ownership {
        store.guarded().unwrap().owner
    }

    #[test]
    fn a_blank_conversation_is_nobodys_and_an_old_one_the_servers_owners() {
        let servers = Ownership::Of(PersonId::owner());
        let store = Store::open(MemorySql::new()).unwrap();
        assert_eq!(owner(&store), Ownership::Nobody);
        store.check().unwrap();
        assert_eq!(owner(&store), Ownership::Nobody, "a check changes nothing");
        let message = Message::text(MessageId::from("m"), Role::User, "hello");
        let position = Position::new(1);
        store
            .write(&[Write::AddMessage { position, message }])
            .unwrap();
        assert_eq!(owner(&store), servers);

        let store = Store::open(MemorySql::new()).unwrap();
        let path = FilePath::parse("a.txt").unwrap();
        let workspace = store.workspace(common::time::Timestamp::default());
        workspace.write(&path, b"a", &Expect::Anything).unwrap();
        assert_eq!(owner(&store), servers, "files count, too");
    }

    #[test]
    fn the_owner_stays_through_a_clear_and_the_epoch_tells_stores_apart() {
        let sql = MemorySql::new();
        let store = Store::open(sql.clone()).unwrap();
        let ann = PersonId::stored("ann");
        store.write(&[Write::PutOwner(ann.clone())]).unwrap();
        store.write(&[Write::Clear]).unwrap();
        let reopened = Store::open(sql).unwrap();
        assert_eq!(owner(&reopened), Ownership::Of(ann));
        let other = Store::open(MemorySql::new()).unwrap();
        let epoch = reopened.guarded().unwrap().epoch;
        assert!(!epoch.is_empty());
        assert_ne!(epoch, other.guarded().unwrap().epoch);
    }
}
