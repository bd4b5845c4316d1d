//! The files of the conversation: requests and calls about them.

use std::{rc::Rc, result::Result as StdResult};

use ::workspace::{Turned, Workspace, WorkspaceError};
use agent::{Input, WorkspaceCall};
use sql::SqlError;

use super::Instance;
use crate::edge::{random::now, reads::HasFiles};

impl Instance {
    /// Asks the workspace for a client. Nothing awaits between what that changes and what the machine stores with it: the
    /// platform keeps both or neither.
    pub(super) fn ask_workspace(self: &Rc<Self>, call: WorkspaceCall) {
        let result = match self.live.borrow().as_ref() {
            Some(live) => live.store.workspace(now()).ask(&call.ask),
            // The client's connection is gone, too.
            None => return,
        };
        self.input(Input::WorkspaceAsked { call, result });
        self.look_at_files();
    }
}

impl HasFiles for Instance {
    fn with_workspace<T>(
        &self,
        work: impl FnOnce(&Workspace<'_>) -> StdResult<T, WorkspaceError>,
    ) -> StdResult<T, WorkspaceError> {
        match self.live.borrow().as_ref() {
            Some(live) => work(&live.store.workspace(now())),
            None => Err(SqlError::new("the store is closed").into()),
        }
    }

    fn turned(self: &Rc<Self>, turned: Vec<Turned>) {
        if !turned.is_empty() {
            self.input(Input::Turned(turned));
        }
    }
}
