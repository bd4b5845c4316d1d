//! The settings of limits.

use agent::ConversationLimits;
use limits::{Rate, RequestRates};

use super::{ConfigError, model_options::number, settings, sign_in::LISTENS_ON};

/// The default limit of requests per caller and minute: a hundred per second.
const DEFAULT_REQUESTS: u64 = 6_000;

/// The same on a private machine without a proxy, where all programs of the owner share one address.
const DEFAULT_REQUESTS_AT_HOME: u64 = 60_000;

/// The default limit of new conversations per person and hour.
const DEFAULT_NEW_CONVERSATIONS: u64 = 500;

/// The default limit of simultaneous model calls per person.
const DEFAULT_CALLS: usize = 1_000;

/// The highest possible limit for the size of a message, in bytes: a frame must have room for it.
const MOST_MESSAGE_BYTES: usize = 8_000_000;

/// Reads the limits of a conversation.
pub(super) fn of_conversations(
    setting: impl Fn(&str) -> Option<String>,
) -> Result<ConversationLimits, ConfigError> {
    let default = ConversationLimits::DEFAULT;
    let from_one = |name, default| {
        let rule = "a whole number from 1 on";
        let set = number(name, &setting, |number: &usize| *number > 0, rule)?;
        Ok::<_, ConfigError>(set.unwrap_or(default))
    };
    let fits = |bytes: &usize| (1_000..=MOST_MESSAGE_BYTES).contains(bytes);
    let rule = "a whole number of bytes from 1000 to 8000000";
    let message_bytes = number(settings::LIMIT_MESSAGE_BYTES, &setting, fits, rule)?;
    let rule = "a whole number of bytes from 1000 on";
    let fits = |bytes: &usize| *bytes >= 1_000;
    let conversation_bytes = number(settings::LIMIT_CONVERSATION_BYTES, &setting, fits, rule)?;
    Ok(ConversationLimits {
        message_bytes: message_bytes.unwrap_or(default.message_bytes),
        connections: from_one(settings::LIMIT_CONNECTIONS, default.connections)?,
        conversation_bytes: conversation_bytes.unwrap_or(default.conversation_bytes),
        queue: from_one(settings::LIMIT_QUEUE, default.queue)?,
        ..default
    })
}

/// Reads the limit of simultaneous model calls per person.
pub(super) fn of_calls(setting: impl Fn(&str) -> Option<String>) -> Result<usize, ConfigError> {
    let rule = "a whole number from 1 on";
    let most = number(settings::LIMIT_CALLS, &setting, |most| *most > 0, rule)?;
    Ok(most.unwrap_or(DEFAULT_CALLS))
}

/// Reads the limit of new conversations per person; `None`: unlimited.
pub(super) fn of_new_conversations(
    setting: impl Fn(&str) -> Option<String>,
) -> Result<Option<Rate>, ConfigError> {
    let name = settings::LIMIT_NEW_CONVERSATIONS;
    if is_off(&setting, name) {
        return Ok(None);
    }
    let rule = "a whole number from 1 on, or `off`";
    let most = number(name, &setting, |most| *most > 0, rule)?;
    Ok(Some(Rate::per_hour(
        most.unwrap_or(DEFAULT_NEW_CONVERSATIONS),
    )))
}

fn is_off(setting: impl Fn(&str) -> Option<String>, name: &str) -> bool {
    setting(name).is_some_and(|value| value.eq_ignore_ascii_case("off"))
}

/// Reads the request rates per caller; `None`: unlimited.
pub(super) fn of_requests(
    setting: impl Fn(&str) -> Option<String>,
) -> Result<Option<RequestRates>, ConfigError> {
    if is_off(&setting, settings::LIMIT_REQUESTS) {
        return Ok(None);
    }
    let rule = "a whole number from 60 on, or `off`";
    let most = number(settings::LIMIT_REQUESTS, &setting, |most| *most >= 60, rule)?;
    let is_at_home = setting(LISTENS_ON).is_some() && setting(settings::PROXY_SECRET).is_none();
    let default = if is_at_home {
        DEFAULT_REQUESTS_AT_HOME
    } else {
        DEFAULT_REQUESTS
    };
    Ok(Some(RequestRates::per_minute(most.unwrap_or(default))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set<'s>(name: &'s str, value: &'s str) -> impl Fn(&str) -> Option<String> + 's {
        move |asked| (asked == name).then(|| value.to_owned())
    }

    #[test]
    fn settings_override_the_defaults() {
        let limits = of_conversations(set("LIMIT_QUEUE", "3")).unwrap();
        assert_eq!((limits.queue, limits.connections), (3, 100));
        let rates = of_requests(set("LIMIT_REQUESTS", "80")).unwrap();
        assert_eq!(rates, Some(RequestRates::per_minute(80)));
        assert_eq!(of_requests(set("LIMIT_REQUESTS", "off")), Ok(None));
        let new = of_new_conversations(set("LIMIT_NEW_CONVERSATIONS", "7")).unwrap();
        assert_eq!(new, Some(Rate::per_hour(7)));
        let off = of_new_conversations(set("LIMIT_NEW_CONVERSATIONS", "Off"));
        assert_eq!(off, Ok(None));
    }

    #[test]
    fn a_server_at_home_allows_more_requests() {
        let most = |setting: &dyn Fn(&str) -> Option<String>| {
            of_requests(setting)
                .unwrap()
                .map(|rates| rates.requests.most)
        };
        assert_eq!(most(&set("MODEL", "any")), Some(6_000));
        assert_eq!(most(&set("LISTENS_ON", "loopback")), Some(60_000));
        let behind_a_proxy = |name: &str| {
            let value = match name {
                "LISTENS_ON" => "network",
                "PROXY_SECRET" => "0123456789abcdef",
                _ => return None,
            };
            Some(value.to_owned())
        };
        assert_eq!(most(&behind_a_proxy), Some(6_000));
    }

    #[test]
    fn impossible_limits_are_refused() {
        for (name, value) in [
            ("LIMIT_QUEUE", "0"),
            ("LIMIT_CONNECTIONS", "many"),
            ("LIMIT_MESSAGE_BYTES", "999"),
            ("LIMIT_MESSAGE_BYTES", "9000000"),
            ("LIMIT_CONVERSATION_BYTES", "999"),
        ] {
            let refused = of_conversations(set(name, value)).unwrap_err().to_string();
            assert!(
                refused.starts_with(&format!("{name} is `{value}`")),
                "{refused}"
            );
        }
        assert!(of_requests(set("LIMIT_REQUESTS", "1")).is_err());
        assert!(of_new_conversations(set("LIMIT_NEW_CONVERSATIONS", "0")).is_err());
    }
}
