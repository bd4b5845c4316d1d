//! The models of a server, and what it tells about each.
//!
//! - [`ModelInfo`], [`ModelList`]: what is known.
//! - [`Listing`]: the requests that find it out. Every server has `GET {base}/models`; some tell more elsewhere.
//! - [`Kept`], [`Sharing`]: how long a list is good for, and that callers at the same time share one fetch.
//!
//! `entry` reads one entry of a list, whoever wrote it; `details` reads what Ollama and llama.cpp tell elsewhere.

mod details;
mod entry;
mod kept;
mod listing;
#[cfg(test)]
mod tests;

pub use kept::{Joined, Kept, Lookup, Refresh, Sharing};
pub use listing::{ListAnswer, ListFailure, ListRequest, Listing, NoList, Step};

use serde::{Deserialize, Serialize};

use super::ProviderSettings;
use crate::providers::price::{Prices, Pricing};

/// What a server tells about a model. `None`: it does not say.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ModelInfo {
    /// How a request names it.
    pub id: String,
    /// Its name for people; the id when it has none.
    pub name: String,
    /// How many tokens it takes at once, the answer included.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context: Option<u64>,
    /// The most tokens of an answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_output: Option<u64>,
    /// What it costs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prices: Option<Prices>,
    /// Whether it sees images.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub images: Option<bool>,
    /// Whether it reads files such as PDFs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub files: Option<bool>,
    /// Whether it calls tools.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tools: Option<bool>,
    /// Whether it can think before it answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reasoning: Option<bool>,
}

/// What a call of a model costs. A server that does not tell its prices is free when it is one's own; any other charges,
/// as OpenAI and others do that list nothing but ids.
#[must_use]
pub fn pricing(settings: &ProviderSettings, info: Option<&ModelInfo>) -> Pricing {
    match info.and_then(|info| info.prices) {
        Some(prices) => Pricing::Known(prices),
        None if settings.is_ones_own() => Pricing::Free,
        None => Pricing::Unknown,
    }
}

/// The models of a server that answer in words, in its own order.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ModelList {
    /// The models.
    pub models: Vec<ModelInfo>,
    /// How many entries could not be read.
    pub skipped: usize,
    /// The server has one model, and answers with it whatever name is asked for.
    pub takes_any_name: bool,
}

impl ModelList {
    /// What is known of the model that a request calls `model`.
    #[must_use]
    pub fn find(&self, model: &str) -> Option<ModelInfo> {
        let model = model.trim();
        let named = |name: &str| {
            let mut models = self.models.iter();
            models.find(|info| info.id.eq_ignore_ascii_case(name))
        };
        let exact = named(model)
            .or_else(|| named(model.strip_prefix("models/")?))
            // Ollama's name for a model without a tag.
            .or_else(|| named(&format!("{model}:latest")));
        if let Some(info) = exact {
            return Some(info.clone());
        }
        // OpenRouter's wishes on how a model is to be served: the same model, at another price.
        if let Some((name, _)) = model.rsplit_once(':')
            && let Some(info) = named(name)
        {
            return Some(ModelInfo {
                prices: None,
                ..info.clone()
            });
        }
        self.models.first().filter(|_| self.takes_any_name).cloned()
    }

    /// The list of a server that has these models.
    #[must_use]
    pub const fn of(models: Vec<ModelInfo>) -> Self {
        Self {
            models,
            skipped: 0,
            takes_any_name: false,
        }
    }
}
