//! The providers of models. Pure code: the edge moves the bytes, the agent decides what follows.
//!
//! - [`openai_compatible`]: OpenRouter, and all servers with the same HTTP interface (OpenAI, vLLM, llama.cpp,
//!   Ollama, ...).
//! - [`demo`]: a built-in model that needs no network and no key.
//!
//! Shared types:
//!
//! - [`ModelRequest`]: a vendor-neutral model call.
//! - [`ProviderEvent`]: a decoded item of the answer. An answer ends with exactly one [`ProviderEvent::Finished`] or
//!   one [`ProviderError`], and nothing follows either.
//! - [`ProviderError`]: why a call failed, with a message that a user can act on.
//! - [`legal`]: makes every request acceptable to all vendors.
//! - [`price`]: the cost of a call, and whether it fits a budget.
//! - [`DayBudget`]: the daily budget.
//! - [`sse`]: the framing of streamed answers.
//!
//! To add a provider: a module here with an encoder and an incremental decoder, a variant of [`Provider`], a name in
//! [`Provider::NAMES`], and recorded streams for the suite in `tests`, which requires the same cases of every
//! provider.

mod day_budget;
pub mod demo;
mod error;
mod event;
pub mod legal;
pub mod openai_compatible;
pub mod price;
mod request;
mod retry;
pub mod sse;
#[cfg(test)]
mod tests;

pub use common::state::Usage;
use common::{
    secret::Secret,
    vendor_data::{CallVendorData, MessageVendorData},
};
pub use day_budget::{DayBudget, too_dear};
pub use error::dollars;
pub use error::{MISSING_KEY, ProviderError, VendorMessage};
pub use event::{FinishReason, ProviderEvent, ProviderItem, StreamEnd};
pub use request::{
    AssistantMessage, Attachment, Content, MaxPrice, ModelMessage, ModelRequest, ModelToolCall,
    Source, ToolMessage, UserMessage,
};
pub use retry::Retry;

/// A provider and its settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Provider {
    /// A server with OpenAI's chat completions interface; OpenRouter by default.
    OpenAiCompatible(openai_compatible::ProviderSettings),
    /// The built-in demo model.
    Demo,
}

impl Provider {
    /// The values of the setting `PROVIDER`.
    pub const NAMES: &[&str] = &["openrouter", "demo"];

    /// The provider's name in the setting `PROVIDER`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::OpenAiCompatible(_) => "openrouter",
            Self::Demo => "demo",
        }
    }

    /// The model that answers `request`.
    #[must_use]
    pub fn model<'a>(&'a self, request: &'a ModelRequest) -> &'a str {
        match self {
            Self::OpenAiCompatible(settings) => settings.model_for(request),
            Self::Demo => demo::MODEL,
        }
    }
}
