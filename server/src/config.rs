//! The settings, parsed once into one struct. How models are asked is a module of its own.

mod model_options;

use std::time::Duration;

use thiserror::Error;

use crate::{
    agent::{AgentOptions, Concurrency},
    events::{Level, UnknownLevel},
    providers::{
        MISSING_KEY, Provider, Secret,
        openai_compatible::{OPENROUTER_BASE_URL, OPENROUTER_DEFAULT_MODEL, ProviderSettings},
    },
    routing::{Cors, NoOrigin},
    tools::fetch_url::Hosts,
};

/// Every setting: its name, and what it does.
pub const SETTINGS: &[(&str, &str)] = &[
    (
        PROVIDER,
        "Who answers: `openrouter` (OpenRouter or any OpenAI-compatible server) or `demo`. Default: `openrouter`.",
    ),
    (
        API_KEY,
        "The key, kept as a secret. OpenRouter needs one; other servers only when they ask for one.",
    ),
    (
        BASE_URL,
        "The API root of an OpenAI-compatible server. Default: `https://openrouter.ai/api/v1`.",
    ),
    (
        MODEL,
        "The model to ask when a conversation names none. Default: `openrouter/auto`.",
    ),
    (
        SYSTEM_PROMPT_EXTRA,
        "Instructions added to the system prompt of every conversation. Default: none.",
    ),
    (
        CORS_ORIGIN,
        "The origin whose pages may read conversations over HTTP, or `*` for every one. Default: this Worker's own alone.",
    ),
    (
        CONCURRENCY,
        "What becomes of a message sent while a turn runs: `queue`, `latest`, `merge`, `drop`, `debounce` or \
         `debounce:MILLISECONDS`. Default: `queue`.",
    ),
    (
        MODEL_WINDOW,
        "How many tokens the model takes at once. Older outputs of tools are left out of requests of more than half of it. \
         Default: what the provider's list says, else `128000`.",
    ),
    (
        FETCH_HOSTS,
        "Which hosts the tool `fetch_url` may ask: `public`, or `any`, which includes the network that the server is in. \
         Default: `public`.",
    ),
    (
        MAX_MESSAGES,
        "The most messages a conversation keeps; the oldest go first. Default: all.",
    ),
    (
        LOG,
        "How much is logged: `error`, `warn`, `info` (turns, model calls, tools) or `debug` (every request). Default: `info`.",
    ),
    (
        model_options::FALLBACKS,
        "Models to ask, separated by commas, when the conversation's own is gone or overloaded. Default: none.",
    ),
    (
        model_options::RETRIES,
        "How often a model call that failed before its first token is made again, from 0 to 10. Default: `4`.",
    ),
    (
        model_options::FIRST_TOKEN,
        "How many seconds a model may take to begin its answer. Default: `120`, or `600` for other servers than OpenRouter.",
    ),
    (
        model_options::PAUSE,
        "How many seconds a model may pause in its answer. Default: `120`, or `300` for other servers than OpenRouter.",
    ),
    (
        model_options::WHOLE_CALL,
        "How many seconds a model call may take altogether. Default: `3600`.",
    ),
    (
        model_options::BUDGET_TURN,
        "The most US dollars that a turn may cost. Default: no limit.",
    ),
    (
        model_options::BUDGET_CONVERSATION,
        "The most US dollars that a conversation may cost. Default: no limit.",
    ),
];

const PROVIDER: &str = "PROVIDER";
const API_KEY: &str = "OPENROUTER_API_KEY";
const BASE_URL: &str = "OPENROUTER_BASE_URL";
const MODEL: &str = "MODEL";
const SYSTEM_PROMPT_EXTRA: &str = "SYSTEM_PROMPT_EXTRA";
const CORS_ORIGIN: &str = "CORS_ORIGIN";
const CONCURRENCY: &str = "CONCURRENCY";
const MAX_MESSAGES: &str = "MAX_MESSAGES";
const MODEL_WINDOW: &str = "MODEL_WINDOW";
const FETCH_HOSTS: &str = "FETCH_HOSTS";
const LOG: &str = "LOG";

/// How many tokens most models take, that are of use here, when nobody says more.
const DEFAULT_MODEL_WINDOW: u64 = 128_000;

/// A smaller window has no room for the system prompt and an output.
const LEAST_MODEL_WINDOW: u64 = 16_000;

/// The settings of this Worker.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// Who answers.
    pub provider: Provider,
    /// Added to the system prompt; `None` when the setting is missing or blank.
    pub system_prompt_extra: Option<String>,
    /// What pages of other origins may read.
    pub cors: Cors,
    /// How many tokens the model takes at once. `None`: what the provider says.
    pub model_window: Option<u64>,
    /// Which hosts tools may ask.
    pub hosts: Hosts,
    /// How much is logged.
    pub log: Level,
    /// How conversations behave.
    pub agent: AgentOptions,
}

