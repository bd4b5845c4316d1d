//! What is wrong with the settings, in words for whoever runs the server.

use providers::{MISSING_KEY, Provider};
use thiserror::Error;

use super::{LEAST_MODEL_WINDOW, LEAST_PROXY_SECRET};
use crate::{door::PolicyError, events::UnknownLevel};

/// A setting whose value cannot work. `Display` names the setting, the cause and the cure.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ConfigError {
    /// `PROVIDER` has a value of its own.
    #[error(
        "PROVIDER is `{name}`, but only {} exist. For any OpenAI-compatible server keep `openrouter` and set \
         OPENROUTER_BASE_URL.",
        provider_names()
    )]
    UnknownProvider {
        /// The value.
        name: String,
    },
    /// `PROXY_SECRET` can be guessed. It is not shown.
    #[error("PROXY_SECRET is too short: it must have {LEAST_PROXY_SECRET} characters or more.")]
    WeakProxySecret,
    /// `LOG_LEVEL` is no level.
    #[error(transparent)]
    UnknownLevel(#[from] UnknownLevel),
    /// `OPENROUTER_BASE_URL` is no address.
    #[error(
        "OPENROUTER_BASE_URL is not a usable address: it {reason}. It must look like https://openrouter.ai/api/v1 or \
         http://localhost:11434/v1."
    )]
    UnusableBaseUrl {
        /// What is wrong with it. The value itself is not shown, as it may hold a password.
        reason: &'static str,
    },
    /// `OPENROUTER_API_KEY` holds characters that no key has.
    #[error(
        "OPENROUTER_API_KEY holds a space, a line break or another character that no key has. Paste the key once more, alone."
    )]
    UnusableKey,
    /// A setting of the door cannot be understood.
    #[error(transparent)]
    Door(#[from] PolicyError),
    /// An entry of `IMAGE_HOSTS` is no host.
    #[error(
        "IMAGE_HOSTS holds `{entry}`, which is no host. Write names alone, separated by commas, such as images.example.com."
    )]
    NoImageHost {
        /// The entry.
        entry: String,
    },
    /// `TITLES` has a value of its own.
    #[error("TITLES is `{value}`, but only `on` and `off` exist.")]
    UnknownTitles {
        /// The value.
        value: String,
    },
    /// `CONCURRENCY` has a value of its own.
    #[error(
        "CONCURRENCY is `{mode}`, but only `queue`, `latest`, `merge`, `drop` and `debounce` exist."
    )]
    UnknownConcurrency {
        /// The value.
        mode: String,
    },
    /// `MODEL_WINDOW` is no number, or too small a one.
    #[error(
        "MODEL_WINDOW is `{value}`, but it must be a whole number of tokens, {LEAST_MODEL_WINDOW} or more."
    )]
    UnusableModelWindow {
        /// The value.
        value: String,
    },
    /// `FETCH_HOSTS` has a value of its own.
    #[error("FETCH_HOSTS is `{name}`, but only `public` and `any` exist.")]
    UnknownHosts {
        /// The value.
        name: String,
    },
    /// A number that is none, or out of its bounds.
    #[error("{setting} is `{value}`, but it must be {rule}.")]
    UnusableNumber {
        /// The setting.
        setting: &'static str,
        /// The value.
        value: String,
        /// What it must be.
        rule: &'static str,
    },
    /// `MAX_MESSAGES` is no number, or too small a one.
    #[error(
        "MAX_MESSAGES is `{value}`, but it must be a whole number from 2 on: a question and its answer."
    )]
    UnusableMaxMessages {
        /// The value.
        value: String,
    },
}

/// The Worker runs, but no turn can be answered until someone acts. `Display` says what to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum SetupProblem {
    /// The provider needs a key and there is none.
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
