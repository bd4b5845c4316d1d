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

pub use common::models::{ModelInfo, ModelList};
pub use kept::{Joined, Kept, Lookup, Refresh, Sharing};
pub use listing::{ListAnswer, ListFailure, ListRequest, Listing, NoList, Step};

use super::ProviderSettings;
use crate::price::Pricing;

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
