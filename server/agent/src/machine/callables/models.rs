//! `listModels(options?)`: the models of the provider that a client may name.

use common::{
    frame::{RpcResponse, ServerFrame},
    models::{ModelInfo, Prices},
};
use providers::openai_compatible::models::Refresh;
use serde::Deserialize;
use serde_json::{Value, json};

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
                let mut result = json!({
                    "models": models.map(model).collect::<Vec<_>>(),
                    "fetchedAt": fetched_at.as_millis(),
                    "stale": answer.found.stale,
                    "default": answer.default,
                });
                if let (Some(error), Some(result)) = (error, result.as_object_mut()) {
                    result.insert("error".to_owned(), error.into());
                }
                RpcResponse::Success {
                    id,
                    result: Some(result),
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

/// `null`: the provider does not say.
fn model(info: &ModelInfo) -> Value {
    json!({
        "id": info.id,
        "name": info.name,
        "contextLength": info.context,
        "maxOutputTokens": info.max_output,
        "pricing": info.prices.as_ref().map(pricing),
        "modalities": { "images": info.images, "files": info.files },
        "tools": info.tools,
        "reasoning": info.reasoning,
    })
}

/// Dollars for a million tokens, and for a request.
fn pricing(prices: &Prices) -> Value {
    json!({
        "input": of_million(prices.input),
        "cachedInput": prices.cached_input.map(of_million),
        "cacheWrite": prices.cache_write.map(of_million),
        "output": of_million(prices.output),
        "request": prices.request,
    })
}

/// Without the noise of a binary fraction: a millionth of a dollar for a million tokens is fine enough.
fn of_million(price: f64) -> f64 {
    (price * 1e12).round() / 1e6
}
