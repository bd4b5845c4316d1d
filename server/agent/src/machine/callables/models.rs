//! `listModels(options?)`: the models of the provider that a client may name.

use common::{
    frame::{RpcResponse, ServerFrame},
    models::{OfferedModel, OfferedModels},
};
use providers::openai_compatible::models::Refresh;
use serde::Deserialize;

use super::{CallError, Reply};
use crate::{
    context::Context,
    io::{ListedModels, ModelListing},
    machine::Parts,
};

/// How the models are to be listed. Missing, `null` and other fields: as usual.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ListOptions {
    refresh: Option<bool>,
}

/// The provider's models. The list is asked for once by all who want it at the same time.
pub(super) fn list_models((options,): (Option<ListOptions>,)) -> Result<Reply, CallError> {
    let refresh = options.unwrap_or_default().refresh.unwrap_or(false);
    Ok(Reply::Models(if refresh {
        Refresh::Now
    } else {
        Refresh::WhenDue
    }))
}

impl Parts {
    /// The provider's models are known, or not; the words of an error hold no key.
    pub(in crate::machine) fn models_listed(
        &self,
        cx: &mut Context<'_>,
        listing: ModelListing,
        answer: &ListedModels,
    ) {
        let ModelListing { to, id, .. } = listing;
        let error = answer.found.error.as_ref().map(ToString::to_string);
        let response = match &answer.found.list {
            Some((fetched_at, list)) => {
                let models = list.models.iter();
                let models = models.filter(|info| self.options.model.allows(&info.id));
                let offered = OfferedModels {
                    models: models.map(OfferedModel::from).collect(),
                    fetched_at: *fetched_at,
                    stale: answer.found.stale,
                    default: answer.default.clone(),
                    error,
                };
                RpcResponse::Success {
                    id,
                    result: Some(offered.to_json()),
                }
            }
            None => RpcResponse::Failure {
                id,
                error: error.unwrap_or_else(|| {
                    "The models of the server are not known. Try again.".to_owned()
                }),
            },
        };
        cx.send(vec![to], ServerFrame::Rpc(response).encode());
    }
}