impl Config {
    /// Parses the settings that `lookup` finds by name. A blank value counts as missing.
    ///
    /// # Errors
    ///
    /// When a setting that matters to the chosen provider has a value that cannot work.
    pub fn parse(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let setting = |name: &str| {
            lookup(name)
                .map(|value| value.trim().to_owned())
                .filter(|value| !value.is_empty())
        };
        let provider = match setting(PROVIDER)
            .map(|name| name.to_ascii_lowercase())
            .as_deref()
        {
            None | Some("openrouter") => Provider::OpenAiCompatible(ProviderSettings {
                base_url: setting(BASE_URL)
                    .map_or_else(|| Ok(OPENROUTER_BASE_URL.to_owned()), |url| base_url(&url))?,
                api_key: setting(API_KEY)
                    .map(|key| api_key(&key))
                    .transpose()?
                    .flatten(),
                model: setting(MODEL).unwrap_or_else(|| OPENROUTER_DEFAULT_MODEL.to_owned()),
            }),
            Some("demo") => Provider::Demo,
            Some(name) => {
                return Err(ConfigError::UnknownProvider {
                    name: name.to_owned(),
                });
            }
        };
        let model = model_options::parse(&provider, setting)?;
        Ok(Self {
            provider,
            system_prompt_extra: setting(SYSTEM_PROMPT_EXTRA),
            cors: setting(CORS_ORIGIN)
                .map(|origin| Cors::for_origin(&origin))
                .transpose()?
                .unwrap_or_default(),
            model_window: setting(MODEL_WINDOW)
                .map(|tokens| model_window(&tokens))
                .transpose()?,
            hosts: setting(FETCH_HOSTS).map_or(Ok(Hosts::default()), |name| hosts(&name))?,
            log: setting(LOG).map_or(Ok(Level::default()), |level| level.parse())?,
            agent: AgentOptions {
                concurrency: setting(CONCURRENCY)
                    .map_or(Ok(Concurrency::default()), |mode| concurrency(&mode))?,
                max_messages: setting(MAX_MESSAGES)
                    .map(|most| max_messages(&most))
                    .transpose()?,
                model,
            },
        })
    }

    /// How many tokens the model takes at once: as set, else as the provider `tells`, else as most do.
    #[must_use]
    pub fn window(&self, tells: Option<u64>) -> usize {
        let window = self.model_window.or(tells).unwrap_or(DEFAULT_MODEL_WINDOW);
        usize::try_from(window).unwrap_or(usize::MAX)
    }

    /// Whether a turn has a chance to be answered.
    ///
    /// # Errors
    ///
    /// When something is missing that only the person who runs the Worker can add.
    pub fn readiness(&self) -> Result<(), SetupProblem> {
        match &self.provider {
            Provider::OpenAiCompatible(settings) if settings.lacks_key() => {
                Err(SetupProblem::MissingKey)
            }
            Provider::OpenAiCompatible(_) | Provider::Demo => Ok(()),
        }
    }
}

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
    /// `LOG` is no level.
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
    /// `CORS_ORIGIN` is no origin.
    #[error("CORS_ORIGIN is not an origin. {0}")]
    UnusableCorsOrigin(#[from] NoOrigin),
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

/// A debounce of no or of a nonsensical length is one of the default length, as in the Agents SDK.
fn concurrency(mode: &str) -> Result<Concurrency, ConfigError> {
    let mode = mode.to_ascii_lowercase();
    let (name, milliseconds) = match mode.split_once(':') {
        Some((name, rest)) => (name, rest.trim().parse().ok().filter(|ms: &u64| *ms > 0)),
        None => (mode.as_str(), None),
    };
    match name {
        "queue" => Ok(Concurrency::Queue),
        "latest" => Ok(Concurrency::Latest),
        "merge" => Ok(Concurrency::Merge),
        "drop" => Ok(Concurrency::Drop),
        "debounce" => Ok(Concurrency::Debounce(
            milliseconds.map_or(Concurrency::DEFAULT_DEBOUNCE, Duration::from_millis),
        )),
        _ => Err(ConfigError::UnknownConcurrency { mode }),
    }
}

fn max_messages(value: &str) -> Result<u32, ConfigError> {
    let most = value.parse().ok().filter(|most: &u32| *most >= 2);
    most.ok_or_else(|| ConfigError::UnusableMaxMessages {
        value: value.to_owned(),
    })
}

fn model_window(value: &str) -> Result<u64, ConfigError> {
    let tokens = value.parse().ok();
    tokens
        .filter(|tokens| *tokens >= LEAST_MODEL_WINDOW)
        .ok_or_else(|| ConfigError::UnusableModelWindow {
            value: value.to_owned(),
        })
}

fn hosts(name: &str) -> Result<Hosts, ConfigError> {
    match name.to_ascii_lowercase().as_str() {
        "public" => Ok(Hosts::Public),
        "any" => Ok(Hosts::Any),
        _ => Err(ConfigError::UnknownHosts {
            name: name.to_owned(),
        }),
    }
}

/// The key, when it can stand in an HTTP header.
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

#[cfg(test)]
mod tests;
