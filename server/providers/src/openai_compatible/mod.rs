//! OpenRouter and every other server with OpenAI's chat completions interface, streamed.
//!
//! - [`Exchange`]: one call from the request to the last event. The rest serves it.
//! - [`prepare`]: a [`ModelRequest`] is made legal ([`super::legal`]); [`encode`]: it becomes one HTTP request, without what
//!   the server does not take ([`Traits`]). `message` encodes its messages.
//!
//! - [`models`]: which models the server has.
//!
//! On the way back, bytes become pieces (`body`), pieces become chunks (`chunk`), and chunks become
//! [`ProviderEvent`](super::ProviderEvent)s (`decode`, `growing`), however the bytes are cut. `think`, `tool_calls` and `vendor_data`
//! put reasoning, calls and data to be given back together. `failure` finds the typed error in what a vendor says, with
//! `too_long`, `message_index` and `waits`; `refusal` finds what it does not take.

mod body;
mod chunk;
mod decode;
mod encode;
mod exchange;
mod failure;
mod growing;
mod message;
mod message_index;
pub mod models;
mod prepare;
mod refusal;
#[cfg(test)]
mod tests;
mod think;
mod too_long;
mod tool_calls;
mod traits;
mod vendor_data;
mod vendor_error;
mod waits;

pub use encode::{HttpRequest, encode};
pub use exchange::{Exchange, Next, Step};
pub use failure::ResponseHead;
pub use prepare::{Prepared, prepare};
pub use traits::{Trait, Traits};

use public_web::is_public;
use url::Url;

use super::{ModelRequest, Secret};

/// OpenRouter's API root.
pub const OPENROUTER_BASE_URL: &str = "https://openrouter.ai/api/v1";

/// OpenRouter's own choice among all models.
pub const OPENROUTER_DEFAULT_MODEL: &str = "openrouter/auto";

/// Which server to ask, and as whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderSettings {
    /// The API root: http or https, without a slash at its end.
    pub base_url: String,
    /// The key. OpenRouter needs one; servers of one's own often do not.
    pub api_key: Option<Secret>,
    /// The model to ask when a request names none.
    pub model: String,
}

impl ProviderSettings {
    /// The model that answers `request`.
    #[must_use]
    pub fn model_for<'a>(&'a self, request: &'a ModelRequest) -> &'a str {
        let asked = request
            .model
            .as_deref()
            .map(str::trim)
            .filter(|model| !model.is_empty());
        asked.unwrap_or(&self.model)
    }

    /// Whether a key is needed and missing.
    #[must_use]
    pub fn lacks_key(&self) -> bool {
        self.api_key.is_none() && self.is_openrouter()
    }

    /// Whether the server is in a network of one's own, where nobody charges for it.
    #[must_use]
    pub fn is_ones_own(&self) -> bool {
        Url::parse(&self.base_url).is_ok_and(|url| !is_public(&url))
    }

    /// Whether the server is OpenRouter itself.
    #[must_use]
    pub fn is_openrouter(&self) -> bool {
        let after_scheme = self
            .base_url
            .split_once("://")
            .map_or("", |(_, after)| after);
        let authority = after_scheme.split('/').next().unwrap_or_default();
        let host = authority
            .split(':')
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase();
        host == "openrouter.ai" || host.ends_with(".openrouter.ai")
    }
}
