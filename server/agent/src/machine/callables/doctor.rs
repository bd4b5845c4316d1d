//! `echo(value)`, `checkStorage()` and `checkModel()`: what the connection doctor asks. None of them touches the
//! transcript.

use common::frame::{RpcResponse, ServerFrame};
use providers::ProviderError;
use serde_json::{Value, json};

use super::{CallError, Reply};
use crate::{
    context::Context,
    io::{ModelCheck, StoredReply},
    machine::Parts,
};

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

impl Parts {
    /// The model has answered, or not; the words of a [`ProviderError`] hold no key.
    pub(in crate::machine) fn model_checked(
        &self,
        cx: &mut Context<'_>,
        check: ModelCheck,
        result: Result<(), ProviderError>,
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
        cx.send(vec![to], ServerFrame::Rpc(response).encode());
    }
}
