//! Lenient reading of JSON that others wrote: one bad character does not lose what a person or model wrote.
//!
//! Strict JSON is read as it is. Other text is repaired in one pass and read again:
//!
//! | Written | Read as |
//! |---|---|
//! | half of a surrogate pair (`\ud83d`), as `JSON.stringify` writes a text that was cut in two | U+FFFD |
//! | `NaN`, `Infinity`, `-Infinity`, `None`, `undefined` | `null` |
//! | `True`, `False` | `true`, `false` |
//! | a comma after the last entry | nothing |
//! | a control character inside a string | itself |
//! | `\'` | `'` |
//! | a backslash before anything else that JSON has no escape for (`\x`, `\d`) | itself, and what follows it |
//! | a byte order mark at the beginning | nothing |
//!
//! What cannot be read after that is an error: nothing is guessed.

use serde_json::Value;
use thiserror::Error;

/// Precedes a kept half of a surrogate pair. No text contains it: Unicode reserves this code point for such uses.
const MARK: char = '\u{10FFFF}';

/// A kept half is this plus its code unit: a private character, valid only after [`MARK`].
const KEPT: u32 = 0x10_0000;

/// The replacement for a half without a partner.
const REPLACEMENT: char = char::REPLACEMENT_CHARACTER;

/// Why a text is not JSON.
#[derive(Debug, Error)]
#[error("{0}")]
pub struct JsonError(serde_json::Error);

impl JsonError {
    /// Whether the text is an incomplete beginning of JSON.
    #[must_use]
    pub fn ends_early(&self) -> bool {
        self.0.is_eof()
    }
}

/// The treatment of half a surrogate pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Halves {
    /// Replace it with U+FFFD.
    Replaced,
    /// Keep it with a mark, for [`HalfJoiner`].
    Kept,
}

/// Reads JSON leniently.
///
/// # Errors
/// When the text cannot be read, even leniently.
pub fn parse(text: &str) -> Result<Value, JsonError> {
    read(text, Halves::Replaced)
}

/// Reads one piece of a streamed text, such as a model's chunk. A character may be cut between two pieces: its halves
/// are kept with a mark. Every string of the value must pass through [`HalfJoiner`], or through [`without_halves`]
/// when no other text continues it.
///
/// # Errors
/// When the text cannot be read, even leniently.
pub fn parse_keeping_halves(text: &str) -> Result<Value, JsonError> {
    read(text, Halves::Kept)
}

fn read(text: &str, halves: Halves) -> Result<Value, JsonError> {
    serde_json::from_str(text)
        .or_else(|_| serde_json::from_str(&repaired(text, halves)))
        .map_err(JsonError)
}

/// The text with the repairs. Strict JSON is unchanged.
pub(crate) fn lenient(text: &str) -> String {
    repaired(text, Halves::Replaced)
}

fn repaired(text: &str, halves: Halves) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text.strip_prefix('\u{feff}').unwrap_or(text);
    while let Some(first) = rest.chars().next() {
        let (token, after) = cut(rest, first.len_utf8());
        rest = match first {
            '"' => {
                out.push(first);
                string(after, halves, &mut out)
            }
            ',' => {
                if !after.trim_start_matches(is_space).starts_with(['}', ']']) {
                    out.push(first);
                }
                after
            }
            _ if is_space(first) || is_structure(first) => {
                out.push_str(token);
                after
            }
            _ => {
                let end = |at: char| is_space(at) || is_structure(at) || at == ',' || at == '"';
                let (word, after) = cut(rest, rest.find(end).unwrap_or(rest.len()));
                out.push_str(strict_word(word));
                after
            }
        };
    }
    out
}

/// Splits a text at `at`, a character boundary.
fn cut(text: &str, at: usize) -> (&str, &str) {
    text.split_at_checked(at).unwrap_or((text, ""))
}

const fn is_space(at: char) -> bool {
    matches!(at, ' ' | '\t' | '\n' | '\r')
}

const fn is_structure(at: char) -> bool {
    matches!(at, '{' | '}' | '[' | ']' | ':')
}

/// The replacement for a value that JSON has no word for.
fn strict_word(word: &str) -> &str {
    match word {
        "NaN" | "-NaN" | "Infinity" | "+Infinity" | "-Infinity" | "None" | "undefined" => "null",
        "True" => "true",
        "False" => "false",
        other => other,
    }
}

