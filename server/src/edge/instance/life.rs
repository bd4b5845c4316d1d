//! A conversation that begins with an archive, and one that ends for good.

use std::rc::Rc;

use worker::Result;

use super::Instance;
use crate::{
    edge::random::now,
    portable::{ImportError, Imported},
    store::SqlError,
    workspace::Upload,
};

/// Closes the connections of a conversation that was deleted: clients stop and say why.
const DELETED: u16 = 4410;

/// Closes those of one that was made of an archive: clients come back and see it.
const CHANGED: u16 = 1012;

impl Instance {
    /// The conversation's name, as it stands in URLs; empty when the object has none.
    pub(in crate::edge) fn name(&self) -> String {
        self.state.id().name().unwrap_or_default()
    }

    /// Whether nothing was ever written.
    pub(in crate::edge) fn is_new(&self) -> bool {
        self.with_store(|store| Ok(store.is_new())) == Ok(true)
    }

    /// Makes the conversation of an archive. Whoever is connected comes back to see it.
    pub(in crate::edge) fn import(
        self: &Rc<Self>,
        upload: Upload,
    ) -> std::result::Result<Imported, ImportError> {
        let live = self.live.borrow();
        let store = live.as_ref().map(|live| &live.store);
        let store = store.ok_or_else(|| SqlError::new("the store is closed"))?;
        let imported = store.import(now(), upload)?;
        drop(live);
        self.end_life(CHANGED, "This conversation was imported.");
        Ok(imported)
    }

    /// Deletes all that is stored. What runs is stopped, and nothing of it comes back.
    pub(in crate::edge) async fn delete(&self, reason: &str) -> Result<()> {
        self.is_ending.set(true);
        self.end_life(DELETED, reason);
        let ended = self.delete_stored().await;
        self.is_ending.set(false);
        ended
    }

    async fn delete_stored(&self) -> Result<()> {
        let storage = self.state.storage();
        storage.delete_alarm().await?;
        storage.delete_all().await
    }

    /// Stops what runs, forgets what is in memory and closes all connections.
    fn end_life(&self, code: u16, reason: &str) {
        // What is still on its way belongs to another life.
        self.life.set(self.life.get() + 1);
        for (_, controller) in self.calls.borrow_mut().drain() {
            controller.abort();
        }
        self.live.take();
        for socket in self.state.get_websockets() {
            // It fails when the connection has just ended.
            let _ = socket.close(Some(code), Some(reason));
        }
    }
}
