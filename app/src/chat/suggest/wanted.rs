//! What a text that is being written asks for. No I/O.

use std::ops::Range;

use crate::commands::{Argument, Command, first_word};

/// A mention is looked for in so many bytes before the cursor.
const LOOKED_BACK: usize = 400;

/// What the text asks for at the cursor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Wanted {
    /// Nothing.
    #[default]
    Nothing,
    /// A command whose name begins like this.
    Commands(String),
    /// What may stand after the name of a command.
    Values(&'static Command, String),
    /// A file.
    Files {
        /// Where the mention is in the text, from its `@` to the cursor.
        place: Range<usize>,
        /// What is looked for.
        query: String,
    },
}

impl Wanted {
    /// What the text asks for with the cursor at this byte.
    pub(super) fn of(text: &str, cursor: usize) -> Self {
        let Some(before) = text.get(..cursor) else {
            return Self::Nothing;
        };
        // A `/` alone is no command yet.
        let word = if text == "/" {
            Some("")
        } else {
            first_word(text)
        };
        match word {
            Some(word) if cursor == 0 || before.len() <= 1 + word.len() => {
                Self::Commands(before.get(1..).unwrap_or_default().to_ascii_lowercase())
            }
            Some(word) => {
                let command = Command::named(&word.to_ascii_lowercase());
                let rest = text.get(1 + word.len()..).unwrap_or_default().trim_start();
                match command.filter(|command| has_values(command.argument)) {
                    Some(command) => Self::Values(command, rest.to_owned()),
                    None => Self::Nothing,
                }
            }
            None => mention(before).unwrap_or_default(),
        }
    }

    /// Whether another text continues the same word: then what was closed stays closed.
    pub(super) fn goes_on(&self, before: &Self) -> bool {
        match (self, before) {
            (Self::Commands(_), Self::Commands(_)) => true,
            (Self::Values(one, _), Self::Values(other, _)) => one == other,
            (Self::Files { place, .. }, Self::Files { place: other, .. }) => {
                place.start == other.start
            }
            (Self::Nothing | Self::Commands(_) | Self::Values(..) | Self::Files { .. }, _) => false,
        }
    }
}

const fn has_values(argument: Argument) -> bool {
    match argument {
        Argument::None
        | Argument::Title
        | Argument::Repository
        | Argument::Issue
        | Argument::Keep => false,
        Argument::Model | Argument::Effort | Argument::Mode => true,
    }
}

/// The mention at the end of a text: an `@` at the start of a word, and what stands after it; in quotes with spaces.
fn mention(before: &str) -> Option<Wanted> {
    let from = before.ceil_char_boundary(before.len().saturating_sub(LOOKED_BACK));
    let looked = before.get(from..)?;
    let found = looked.rmatch_indices('@').find_map(|(at, _)| {
        let start = from + at;
        let ahead = before.get(..start)?.chars().next_back();
        // In a mail address, and in a package's version, there is a word before it.
        let is_start =
            ahead.is_none_or(|ahead| ahead.is_whitespace() || "([{<\"'`,;:".contains(ahead));
        let rest = before.get(start + 1..)?;
        let query = match rest.strip_prefix('"') {
            Some(quoted) if !quoted.contains(['"', '\n']) => quoted,
            Some(_) => return None,
            None if rest.contains(char::is_whitespace) => return None,
            None => rest,
        };
        is_start.then(|| (start, query.to_owned()))
    });
    found.map(|(start, query)| Wanted::Files {
        place: start..before.len(),
        query,
    })
}

/// The byte of a text at an offset in UTF-16 units.
pub(super) fn byte_at(text: &str, units: usize) -> usize {
    let mut left = units;
    for (at, char) in text.char_indices() {
        if left == 0 {
            return at;
        }
        left = left.saturating_sub(char.len_utf16());
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// With the cursor at the `|`.
    fn wanted(text: &str) -> Wanted {
        let cursor = text.find('|').unwrap();
        Wanted::of(&text.replace('|', ""), cursor)
    }

    fn files(place: Range<usize>, query: &str) -> Wanted {
        let query = query.to_owned();
        Wanted::Files { place, query }
    }

    fn commands(query: &str) -> Wanted {
        Wanted::Commands(query.to_owned())
    }

    #[test]
    fn commands_stand_at_the_start_and_alone() {
        for (text, expected) in [
            ("/|", commands("")),
            ("|/new", commands("")),
            ("/N|", commands("n")),
            ("/na|me", commands("na")),
            ("a /|", Wanted::Nothing),
            ("/usr/|", Wanted::Nothing),
            ("/new\nx|", Wanted::Nothing),
            ("/stop |", Wanted::Nothing),
            ("/rename @a|", Wanted::Nothing),
            ("//|", Wanted::Nothing),
            ("|", Wanted::Nothing),
        ] {
            assert_eq!(wanted(text), expected, "{text}");
        }
    }

    #[test]
    fn some_commands_have_values() {
        let mode = Command::named("mode").unwrap();
        assert_eq!(wanted("/mode |"), Wanted::Values(mode, String::new()));
        assert_eq!(wanted("/MODE  au|"), Wanted::Values(mode, "au".to_owned()));
        assert_eq!(wanted("/mo|de au"), commands("mo"));
    }

    #[test]
    fn files_are_mentioned_at_the_start_of_a_word() {
        for (text, expected) in [
            ("@|", files(0..1, "")),
            ("Look at @src/m| please", files(8..14, "src/m")),
            ("(@a|)", files(1..3, "a")),
            ("é @b|", files(3..5, "b")),
            ("@\"my na|", files(0..7, "my na")),
            ("me@host|", Wanted::Nothing),
            ("@a |", Wanted::Nothing),
            ("@\"my name\" |", Wanted::Nothing),
            ("@\"my\nna|", Wanted::Nothing),
            ("@scope/name@1|", files(0..13, "scope/name@1")),
            ("/usr/bin @x|", files(9..11, "x")),
        ] {
            assert_eq!(wanted(text), expected, "{text}");
        }
        let long = format!("@{}", "é".repeat(1_000));
        assert_eq!(Wanted::of(&long, long.len()), Wanted::Nothing);
    }

    #[test]
    fn offsets_of_the_browser_are_read() {
        assert_eq!(byte_at("aé😀b", 0), 0);
        assert_eq!(byte_at("aé😀b", 2), 3);
        assert_eq!(byte_at("aé😀b", 4), 7);
        assert_eq!(byte_at("aé😀b", 99), 8);
    }
}