/// Reads a string up to its closing quote; returns the rest.
fn string<'a>(mut rest: &'a str, halves: Halves, out: &mut String) -> &'a str {
    loop {
        let special = |at: char| at == '"' || at == '\\' || at < ' ';
        let (plain, from) = cut(rest, rest.find(special).unwrap_or(rest.len()));
        out.push_str(plain);
        let mut chars = from.chars();
        let first = chars.next();
        rest = chars.as_str();
        match first {
            None => return rest,
            Some('\\') => rest = escape(rest, halves, out),
            Some('"') => {
                out.push('"');
                return rest;
            }
            Some(control) => {
                out.push_str("\\u00");
                for digit in [u32::from(control) >> 4, u32::from(control) & 15] {
                    out.extend(char::from_digit(digit, 16));
                }
            }
        }
    }
}

/// Reads an escape after its backslash; returns the rest.
fn escape<'a>(rest: &'a str, halves: Halves, out: &mut String) -> &'a str {
    let mut chars = rest.chars();
    match chars.next() {
        Some(known @ ('"' | '\\' | '/' | 'b' | 'f' | 'n' | 'r' | 't')) => {
            out.extend(['\\', known]);
            chars.as_str()
        }
        Some('\'') => {
            out.push('\'');
            chars.as_str()
        }
        Some('u') => match code_unit(chars.as_str()) {
            Some((unit, after)) => {
                let second = after.strip_prefix("\\u").and_then(code_unit);
                let end = match (unit, second) {
                    (0xd800..0xdc00, Some((0xdc00..0xe000, end))) => end,
                    (0xd800..0xe000, _) => {
                        match halves {
                            Halves::Replaced => out.push(REPLACEMENT),
                            Halves::Kept => {
                                out.push(MARK);
                                out.extend(char::from_u32(KEPT + unit));
                            }
                        }
                        return after;
                    }
                    _ => after,
                };
                out.push('\\');
                out.push_str(cut(rest, rest.len() - end.len()).0);
                end
            }
            None => {
                out.push_str("\\\\u");
                chars.as_str()
            }
        },
        // A backslash that its writer forgot to escape: in a path, in a pattern, at the end of a line.
        Some(_) | None => {
            out.push_str("\\\\");
            rest
        }
    }
}

/// The four digits after `\u`, and the rest.
fn code_unit(text: &str) -> Option<(u32, &str)> {
    let (digits, rest) = text.split_at_checked(4)?;
    let mut unit = 0;
    for digit in digits.chars() {
        unit = unit * 16 + digit.to_digit(16)?;
    }
    Some((unit, rest))
}

/// Joins characters that were cut in two, across the pieces of one streamed text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HalfJoiner {
    /// The first half of a pair, at the end of the last piece.
    first: Option<u32>,
}

impl HalfJoiner {
    /// Takes the next piece and returns the text so far complete: a first half at its end waits for its second half.
    #[must_use]
    pub fn push(&mut self, delta: String) -> String {
        if self.first.is_none() && !delta.contains(MARK) {
            return delta;
        }
        let mut out = String::with_capacity(delta.len());
        let mut chars = delta.chars();
        while let Some(next) = chars.next() {
            let half = if next == MARK {
                half(chars.as_str())
            } else {
                None
            };
            if half.is_some() {
                chars.next();
            }
            match (self.first.take(), half) {
                (Some(first), Some(second @ 0xdc00..)) => {
                    let joined = 0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00);
                    out.push(char::from_u32(joined).unwrap_or(REPLACEMENT));
                }
                (first, half) => {
                    out.extend(first.map(|_| REPLACEMENT));
                    match half {
                        None => out.push(next),
                        Some(0xdc00..) => out.push(REPLACEMENT),
                        Some(first) => self.first = Some(first),
                    }
                }
            }
        }
        out
    }

    /// The end of the text: a half without a partner becomes U+FFFD.
    #[must_use]
    pub fn finish(&mut self) -> String {
        self.first.take().map(|_| REPLACEMENT).into_iter().collect()
    }
}

/// The code unit of a kept half, after its mark.
fn half(behind: &str) -> Option<u32> {
    let unit = u32::from(behind.chars().next()?).checked_sub(KEPT)?;
    (0xd800..0xe000).contains(&unit).then_some(unit)
}

/// A whole text: halves that are adjacent are joined, and all others become U+FFFD.
#[must_use]
pub fn without_halves(text: String) -> String {
    let mut joiner = HalfJoiner::default();
    let text = joiner.push(text);
    text + &joiner.finish()
}

#[cfg(test)]
mod tests;
