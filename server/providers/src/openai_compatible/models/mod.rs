//! The models of a server and the facts about them.
//!
//! - [`ModelInfo`], [`ModelList`]: the facts.
//! - [`Listing`]: the requests for them. Every server has `GET {base}/models`; some have more endpoints.
//! - [`Kept`], [`Sharing`]: how long a list is valid, and how concurrent callers share a fetch.
//!
//! `entry` reads an entry of any server's list; `details` reads the other endpoints of Ollama and llama.cpp.

mod details;
mod entry;
mod kept;
mod listing;
#[cfg(test)]
mod tests;

pub use common::models::{ModelInfo, ModelList};
pub use kept::{Joined, Kept, Lookup, Refresh, Sharing};
pub use listing::{ListAnswer, ListFailure, ListRequest, Listing, ListingStep, NoList};

use super::ProviderSettings;
use crate::price::Pricing;

/// The price of a model. A private server that publishes no prices is free; any other server charges, such as OpenAI,
/// which lists only ids.
#[must_use]
pub fn pricing(settings: &ProviderSettings, info: Option<&ModelInfo>) -> Pricing {
    match info.and_then(|info| info.prices) {
        Some(prices) => Pricing::Known(prices),
        None if settings.is_ones_own() => Pricing::Free,
        None => Pricing::Unknown,
    }
}
