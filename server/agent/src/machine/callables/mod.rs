//! What clients may call. A callable is a variant of [`Callable`], a function and a line in [`Parts::call`].
//!
//! - [`arguments`]: typed arguments.
//! - [`approvals`], [`branches`], [`changes`], [`compact`], [`doctor`], [`instructions`], [`left_out`], [`models`], [`pin`],
//!   [`project_context`], [`queued`], [`rename`], [`transcript`]: the callables.

mod approvals;
mod arguments;
mod branches;
mod changes;
mod compact;
mod doctor;
mod instructions;
mod left_out;
mod models;
mod pin;
mod project_context;
mod queued;
mod rename;
mod transcript;

pub(super) use common::callable::Callable;
use common::{
    frame::{RpcResponse, ServerFrame},
    id::RpcId,
};
use serde_json::Value;
use thiserror::Error;

use self::arguments::{ArgumentError, Arguments};
use super::Parts;
use crate::{
    attached::ConnectionKey,
    branches::BranchSwitch,
    context::Context,
    io::{Effect, ModelCheck, ModelListing, StoredReply, WorkspaceCall},
};
use accounts::Intent;
use providers::openai_compatible::models::Refresh;
use workspace::Ask;

/// What a call is meant to do.
pub(super) trait Intended {
    fn intent(self) -> Intent;
}

impl Intended for Callable {
    fn intent(self) -> Intent {
        match self {
            Self::Echo
            | Self::ListModels
            | Self::GetMessages
            | Self::ExportTranscript
            | Self::GetProjectContext
            | Self::Compare
            | Self::Draft
            | Self::GetSummary
            | Self::GetContext => Intent::Reads,
            // The checks cost a write and a token.
            Self::CheckStorage
            | Self::CheckModel
            | Self::Compact
            | Self::PinMessage
            | Self::SetLeftOut
            | Self::ConfirmInstructions
            | Self::SetProjectContext
            | Self::RenameConversation
            | Self::EditQueued
            | Self::RemoveQueued
            | Self::MoveQueuedFirst
            | Self::SendQueuedNow => Intent::Changes,
            Self::AnnotateApproval => Intent::Answers,
            Self::Undo
            | Self::Redo
            | Self::RestoreFile
            | Self::KeepDraft
            | Self::DropDraft
            | Self::Branch
            | Self::SwitchBranch => Intent::ChangesFiles,
        }
    }
}

/// What a call is answered with.
enum Reply {
    /// Nothing: it was done.
    Done,
    /// This value.
    Value(Value),
    /// What is in the store.
    Stored(StoredReply),
    /// What the model says to a check.
    FromModel,
    /// The provider's models.
    Models(Refresh),
    /// What the workspace answers.
    FromWorkspace(Ask),
    /// What the workspace answers; when it has done it, the branch is shown.
    Switch(Ask, BranchSwitch),
}

