//! The settings of how much there may be.

use super::{ConfigError, model_options::number, settings};
use crate::{agent::ConversationLimits, limits::RequestRates};

/// The most requests of a caller each minute, when nobody says more: a hundred each second.
const DEFAULT_REQUESTS: u64 = 6_000;

/// The most bytes of a message, whatever is set: a frame has to have room for it.
const MOST_MESSAGE_BYTES: usize = 8_000_000;

/// How much a conversation takes.
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
    Ok(ConversationLimits {
        message_bytes: message_bytes.unwrap_or(default.message_bytes),
        connections: from_one(settings::LIMIT_CONNECTIONS, default.connections)?,
        queue: from_one(settings::LIMIT_QUEUE, default.queue)?,
        ..default
    })
}

/// How often one caller may ask; `None`: as often as it likes.
pub(super) fn of_requests(
    setting: impl Fn(&str) -> Option<String>,
) -> Result<Option<RequestRates>, ConfigError> {
    if setting(settings::LIMIT_REQUESTS).is_some_and(|value| value.eq_ignore_ascii_case("off")) {
        return Ok(None);
    }
    let rule = "a whole number from 60 on, or `off`";
    let most = number(settings::LIMIT_REQUESTS, setting, |most| *most >= 60, rule)?;
    Ok(Some(RequestRates::per_minute(
        most.unwrap_or(DEFAULT_REQUESTS),
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set<'s>(name: &'s str, value: &'s str) -> impl Fn(&str) -> Option<String> + 's {
        move |asked| (asked == name).then(|| value.to_owned())
    }

    #[test]
    fn what_is_set_counts() {
        let limits = of_conversations(set("LIMIT_QUEUE", "3")).unwrap();
        assert_eq!((limits.queue, limits.connections), (3, 100));
        let rates = of_requests(set("LIMIT_REQUESTS", "80")).unwrap();
        assert_eq!(rates, Some(RequestRates::per_minute(80)));
        assert_eq!(of_requests(set("LIMIT_REQUESTS", "off")), Ok(None));
    }

    #[test]
    fn what_cannot_work_is_refused() {
        for (name, value) in [
            ("LIMIT_QUEUE", "0"),
            ("LIMIT_CONNECTIONS", "many"),
            ("LIMIT_MESSAGE_BYTES", "999"),
            ("LIMIT_MESSAGE_BYTES", "9000000"),
        ] {
            let refused = of_conversations(set(name, value)).unwrap_err().to_string();
            assert!(
                refused.starts_with(&format!("{name} is `{value}`")),
                "{refused}"
            );
        }
        assert!(of_requests(set("LIMIT_REQUESTS", "1")).is_err());
    }
}
