//! `echo(value)`, `checkStorage()` and `checkModel()`: what the connection doctor asks. None of them touches the
//! transcript.

use common::{
    frame::{RpcResponse, ServerFrame},
    id::{IdSource, RpcId},
};
use providers::ProviderError;
use serde_json::{Value, json};

use super::{CallError, Reply, StoredReply};
use crate::{Agent, ConnectionKey, Effect, running::send};

/// A small model call, to see whether the model can be reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelCheck {
    /// Who wants to know.
    pub to: ConnectionKey,
    /// The call.
    pub id: RpcId,
    /// The conversation's model; `None`: the configured one.
    pub model: Option<String>,
}

/// The value, as it came.
pub(super) fn echo((value,): (Value,)) -> Result<Reply, CallError> {
    Ok(Reply::Value(value))
}

/// A write to the store, read back. The platform holds the answer back until the write is on disk.
pub(super) const fn check_storage((): ()) -> Result<Reply, CallError> {
    Ok(Reply::Stored(StoredReply::StorageCheck))
}

/// A call of the model for a single token. It costs that much, so it is made for nothing else.
pub(super) const fn check_model((): ()) -> Result<Reply, CallError> {
    Ok(Reply::FromModel)
}

impl<I: IdSource> Agent<I> {
    /// The model has answered, or not; the words of a [`ProviderError`] hold no key.
    pub(crate) fn model_checked(
        &self,
        check: ModelCheck,
        result: Result<(), ProviderError>,
        out: &mut Vec<Effect>,
    ) {
        let ModelCheck { to, id, model } = check;
        let response = match result {
            Ok(()) => RpcResponse::Success {
                id,
                result: Some(json!({ "model": model })),
            },
            Err(error) => RpcResponse::Failure {
                id,
                error: error.to_string(),
            },
        };
        send(out, vec![to], ServerFrame::Rpc(response).encode());
    }
}
