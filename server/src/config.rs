//! The settings, parsed once into one struct. [`settings`] is the table of all of them; who answers and how models are
//! asked are read in modules of their own, and who may sign in.

mod error;
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
    sign_in::{Modes, NotSetUp, SignIn},
};
use crate::{
    door::{Host, Names},
    events::Level,
};

/// How many tokens most models take, that are of use here, when nobody says more.
const DEFAULT_MODEL_WINDOW: u64 = 128_000;

/// A smaller window has no room for the system prompt and an output.
const LEAST_MODEL_WINDOW: u64 = 16_000;

/// The fewest characters of `PROXY_SECRET`.
const LEAST_PROXY_SECRET: usize = 16;

/// The settings of this Worker.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// Who answers.
    pub provider: Provider,
    /// Added to the system prompt; `None` when the setting is missing or blank.
    pub system_prompt_extra: Option<String>,
    /// Which hosts and origins are let in.
    pub names: Names,
    /// The hosts whose pictures are shown unasked, as browsers write them, without ports.
    pub image_hosts: Vec<String>,
    /// How many tokens the model takes at once. `None`: what the provider says.
    pub model_window: Option<u64>,
    /// Which hosts tools may ask.
    pub hosts: Hosts,
    /// How much is logged.
    pub log: Level,
    /// What a reverse proxy shows; `None`: none is expected.
    pub proxy_secret: Option<Secret>,
    /// How conversations behave.
    pub agent: AgentOptions,
    /// How often one caller may ask. `None`: as often as it likes.
    pub requests: Option<RequestRates>,
    /// How many conversations one person may begin. `None`: any number.
    pub new_conversations: Option<Rate>,
    /// How many model calls of one person may run at the same time.
    pub calls_at_once: usize,
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
        let provider = provider::parse(setting)?;
        let model = model_options::parse(&provider, callers(setting), setting)?;
        let limits = limits::of_conversations(setting)?;
        // It is asked for nothing, and costs nothing.
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

/// Who can reach this Worker: who may use the server decides it.
fn callers(setting: impl Fn(&str) -> Option<String>) -> Callers {
    match SignIn::parse(setting) {
        SignIn::Off | SignIn::On(_) => Callers::Known,
        SignIn::NotSetUp(_) => Callers::Strangers,
    }
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

fn titles(value: &str) -> Result<bool, ConfigError> {
    match value.to_ascii_lowercase().as_str() {
        "on" => Ok(true),
        "off" => Ok(false),
        _ => Err(ConfigError::UnknownTitles {
            value: value.to_owned(),
        }),
    }
}

/// Whoever can send it is believed: it must not be guessed.
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

/// Ports do not matter: who may show a picture at one port of a host is trusted with it.
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
