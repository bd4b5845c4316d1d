//! Log levels.

use std::str::FromStr;

use thiserror::Error;

/// A log level: events up to this level are logged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Failures of the server.
    Error,
    /// Refusals, and failed turns.
    Warn,
    /// Turns, model calls and tools.
    #[default]
    Info,
    /// Requests and connections.
    Debug,
}

impl Level {
    /// All levels, the quietest first.
    pub const ALL: [Self; 4] = [Self::Error, Self::Warn, Self::Info, Self::Debug];

    /// The name in settings and lines.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warn => "warn",
            Self::Info => "info",
            Self::Debug => "debug",
        }
    }
}

/// An unknown level.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("LOG_LEVEL is `{value}`, but it must be `error`, `warn`, `info` or `debug`.")]
pub struct UnknownLevel {
    /// The value.
    pub value: String,
}

impl FromStr for Level {
    type Err = UnknownLevel;

    fn from_str(value: &str) -> Result<Self, UnknownLevel> {
        let wanted = value.to_ascii_lowercase();
        let found = Self::ALL.into_iter().find(|level| level.name() == wanted);
        found.ok_or_else(|| UnknownLevel {
            value: value.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_have_names_and_an_order() {
        for level in Level::ALL {
            assert_eq!(level.name().to_ascii_uppercase().parse(), Ok(level));
        }
        assert!(Level::ALL.is_sorted());
        let error = "loud".parse::<Level>().map_err(|error| error.to_string());
        assert_eq!(
            error,
            Err(
                "LOG_LEVEL is `loud`, but it must be `error`, `warn`, `info` or `debug`."
                    .to_owned()
            )
        );
    }
}