/// Why a call fails. `Display` is for the caller.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
enum CallError {
    #[error("Method {0} does not exist")]
    NoSuchMethod(String),
    #[error(transparent)]
    Arguments(#[from] ArgumentError),
    #[error("{0}")]
    Refused(String),
}

impl Parts {
    fn call(
        &mut self,
        cx: &mut Context<'_>,
        caller: ConnectionKey,
        method: &str,
        arguments: Arguments,
    ) -> Result<Reply, CallError> {
        match Callable::from_word(method)
            .ok_or_else(|| CallError::NoSuchMethod(method.to_owned()))?
        {
            Callable::Echo => doctor::echo(arguments.read(["value"])?),
            Callable::CheckStorage => doctor::check_storage(arguments.read([])?),
            Callable::CheckModel => doctor::check_model(arguments.read([])?),
            Callable::ListModels => models::list_models(arguments.read_some(["options"])?),
            Callable::GetMessages => transcript::get_messages(arguments.read([])?),
            Callable::ExportTranscript => {
                transcript::export_transcript(arguments.read_some(["format"])?)
            }
            Callable::AnnotateApproval => {
                self.annotate_approval(cx, caller, arguments.read(["annotation"])?)
            }
            Callable::SetLeftOut => self.set_left_out(cx, arguments.read(["message"])?),
            Callable::ConfirmInstructions => {
                self.confirm_instructions(cx, arguments.read(["file"])?)
            }
            Callable::GetProjectContext => self.get_project_context(arguments.read([])?),
            Callable::SetProjectContext => {
                self.set_project_context(cx, arguments.read(["context"])?)
            }
            Callable::RenameConversation => {
                self.rename_conversation(cx, arguments.read(["title"])?)
            }
            Callable::EditQueued => self.edit_queued(cx, arguments.read(["message"])?),
            Callable::RemoveQueued => self.remove_queued(cx, arguments.read(["message"])?),
            Callable::MoveQueuedFirst => self.move_queued_first(cx, arguments.read(["message"])?),
            Callable::SendQueuedNow => self.send_queued_now(cx, arguments.read(["message"])?),
            Callable::Undo => changes::undo(arguments.read(["request"])?),
            Callable::Redo => changes::redo(arguments.read(["request"])?),
            Callable::RestoreFile => changes::restore_file(arguments.read(["request"])?),
            Callable::Compare => changes::compare(arguments.read(["request"])?),
            Callable::Draft => changes::draft(arguments.read([])?),
            Callable::KeepDraft => changes::keep_draft(arguments.read(["request"])?),
            Callable::DropDraft => changes::drop_draft(arguments.read(["request"])?),
            Callable::Branch => self.branch(cx, arguments.read(["message"])?),
            Callable::SwitchBranch => self.wanted_branch(arguments.read(["branch"])?),
            Callable::Compact => self.compact(cx, caller, arguments.read_some(["request"])?),
            Callable::GetSummary => compact::get_summary(arguments.read([])?),
            Callable::GetContext => self.get_context(arguments.read([])?),
            Callable::PinMessage => self.pin_message(cx, arguments.read(["message"])?),
        }
    }

    /// A client calls a method; the answer goes to it alone.
    pub(super) fn called(
        &mut self,
        cx: &mut Context<'_>,
        caller: ConnectionKey,
        id: RpcId,
        method: &str,
        arguments: Vec<Value>,
    ) {
        let response = match self.call(cx, caller, method, Arguments(arguments)) {
            Ok(Reply::Stored(reply)) => {
                return cx.push(Effect::Reply {
                    to: caller,
                    id,
                    reply,
                });
            }
            Ok(Reply::FromModel) if !self.options.model.allows(self.synced.named_model()) => {
                RpcResponse::Failure {
                    id,
                    error: self.options.model.refusal_of(self.synced.named_model()),
                }
            }
            Ok(Reply::FromModel) => {
                return cx.push(Effect::CheckModel(ModelCheck {
                    to: caller,
                    id,
                    model: self.synced.about().model.clone(),
                }));
            }
            Ok(Reply::Models(refresh)) => {
                return cx.push(Effect::ListModels(ModelListing {
                    to: caller,
                    id,
                    refresh,
                }));
            }
            Ok(Reply::FromWorkspace(ask)) => {
                return cx.push(Effect::AskWorkspace(WorkspaceCall {
                    to: caller,
                    id,
                    ask,
                    switch: None,
                }));
            }
            Ok(Reply::Switch(ask, switch)) => {
                return cx.push(Effect::AskWorkspace(WorkspaceCall {
                    to: caller,
                    id,
                    ask,
                    switch: Some(switch),
                }));
            }
            Ok(Reply::Done) => RpcResponse::Success { id, result: None },
            Ok(Reply::Value(value)) => RpcResponse::Success {
                id,
                result: Some(value),
            },
            Err(error) => RpcResponse::Failure {
                id,
                error: error.to_string(),
            },
        };
        cx.send(vec![caller], ServerFrame::Rpc(response).encode());
    }
}

#[cfg(test)]
mod tests {
    use super::Callable;

    #[test]
    fn every_method_is_documented() {
        let document = include_str!("../../../../../docs/agent.md");
        for name in Callable::ALL.map(Callable::as_str) {
            let listed = format!("`{name}(");
            assert!(document.contains(&listed), "docs/agent.md lists {name}");
        }
    }
}
