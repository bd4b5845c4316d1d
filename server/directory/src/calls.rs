//! Handles the methods that clients call. [`common::directory::Call`] lists them; a new one is a variant there and an
//! arm here.

use accounts::{ConnectionKey, Intent};
use common::{
    directory::{
        Call, CallProblem, Deleted, DeletedAll,
        settings::SettingsProblem,
        title::{self, TitleProblem},
    },
    frame::RpcResponse,
    id::RpcId,
    time::Timestamp,
};
use serde_json::Value;
use sql::{Sql, SqlError};
use thiserror::Error;

use super::{
    Directory, Effect, JobId,
    machine::answer,
    records::{Kept, Life},
};

/// The answer to a call.
enum Reply {
    /// Done, without a value.
    Done,
    /// A value.
    Value(Value),
    /// A later answer.
    Later,
}

/// Why a call failed. `Display` is the error that the caller gets.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(super) enum CallError {
    #[error(transparent)]
    Problem(#[from] CallProblem),
    #[error("There is no such conversation in your list")]
    NoSuchConversation,
    #[error("The conversation is being deleted")]
    IsEnding,
    #[error("The conversation was deleted")]
    IsGone,
    #[error(transparent)]
    Title(#[from] TitleProblem),
    #[error(transparent)]
    Settings(#[from] SettingsProblem),
    #[error("`cursor` is no place in the list")]
    Cursor,
    #[error("{}", .0.words())]
    Store(#[from] SqlError),
}

/// The intent of a method.
pub(super) fn intent(method: &str) -> Intent {
    match method {
        "page" | "search" | "getSettings" => Intent::Reads,
        _ => Intent::Changes,
    }
}

impl<S: Sql> Directory<S> {
    /// Handles a call; the answer goes to its caller alone.
    pub(super) fn called(
        &mut self,
        now: Timestamp,
        key: ConnectionKey,
        id: RpcId,
        method: &str,
        arguments: Vec<Value>,
        out: &mut Vec<Effect>,
    ) {
        let before = out.len();
        let call = Call::read(method, arguments).map_err(CallError::from);
        let reply = call.and_then(|call| self.call(now, call, (key, &id), out));
        // The answer goes first, so that the caller can relate the updates after it.
        let behind = out.split_off(before);
        match reply {
            Ok(Reply::Done) => answer(out, key, RpcResponse::Success { id, result: None }),
            Ok(Reply::Value(value)) => {
                let result = Some(value);
                answer(out, key, RpcResponse::Success { id, result });
            }
            Ok(Reply::Later) => {}
            Err(error) => {
                let error = error.to_string();
                answer(out, key, RpcResponse::Failure { id, error });
            }
        }
        out.extend(behind);
    }

    fn call(
        &mut self,
        now: Timestamp,
        call: Call,
        (key, id): (ConnectionKey, &RpcId),
        out: &mut Vec<Effect>,
    ) -> Result<Reply, CallError> {
        match call {
            Call::Page(wanted) => {
                let page = self.records.wanted(&wanted)?.ok_or(CallError::Cursor)?;
                return Ok(Reply::Value(page.to_json()));
            }
            Call::Search(wanted) => {
                let found = self.records.search(&wanted)?;
                return Ok(Reply::Value(found.to_json()));
            }
            Call::Rename { name, title } => {
                let title = title::given(&title)?;
                self.find(&name)?;
                let job = self.next_job();
                self.jobs.insert(job, (key, id.clone()));
                out.push(Effect::Rename { job, name, title });
                return Ok(Reply::Later);
            }
            Call::Pin(name) => self.change(&name, out, |kept| kept.is_pinned = true)?,
            Call::Unpin(name) => self.change(&name, out, |kept| kept.is_pinned = false)?,
            Call::Archive(name) => self.change(&name, out, |kept| kept.is_archived = true)?,
            Call::Unarchive(name) => self.change(&name, out, |kept| kept.is_archived = false)?,
            Call::Read(name) => self.change(&name, out, |kept| {
                // The update about the answer that was read may still be on its way.
                kept.seen = kept.seen.max(kept.head.answered).max(now);
            })?,
            Call::Delete(name) => {
                let until = self.mark_deleted(now, &name, super::GRACE, out)?;
                return Ok(Reply::Value(Deleted { until }.to_json()));
            }
            Call::DeleteForGood(name) => {
                let until = self.delete_for_good(now, &name, out)?;
                return Ok(Reply::Value(Deleted { until }.to_json()));
            }
            Call::DeleteAll => {
                let count = self.delete_all(now, out)?;
                return Ok(Reply::Value(DeletedAll { count }.to_json()));
            }
            Call::GetSettings => {
                return Ok(Reply::Value(self.records.settings()?.to_json()));
            }
            Call::SetSettings(settings) => self.records.put_settings(&settings.checked()?)?,
            Call::Undelete(name) => self.undelete(now, &name, out)?,
        }
        Ok(Reply::Done)
    }

    /// A conversation that its owner sees or can restore.
    pub(super) fn find(&self, name: &str) -> Result<Kept, CallError> {
        let found = self.records.find(name)?;
        let found = found.filter(Kept::is_there);
        found.ok_or(CallError::NoSuchConversation)
    }

    /// Changes the directory's data about a conversation, and broadcasts the list.
    fn change(
        &self,
        name: &str,
        out: &mut Vec<Effect>,
        change: impl FnOnce(&mut Kept),
    ) -> Result<(), CallError> {
        let before = self.find(name)?;
        let mut after = before.clone();
        change(&mut after);
        let is_told = before.summary() != after.summary() && after.life == Life::Lives;
        if after != before {
            self.records.wholly(|| {
                self.records.put(&after)?;
                if is_told {
                    self.records.changed()
                } else {
                    Ok(())
                }
            })?;
        }
        if is_told {
            self.tell(out);
        }
        Ok(())
    }

    /// Handles the result of a rename.
    pub(super) fn renamed(
        &mut self,
        job: JobId,
        result: Result<(), String>,
        out: &mut Vec<Effect>,
    ) {
        let Some((key, id)) = self.jobs.remove(&job) else {
            return;
        };
        let response = match result {
            Ok(()) => RpcResponse::Success { id, result: None },
            Err(error) => RpcResponse::Failure { id, error },
        };
        answer(out, key, response);
    }
}
