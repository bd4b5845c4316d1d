//! The import of a conversation, and its deletion.

use std::{cell::Cell, rc::Rc, result::Result as StdResult};

use common::final_close::FinalClose;
use limits::Work;
use portable::{ImportError, Imported, Importing};
use sql::SqlError;
use worker::Result;
use workspace::Upload;

use super::Instance;
use crate::edge::{random::now, turns::others_first};

/// The close code after an import: clients reconnect and load the conversation.
const CHANGED: u16 = 1012;

/// Sets a flag until it is dropped, even when the task itself is dropped.
struct Held<'i>(&'i Cell<bool>);

impl<'i> Held<'i> {
    fn begin(is_held: &'i Cell<bool>) -> Self {
        is_held.set(true);
        Self(is_held)
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.0.set(false);
    }
}

impl Instance {
    /// The conversation's name, as in URLs; empty when the object has none.
    pub(in crate::edge) fn name(&self) -> String {
        self.state.id().name().unwrap_or_default()
    }

    /// Wakes the instance up, so that it does what is due.
    pub(in crate::edge) fn wake(self: &Rc<Self>) {
        if let Err(problem) = self.start() {
            worker::console_error!("{}", problem.words);
        }
    }

    /// Whether nothing was ever written.
    pub(in crate::edge) fn is_new(&self) -> bool {
        self.with_store(|store| Ok(store.is_new())) == Ok(true)
    }

    /// Imports an archive, in slices. Meanwhile nobody can use the conversation; clients reconnect afterwards.
    pub(in crate::edge) async fn import(
        self: &Rc<Self>,
        upload: Upload,
    ) -> StdResult<Imported, ImportError> {
        let _held = Held::begin(&self.is_importing);
        self.close_all(CHANGED, "This conversation is being imported.");
        let mut importing = Importing::new(upload);
        loop {
            let done = match self.live.borrow().as_ref() {
                None => return Err(SqlError::new("the store is closed").into()),
                Some(live) => importing.slice(&live.store, now(), &mut Work::slice())?,
            };
            if let Some(imported) = done {
                self.end_life(CHANGED, "This conversation was imported.");
                return Ok(imported);
            }
            others_first().await;
        }
    }

    /// Deletes everything that is stored, and aborts everything that runs.
    pub(in crate::edge) async fn delete(self: &Rc<Self>, reason: &str) -> Result<()> {
        let deletion = self.deletion();
        self.is_ending.set(true);
        self.end_life(FinalClose::Deleted.code(), reason);
        let ended = self.delete_stored().await;
        self.is_ending.set(false);
        ended?;
        match deletion {
            Some(deletion) => self.push_deletion(deletion).await,
            None => Ok(()),
        }
    }

    pub(super) async fn delete_stored(&self) -> Result<()> {
        let storage = self.state.storage();
        storage.delete_alarm().await?;
        storage.delete_all().await
    }

    /// Aborts everything that runs, drops the memory, and closes all connections.
    fn end_life(&self, code: u16, reason: &str) {
        // Work that is still on its way belongs to an earlier life.
        self.life.set(self.life.get() + 1);
        for (_, controller) in self.calls.borrow_mut().drain() {
            controller.abort();
        }
        self.live.take();
        self.close_all(code, reason);
    }

    fn close_all(&self, code: u16, reason: &str) {
        for socket in self.state.get_websockets() {
            // It fails when the connection has just ended.
            let _ = socket.close(Some(code), Some(reason));
        }
    }
}
