//! Errors of settings, with texts for the operator of the server.

use providers::{MISSING_KEY, Provider, ProviderError};
use thiserror::Error;

use super::{LEAST_MODEL_WINDOW, LEAST_PROXY_SECRET};
use crate::{door::PolicyError, events::UnknownLevel};

/// A setting with an invalid value. `Display` names the setting, the cause and the fix.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ConfigError {
    /// `PROVIDER` has an unknown value.
    #[error(
        "PROVIDER is `{name}`, but only {} exist. For any OpenAI-compatible server keep `openrouter` and set \
         OPENROUTER_BASE_URL.",
        provider_names()
    )]
    UnknownProvider {
        /// The value.
        name: String,
    },
    /// `PROXY_SECRET` is too short. Its value is not shown.
    #[error("PROXY_SECRET is too short: it must have {LEAST_PROXY_SECRET} characters or more.")]
    WeakProxySecret,
    /// `LOG_LEVEL` has an unknown value.
    #[error(transparent)]
    UnknownLevel(#[from] UnknownLevel),
    /// `OPENROUTER_BASE_URL` is not a valid URL.
    #[error(
        "OPENROUTER_BASE_URL is not a usable address: it {reason}. It must look like https://openrouter.ai/api/v1 or \
         http://localhost:11434/v1."
    )]
    UnusableBaseUrl {
        /// The problem. The value itself is not shown, since it may contain a password.
        reason: &'static str,
    },
    /// `OPENROUTER_API_KEY` contains characters that no key has.
    #[error(
        "OPENROUTER_API_KEY contains a space, a line break or another character that no key has. Paste the key once more, alone."
    )]
    UnusableKey,
    /// A setting of the admission check is invalid.
    #[error(transparent)]
    Door(#[from] PolicyError),
    /// An entry of `IMAGE_HOSTS` is not a host.
    #[error(
        "IMAGE_HOSTS contains `{entry}`, which is not a host. Write names only, separated by commas, such as images.example.com."
    )]
    NoImageHost {
        /// The entry.
        entry: String,
    },
    /// `TITLES` has an unknown value.
    #[error("TITLES is `{value}`, but only `on` and `off` exist.")]
    UnknownTitles {
        /// The value.
        value: String,
    },
    /// `CONCURRENCY` has an unknown value.
    #[error(
        "CONCURRENCY is `{mode}`, but only `queue`, `latest`, `merge`, `drop` and `debounce` exist."
    )]
    UnknownConcurrency {
        /// The value.
        mode: String,
    },
    /// `MODEL_WINDOW` is not a number, or too small.
    #[error(
        "MODEL_WINDOW is `{value}`, but it must be a whole number of tokens, {LEAST_MODEL_WINDOW} or more."
    )]
    UnusableModelWindow {
        /// The value.
        value: String,
    },
    /// `FETCH_HOSTS` has an unknown value.
    #[error("FETCH_HOSTS is `{name}`, but only `public` and `any` exist.")]
    UnknownHosts {
        /// The value.
        name: String,
    },
    /// `GITHUB_API_URL` is not a usable address. Its value is not shown: it may contain a password.
    #[error(
        "GITHUB_API_URL is not a usable address: {reason}. It must look like https://git.example.com/api/v3."
    )]
    UnusableGithubUrl {
        /// The problem.
        reason: String,
    },
    /// `GITHUB_TOKEN` contains characters that no token has. Its value is not shown.
    #[error(
        "GITHUB_TOKEN contains a space, a line break or another character that no token has. Paste the token once more, alone."
    )]
    UnusableGithubToken,
    /// `GITHUB_AUTHOR` has another form.
    #[error("GITHUB_AUTHOR is `{value}`, but it must look like Name <name@example.com>.")]
    UnusableGithubAuthor {
        /// The value.
        value: String,
    },
    /// A number is malformed or out of range.
    #[error("{setting} is `{value}`, but it must be {rule}.")]
    UnusableNumber {
        /// The setting.
        setting: &'static str,
        /// The value.
        value: String,
        /// The rule for its value.
        rule: &'static str,
    },
    /// `MAX_MESSAGES` is not a number, or too small.
    #[error(
        "MAX_MESSAGES is `{value}`, but it must be a whole number from 2 on: a question and its answer."
    )]
    UnusableMaxMessages {
        /// The value.
        value: String,
    },
}

impl From<ConfigError> for ProviderError {
    fn from(error: ConfigError) -> Self {
        Self::Misconfigured {
            message: error.to_string(),
        }
    }
}

/// The Worker runs, but no turn can be answered until the operator acts. `Display` says what to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum SetupProblem {
    /// The provider needs a key, and none is set.
    #[error("{MISSING_KEY}")]
    MissingKey,
}

fn provider_names() -> String {
    Provider::NAMES
        .iter()
        .map(|name| format!("`{name}`"))
        .collect::<Vec<_>>()
        .join(" and ")
}
