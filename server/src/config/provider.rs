//! The settings of the provider: its kind, its URL and its key.

use common::secret::Secret;
use providers::{
    Provider,
    openai_compatible::{OPENROUTER_BASE_URL, OPENROUTER_DEFAULT_MODEL, ProviderSettings},
};

use super::{ConfigError, settings};

/// Reads `PROVIDER` and, for a model server, its URL, its key and its model.
pub(super) fn parse(setting: impl Fn(&str) -> Option<String>) -> Result<Provider, ConfigError> {
    match setting(settings::PROVIDER)
        .map(|name| name.to_ascii_lowercase())
        .as_deref()
    {
        None | Some("openrouter") => Ok(Provider::OpenAiCompatible(ProviderSettings {
            base_url: setting(settings::OPENROUTER_BASE_URL)
                .map_or_else(|| Ok(OPENROUTER_BASE_URL.to_owned()), |url| base_url(&url))?,
            api_key: setting(settings::OPENROUTER_API_KEY)
                .map(|key| api_key(&key))
                .transpose()?
                .flatten(),
            model: setting(settings::MODEL).unwrap_or_else(|| OPENROUTER_DEFAULT_MODEL.to_owned()),
        })),
        Some("demo") => Ok(Provider::Demo),
        Some(name) => Err(ConfigError::UnknownProvider {
            name: name.to_owned(),
        }),
    }
}

/// Reads the key, if it is valid in an HTTP header.
fn api_key(value: &str) -> Result<Option<Secret>, ConfigError> {
    if value.chars().all(|c| c.is_ascii_graphic()) {
        Ok(Secret::new(value))
    } else {
        Err(ConfigError::UnusableKey)
    }
}

fn base_url(value: &str) -> Result<String, ConfigError> {
    let unusable = |reason| Err(ConfigError::UnusableBaseUrl { reason });
    let Some((scheme, after_scheme)) = value.split_once("://") else {
        return unusable("does not begin with http:// or https://");
    };
    let scheme = scheme.to_ascii_lowercase();
    if !matches!(scheme.as_str(), "http" | "https") {
        return unusable("does not begin with http:// or https://");
    }
    if value.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return unusable("contains white space");
    }
    if value.contains(['?', '#']) {
        return unusable("contains a query or a fragment");
    }
    let authority = after_scheme.split('/').next().unwrap_or_default();
    if authority.contains('@') {
        return unusable("contains a user name; use OPENROUTER_API_KEY for credentials");
    }
    if authority.is_empty() || authority.starts_with(':') {
        return unusable("names no host");
    }
    // People paste the whole endpoint from a vendor's page.
    let root = after_scheme
        .trim_end_matches('/')
        .trim_end_matches("/chat/completions")
        .trim_end_matches('/');
    Ok(format!("{scheme}://{root}"))
}
