//! The settings of model calls.

use std::{ops::RangeInclusive, str::FromStr, time::Duration};

use agent::{AllowedModels, ModelOptions};
use providers::{Provider, demo};

use super::{ConfigError, settings};

/// Each retry waits longer than the previous one: more retries would last for hours.
const MAX_RETRIES: u32 = 10;

/// A longer wait than a day is a mistake of units.
const SECONDS: RangeInclusive<u64> = 1..=86_400;

/// Who can request an answer, which the owner pays for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Callers {
    /// People of this computer, or signed-in people.
    Known,
    /// Everybody.
    Strangers,
}

/// Reads the settings; the defaults depend on the provider.
pub(super) fn parse(
    provider: &Provider,
    callers: Callers,
    setting: impl Fn(&str) -> Option<String>,
) -> Result<ModelOptions, ConfigError> {
    let default = match provider {
        Provider::OpenAiCompatible(server) if !server.is_openrouter() => {
            ModelOptions::for_other_servers()
        }
        Provider::OpenAiCompatible(_) | Provider::Demo => ModelOptions::for_openrouter(),
    };
    let seconds = |name, default| -> Result<Duration, ConfigError> {
        let rule = "a whole number of seconds from 1 to 86400";
        let seconds = number(name, &setting, |seconds| SECONDS.contains(seconds), rule)?;
        Ok(seconds.map_or(default, Duration::from_secs))
    };
    let dollars = |name| {
        let rule = "an amount of US dollars above 0, such as 0.50";
        number(
            name,
            &setting,
            |usd: &f64| usd.is_finite() && *usd > 0.0,
            rule,
        )
    };
    Ok(ModelOptions {
        default: match provider {
            Provider::OpenAiCompatible(server) => server.model.clone(),
            Provider::Demo => demo::MODEL.to_owned(),
        },
        allowed: match (setting(settings::MODELS), callers, provider) {
            (Some(list), _, _) => AllowedModels::Listed(names(&list)),
            // The demo model costs nothing and answers under any name.
            (None, Callers::Known, _) | (None, _, Provider::Demo) => AllowedModels::OfProvider,
            (None, Callers::Strangers, Provider::OpenAiCompatible(_)) => {
                AllowedModels::Listed(Vec::new())
            }
        },
        fallbacks: setting(settings::MODEL_FALLBACKS)
            .map_or(default.fallbacks, |list| names(&list)),
        retries: number(
            settings::MODEL_RETRIES,
            &setting,
            |retries| *retries <= MAX_RETRIES,
            "a whole number from 0 to 10",
        )?
        .unwrap_or(default.retries),
        first_token: seconds(settings::FIRST_TOKEN_TIMEOUT, default.first_token)?,
        pause: seconds(settings::STREAM_PAUSE_TIMEOUT, default.pause)?,
        whole_call: seconds(settings::MODEL_CALL_TIMEOUT, default.whole_call)?,
        max_tokens: number(
            settings::MODEL_MAX_TOKENS,
            &setting,
            |tokens| *tokens > 0,
            "a whole number from 1 on",
        )?,
        budget_turn_usd: dollars(settings::BUDGET_TURN)?,
        budget_conversation_usd: dollars(settings::BUDGET_CONVERSATION)?,
        budget_day_usd: dollars(settings::BUDGET_DAY)?,
    })
}

/// The names in a comma-separated list, without duplicates.
fn names(list: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for name in list.split(',').map(str::trim) {
        if !name.is_empty() && !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
    }
    names
}

/// Reads a number, if it is set and valid.
pub(super) fn number<T: FromStr>(
    name: &'static str,
    setting: impl Fn(&str) -> Option<String>,
    fits: impl Fn(&T) -> bool,
    rule: &'static str,
) -> Result<Option<T>, ConfigError> {
    let Some(value) = setting(name) else {
        return Ok(None);
    };
    match value.parse().ok().filter(fits) {
        Some(number) => Ok(Some(number)),
        None => Err(ConfigError::UnusableNumber {
            setting: name,
            value,
            rule,
        }),
    }
}
