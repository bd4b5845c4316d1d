//! JSON that others wrote, read leniently: nothing a person or a model said is lost over a character.
//!
//! Strict JSON is read as it is. Only a text that is none is repaired, in one pass, and read again:
//!
//! | Written | Read as |
//! |---|---|
//! | half of a surrogate pair (`\ud83d`), as `JSON.stringify` writes a text that was cut in two | U+FFFD |
//! | `NaN`, `Infinity`, `-Infinity`, `None`, `undefined` | `null` |
//! | `True`, `False` | `true`, `false` |
//! | a comma behind the last entry | nothing |
//! | a control character inside a string | itself |
//! | `\'` | `'` |
//! | a backslash in front of anything else JSON has no escape for (`\x`, `\d`) | itself, and what follows it |
//! | a byte order mark at the beginning | nothing |
//!
//! What cannot be read after that is an error: no word is guessed.

use serde_json::Value;
use thiserror::Error;

/// Stands before a kept half of a surrogate pair. No text has it: Unicode sets this code point aside for such uses.
const MARK: char = '\u{10FFFF}';

/// A kept half is this and its code unit: a private character, and only behind [`MARK`].
const KEPT: u32 = 0x10_0000;

/// What a half becomes that has lost its partner.
const REPLACEMENT: char = char::REPLACEMENT_CHARACTER;

/// Why a text is not JSON.
#[derive(Debug, Error)]
#[error("{0}")]
pub struct JsonError(serde_json::Error);

/// What becomes of half a surrogate pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Halves {
    /// U+FFFD.
    Replaced,
    /// A mark, for [`HalfJoiner`].
    Kept,
}

/// Reads JSON that others wrote.
///
/// # Errors
/// When it cannot be read, even leniently.
pub fn parse(text: &str) -> Result<Value, JsonError> {
    read(text, Halves::Replaced)
}

/// Reads one piece of a streamed text, such as a model's chunk. A character may be cut between two pieces: its halves
/// are kept under a mark. Every text that is taken from the value has to go through [`HalfJoiner`], or through
/// [`without_halves`] when no other text goes on with it.
///
/// # Errors
/// When it cannot be read, even leniently.
pub fn parse_keeping_halves(text: &str) -> Result<Value, JsonError> {
    read(text, Halves::Kept)
}

fn read(text: &str, halves: Halves) -> Result<Value, JsonError> {
    serde_json::from_str(text)
        .or_else(|_| serde_json::from_str(&repaired(text, halves)))
        .map_err(JsonError)
}

/// The text without what strict JSON does not have. Strict JSON stays as it is.
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

/// Two pieces of a text; `at` is where a character begins.
fn cut(text: &str, at: usize) -> (&str, &str) {
    text.split_at_checked(at).unwrap_or((text, ""))
}

const fn is_space(at: char) -> bool {
    matches!(at, ' ' | '\t' | '\n' | '\r')
}

const fn is_structure(at: char) -> bool {
    matches!(at, '{' | '}' | '[' | ']' | ':')
}

/// What stands for a value that JSON has no word for.
fn strict_word(word: &str) -> &str {
    match word {
        "NaN" | "-NaN" | "Infinity" | "+Infinity" | "-Infinity" | "None" | "undefined" => "null",
        "True" => "true",
        "False" => "false",
        other => other,
    }
}

/// Takes a string up to its closing quote; returns what follows.
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

/// Takes what stands behind a backslash; returns what follows.
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
        // The backslash is one that its writer forgot to escape: of a path, of a pattern, at the end of a line.
        Some(_) | None => {
            out.push_str("\\\\");
            rest
        }
    }
}

/// The four digits behind `\u`, and what follows them.
fn code_unit(text: &str) -> Option<(u32, &str)> {
    let (digits, rest) = text.split_at_checked(4)?;
    let mut unit = 0;
    for digit in digits.chars() {
        unit = unit * 16 + digit.to_digit(16)?;
    }
    Some((unit, rest))
}

/// Joins characters that were cut in two, over the pieces of one streamed text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HalfJoiner {
    /// The first half of a pair, at the end of the last piece.
    first: Option<u32>,
}

impl HalfJoiner {
    /// Takes the next piece and returns what can be shown of it: a first half at its end waits for its second one.
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

    /// The text is over: what stayed alone is U+FFFD.
    #[must_use]
    pub fn finish(&mut self) -> String {
        self.first.take().map(|_| REPLACEMENT).into_iter().collect()
    }
}

/// The code unit of a kept half, behind its mark.
fn half(behind: &str) -> Option<u32> {
    let unit = u32::from(behind.chars().next()?).checked_sub(KEPT)?;
    (0xd800..0xe000).contains(&unit).then_some(unit)
}

/// A text that no other goes on with: halves in it that meet are joined, and all others are U+FFFD.
#[must_use]
pub fn without_halves(text: String) -> String {
    let mut joiner = HalfJoiner::default();
    let text = joiner.push(text);
    text + &joiner.finish()
}

#[cfg(test)]
mod tests;
