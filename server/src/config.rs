//! The settings, parsed once into a struct. [`settings`] is the table of all of them; separate modules read the
//! settings of the provider, of model calls and of the sign-in.

mod error;
mod github;
mod limits;
mod model_options;
mod provider;
#[cfg(test)]
mod reference;
pub mod settings;
mod sign_in;

use std::time::Duration;

use ::limits::{Rate, RequestRates};
use agent::{AgentOptions, Concurrency};
use common::secret::Secret;
use providers::Provider;
use tools::fetch_url::Hosts;

use self::model_options::Callers;
pub use self::{
    error::{ConfigError, SetupProblem},
    github::GithubSettings,
    sign_in::{Modes, NotSetUp, SignIn},
};
use crate::{
    door::{Host, Names},
    events::Level,
};

/// The context window of most useful models in tokens, used when nothing else is known.
const DEFAULT_MODEL_WINDOW: u64 = 128_000;

/// A smaller context window has no room for the system prompt and an output.
const LEAST_MODEL_WINDOW: u64 = 16_000;

/// The minimum length of `PROXY_SECRET`, in characters.
const LEAST_PROXY_SECRET: usize = 16;

/// The settings of this Worker.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// The model provider.
    pub provider: Provider,
    /// Added to the system prompt; `None` when the setting is missing or blank.
    pub system_prompt_extra: Option<String>,
    /// The hosts and origins that are admitted.
    pub names: Names,
    /// Hosts whose images are shown without asking, as browsers write them, without ports.
    pub image_hosts: Vec<String>,
    /// The context window of the model in tokens. `None`: what the provider says.
    pub model_window: Option<u64>,
    /// The hosts that tools may reach.
    pub hosts: Hosts,
    /// GitHub, where tools read repositories and hand changes back.
    pub github: GithubSettings,
    /// The log level.
    pub log: Level,
    /// The secret that a reverse proxy sends; `None` when none is expected.
    pub proxy_secret: Option<Secret>,
    /// The options of conversations.
    pub agent: AgentOptions,
    /// The request rates per caller. `None`: unlimited.
    pub requests: Option<RequestRates>,
    /// The rate of new conversations per person. `None`: unlimited.
    pub new_conversations: Option<Rate>,
    /// The maximum number of simultaneous model calls per person.
    pub calls_at_once: usize,
}

impl Config {
    /// Parses the settings that `lookup` returns by name. A blank value counts as missing.
    ///
    /// # Errors
    ///
    /// When a setting that matters to the chosen provider has an invalid value.
    pub fn parse(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let setting = |name: &str| {
            lookup(name)
                .map(|value| value.trim().to_owned())
                .filter(|value| !value.is_empty())
        };
        let provider = provider::parse(setting)?;
        let model = model_options::parse(&provider, callers(setting), setting)?;
        let limits = limits::of_conversations(setting)?;
        // The demo model ignores these settings.
        let is_demo = provider == Provider::Demo;
        let requests = limits::of_requests(setting)?;
        Ok(Self {
            provider,
            system_prompt_extra: setting(settings::SYSTEM_PROMPT_EXTRA),
            names: Names::parse(&lookup)?,
            image_hosts: setting(settings::IMAGE_HOSTS)
                .map_or(Ok(Vec::new()), |list| image_hosts(&list))?,
            model_window: setting(settings::MODEL_WINDOW)
                .map(|tokens| model_window(&tokens))
                .transpose()?,
            hosts: setting(settings::FETCH_HOSTS)
                .map_or(Ok(Hosts::default()), |name| hosts(&name))?,
            github: self::github::parse(setting)?,
            log: setting(settings::LOG_LEVEL)
                .map_or(Ok(Level::default()), |level| level.parse())?,
            proxy_secret: setting(settings::PROXY_SECRET)
                .map(|secret| proxy_secret(&secret))
                .transpose()?,
            agent: AgentOptions {
                concurrency: setting(settings::CONCURRENCY)
                    .map_or(Ok(Concurrency::default()), |mode| concurrency(&mode))?,
                max_messages: setting(settings::MAX_MESSAGES)
                    .map(|most| max_messages(&most))
                    .transpose()?,
                model,
                limits,
                titles: setting(settings::TITLES).map_or(Ok(is_demo), |value| titles(&value))?,
                ..AgentOptions::default()
            },
            requests,
            new_conversations: limits::of_new_conversations(setting)?,
            calls_at_once: limits::of_calls(setting)?,
        })
    }

    /// The context window in tokens: the configured one, else the `listed` one, else the usual one.
    #[must_use]
    pub fn window(&self, listed: Option<u64>) -> usize {
        let window = self.model_window.or(listed).unwrap_or(DEFAULT_MODEL_WINDOW);
        usize::try_from(window).unwrap_or(usize::MAX)
    }

    /// Checks that a turn can be answered.
    ///
    /// # Errors
    ///
    /// When something is missing that only the operator of the Worker can add.
    pub fn readiness(&self) -> Result<(), SetupProblem> {
        match &self.provider {
            Provider::OpenAiCompatible(settings) if settings.lacks_key() => {
                Err(SetupProblem::MissingKey)
            }
            Provider::OpenAiCompatible(_) | Provider::Demo => Ok(()),
        }
    }
}

/// Who can reach this Worker, which depends on its sign-in.
fn callers(setting: impl Fn(&str) -> Option<String>) -> Callers {
    match SignIn::parse(setting) {
        SignIn::Off | SignIn::On(_) => Callers::Known,
        SignIn::NotSetUp(_) => Callers::Strangers,
    }
}

/// A debounce time of zero or with an invalid value means the default time, as in the Agents SDK.
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

fn titles(value: &str) -> Result<bool, ConfigError> {
    match value.to_ascii_lowercase().as_str() {
        "on" => Ok(true),
        "off" => Ok(false),
        _ => Err(ConfigError::UnknownTitles {
            value: value.to_owned(),
        }),
    }
}

/// Whoever sends the secret is trusted, so it must not be guessable.
fn proxy_secret(value: &str) -> Result<Secret, ConfigError> {
    let secret = Secret::new(value).filter(|_| value.len() >= LEAST_PROXY_SECRET);
    secret.ok_or(ConfigError::WeakProxySecret)
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

/// Ports do not matter: a host that may show an image at one port is trusted with it.
fn image_hosts(list: &str) -> Result<Vec<String>, ConfigError> {
    let entries = list
        .split(',')
        .map(str::trim)
        .filter(|entry| !entry.is_empty());
    entries
        .map(|entry| match Host::parse(entry) {
            Some(host) => Ok(host.without_port().to_string()),
            None => Err(ConfigError::NoImageHost {
                entry: entry.to_owned(),
            }),
        })
        .collect()
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

#[cfg(test)]
mod tests;
