//! What clients may call (protocol §4). A callable is one function and one line in [`Agent::call`].
//!
//! - [`arguments`]: typed arguments.
//! - [`approvals`], [`doctor`], [`instructions`], [`left_out`], [`models`], [`project_context`], [`transcript`]: the callables.

mod approvals;
mod arguments;
mod doctor;
mod instructions;
mod left_out;
mod models;
mod project_context;
mod transcript;

use common::{
    frame::{RpcResponse, ServerFrame},
    id::{IdSource, RpcId},
};
use serde_json::Value;
use thiserror::Error;

use self::arguments::{ArgumentError, Arguments};
use super::{Agent, ConnectionKey, Effect, running::send};
use crate::providers::openai_compatible::models::Refresh;
pub use doctor::ModelCheck;
pub use models::{ListedModels, ModelListing};
pub use transcript::{ExportFormat, StoredReply, reply_frames};

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
}

/// Why a call fails. `Display` is what the caller is told.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
enum CallError {
    #[error("Method {0} does not exist")]
    NoSuchMethod(String),
    #[error(transparent)]
    Arguments(#[from] ArgumentError),
    #[error("{}", super::synced::READONLY)]
    Readonly,
    #[error("{0}")]
    Refused(String),
}

impl<I: IdSource> Agent<I> {
    fn call(
        &mut self,
        caller: ConnectionKey,
        method: &str,
        arguments: Arguments,
        out: &mut Vec<Effect>,
    ) -> Result<Reply, CallError> {
        match method {
            "echo" => doctor::echo(arguments.read(["value"])?),
            "checkStorage" => doctor::check_storage(arguments.read([])?),
            "checkModel" => doctor::check_model(arguments.read([])?),
            "listModels" => models::list_models(arguments.read_some(["options"])?),
            "getMessages" => transcript::get_messages(arguments.read([])?),
            "exportTranscript" => transcript::export_transcript(arguments.read_some(["format"])?),
            "annotateApproval" => {
                self.annotate_approval(caller, arguments.read(["annotation"])?, out)
            }
            "setLeftOut" => self.set_left_out(caller, arguments.read(["message"])?, out),
            "confirmInstructions" => {
                self.confirm_instructions(caller, arguments.read(["file"])?, out)
            }
            "getProjectContext" => self.get_project_context(arguments.read([])?),
            "setProjectContext" => {
                self.set_project_context(caller, arguments.read(["context"])?, out)
            }
            _ => Err(CallError::NoSuchMethod(method.to_owned())),
        }
    }

    fn named_model(&self) -> &str {
        self.about.model.as_deref().unwrap_or_default()
    }

    /// A client calls a method; the answer goes to it alone.
    pub(super) fn called(
        &mut self,
        caller: ConnectionKey,
        id: RpcId,
        method: &str,
        arguments: Vec<Value>,
        out: &mut Vec<Effect>,
    ) {
        let response = match self.call(caller, method, Arguments(arguments), out) {
            Ok(Reply::Stored(reply)) => {
                return out.push(Effect::Reply {
                    to: caller,
                    id,
                    reply,
                });
            }
            Ok(Reply::FromModel) if !self.options.model.allows(self.named_model()) => {
                RpcResponse::Failure {
                    id,
                    error: self.options.model.refusal_of(self.named_model()),
                }
            }
            Ok(Reply::FromModel) => {
                return out.push(Effect::CheckModel(ModelCheck {
                    to: caller,
                    id,
                    model: self.about.model.clone(),
                }));
            }
            Ok(Reply::Models(refresh)) => {
                return out.push(Effect::ListModels(ModelListing {
                    to: caller,
                    id,
                    refresh,
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
        send(out, vec![caller], ServerFrame::Rpc(response).encode());
    }
}
