//! OpenRouter and all servers with OpenAI's chat completions interface, streamed.
//!
//! - [`Exchange`]: a call from the request to the last event. The other modules serve it.
//! - [`prepare`]: makes a [`ModelRequest`] legal ([`super::legal`]); [`encode`]: encodes it as an HTTP request,
//!   without features that the server does not support ([`Traits`]). `message` encodes its messages.
//!
//! - [`models`]: the models of the server. [`KnownModels`]: what is known of all servers and their models. [`fit_budget`]: limits
//!   an answer to the rest of a budget.
//!
//! Responses: bytes are split into pieces (`body`), pieces into chunks (`chunk`), and chunks into
//! [`ProviderEvent`](super::ProviderEvent)s (`decode`, `growing`), independently of how the bytes are cut. `think`,
//! `tool_calls` and `vendor_data` assemble reasoning, calls and vendor data. `failure` turns a vendor's error into a
//! typed one, with `too_long`, `message_index` and `waits`; `refusal` recognises unsupported features.

mod body;
mod budget;
mod chunk;
mod decode;
mod encode;
mod exchange;
mod failure;
mod growing;
mod known;
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

pub use budget::fit_budget;
pub use encode::{HttpRequest, encode};
pub use exchange::{Exchange, ExchangeNext, ExchangeStep};
pub use failure::ResponseHead;
pub use known::{KnownModels, ServerModel};
pub use prepare::{Prepared, prepare};
pub use traits::{Trait, Traits};

use public_web::is_public;
use url::Url;

use super::{ModelRequest, Secret};

/// The root of OpenRouter's API.
pub const OPENROUTER_BASE_URL: &str = "https://openrouter.ai/api/v1";

/// OpenRouter's automatic choice of a model.
pub const OPENROUTER_DEFAULT_MODEL: &str = "openrouter/auto";

/// The server, the key and the model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderSettings {
    /// The root of the API: http or https, without a final slash.
    pub base_url: String,
    /// The key. OpenRouter needs one; self-hosted servers often do not.
    pub api_key: Option<Secret>,
    /// The default model.
    pub model: String,
}

impl ProviderSettings {
    /// The model that answers `request`.
    #[must_use]
    pub fn model_for<'a>(&'a self, request: &'a ModelRequest) -> &'a str {
        self.model_or_default(request.model.as_deref())
    }

    /// The model of this server that is named `model`; `None` or blank: the default one.
    #[must_use]
    pub fn named(&self, model: Option<&str>) -> ServerModel {
        ServerModel {
            base_url: self.base_url.clone(),
            model: self.model_or_default(model).to_owned(),
        }
    }

    fn model_or_default<'a>(&'a self, model: Option<&'a str>) -> &'a str {
        let named = model.map(str::trim).filter(|model| !model.is_empty());
        named.unwrap_or(&self.model)
    }

    /// Whether a required key is missing.
    #[must_use]
    pub fn lacks_key(&self) -> bool {
        self.api_key.is_none() && self.is_openrouter()
    }

    /// Whether the server is in a private network, where nobody charges for it.
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
