//! `undo(request)`, `redo(request)`, `restoreFile(request)` and `compare(request)`: the history of the files, as over HTTP.
//! `draft()`, `keepDraft(request)` and `dropDraft(request)`: the draft of the agent.

use common::workspace::{CompareRequest, DraftRequest, RestoreRequest, UndoRequest};
use serde_json::Value;
use workspace::Ask;

use super::{CallError, Reply};

/// Undoes what answers changed.
pub(super) fn undo((request,): (Value,)) -> Result<Reply, CallError> {
    ask(
        UndoRequest::from_json(request).map(Ask::Undo),
        "{answers, onConflict?, check?}",
    )
}

/// Redoes what was undone of an answer.
pub(super) fn redo((request,): (Value,)) -> Result<Reply, CallError> {
    ask(
        UndoRequest::from_json(request).map(Ask::Redo),
        "{answers, onConflict?, check?}",
    )
}

/// Puts a file back as it was.
pub(super) fn restore_file((request,): (Value,)) -> Result<Reply, CallError> {
    ask(
        RestoreRequest::from_json(request).map(Ask::Restore),
        "{path, behind}",
    )
}

/// What an answer changed, or what differs between two points.
pub(super) fn compare((request,): (Value,)) -> Result<Reply, CallError> {
    ask(
        CompareRequest::from_json(request).map(Ask::Compare),
        "{answer} or {from, to?}",
    )
}

/// What waits in the draft.
pub(super) fn draft((): ()) -> Result<Reply, CallError> {
    Ok(Reply::FromWorkspace(Ask::Draft))
}

/// Makes changes of the draft in the files.
pub(super) fn keep_draft((request,): (Value,)) -> Result<Reply, CallError> {
    ask(
        DraftRequest::from_json(request).map(Ask::KeepDraft),
        "{files, onConflict?} or {all: true}",
    )
}

/// Takes changes out of the draft.
pub(super) fn drop_draft((request,): (Value,)) -> Result<Reply, CallError> {
    ask(
        DraftRequest::from_json(request).map(Ask::DropDraft),
        "{files} or {all: true}",
    )
}

fn ask(ask: Option<Ask>, wanted: &str) -> Result<Reply, CallError> {
    let unreadable = || CallError::Refused(format!("The argument is not `{wanted}`"));
    ask.map(Reply::FromWorkspace).ok_or_else(unreadable)
}
