//! Titles and other texts shown on one line.

use thiserror::Error;

use crate::state::MAX_TITLE_CHARS;

/// The maximum length of a title taken from the first message, in characters.
pub const MAX_MADE_CHARS: usize = 80;

/// Why a title is invalid. `Display` is for the user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum TitleProblem {
    /// It has no visible character.
    #[error("A title needs a visible character: write one")]
    Empty,
    /// It is too long.
    #[error("The title is longer than {MAX_TITLE_CHARS} characters: shorten it")]
    TooLong,
}

/// Checks a title that a user or model gives, and returns its stored form.
///
/// # Errors
/// When it is empty or too long.
pub fn given(title: &str) -> Result<String, TitleProblem> {
    // A text of so many bytes is not meant as a title.
    let is_huge = title.len() > MAX_TITLE_CHARS * 16;
    let title = one_line(title);
    if is_huge || title.chars().count() > MAX_TITLE_CHARS {
        return Err(TitleProblem::TooLong);
    }
    if title.is_empty() {
        return Err(TitleProblem::Empty);
    }
    Ok(title)
}

/// The text on one line: white space becomes single spaces, and invisible characters and those that change the
/// direction of writing are dropped.
#[must_use]
pub fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for word in text.split(|c: char| c.is_whitespace() || c.is_control()) {
        let before = line.len();
        if before > 0 {
            line.push(' ');
        }
        let after_space = line.len();
        line.extend(word.chars().filter(|c| !is_hidden(*c)));
        if line.len() == after_space {
            line.truncate(before);
        }
    }
    line
}

/// The text on one line, of at most `max` characters, cut between words where possible.
#[must_use]
pub fn shortened(text: &str, most: usize) -> String {
    // The rest of a long line is never needed.
    let near: String = text.chars().take(most.saturating_mul(8)).collect();
    let line = one_line(&near);
    if line.chars().count() <= most {
        return line;
    }
    let cut: String = line.chars().take(most.saturating_sub(1)).collect();
    let end = cut.rfind(' ').filter(|at| *at * 2 > cut.len());
    let words = end.and_then(|at| cut.get(..at)).unwrap_or(&cut);
    format!("{}…", words.trim_end())
}

/// The title taken from a first message: its first line with visible text, without leading markdown marks. `None`
/// when no line has any.
#[must_use]
pub fn made_of(message: &str) -> Option<String> {
    let is_mark = |c: char| c.is_whitespace() || matches!(c, '#' | '>' | '*' | '-' | '+' | '`');
    let mut lines = message.lines().filter_map(|line| {
        // The rest of a line is never shown.
        let line: String = line.chars().take(MAX_MADE_CHARS * 8).collect();
        let title = shortened(line.trim_start_matches(is_mark), MAX_MADE_CHARS);
        Some(title).filter(|title| title.chars().any(char::is_alphanumeric))
    });
    lines.next()
}

/// The title in a model's reply to the request for one; `None` when it has none.
#[must_use]
pub fn of_model(said: &str) -> Option<String> {
    let made = made_of(said)?;
    let label = made
        .get(..6)
        .filter(|label| label.eq_ignore_ascii_case("title:"));
    let title = made.get(label.map_or(0, str::len)..).unwrap_or_default();
    let is_quote = |c: char| matches!(c, '"' | '\'' | '“' | '”' | '«' | '»' | '„' | '*' | '`');
    let title = title
        .trim()
        .trim_matches(is_quote)
        .trim_end_matches(['.', '。']);
    Some(title.trim().to_owned()).filter(|title| title.chars().any(char::is_alphanumeric))
}

/// Invisible characters, and those that change how others are shown. Joiners stay: scripts and emoji need them.
const fn is_hidden(c: char) -> bool {
    matches!(
        c,
        '\u{00ad}'
            | '\u{061c}'
            | '\u{180e}'
            | '\u{200b}'
            | '\u{200e}'
            | '\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_no_breaks_and_nothing_hidden() {
        for (text, line) in [
            ("  a \n\t b\u{0}c ", "a b c"),
            ("a\u{202e}b\u{200b} \u{feff} c", "ab c"),
            ("\u{2028}\u{2066}", ""),
            ("<b>x</b>", "<b>x</b>"),
        ] {
            assert_eq!(one_line(text), line, "{text:?}");
        }
    }

    #[test]
    fn given_titles_are_short_visible_and_not_empty() {
        assert_eq!(given(" a\u{202e}\nb "), Ok("a b".to_owned()));
        assert_eq!(given("<i>&"), Ok("<i>&".to_owned()));
        for empty in ["", " \u{200b}\u{7}"] {
            assert_eq!(given(empty), Err(TitleProblem::Empty));
        }
        for long in ["x".repeat(201), "x".repeat(10_000), "\u{7}".repeat(10_000)] {
            assert_eq!(given(&long), Err(TitleProblem::TooLong));
        }
    }

    #[test]
    fn a_models_title_is_one_plain_line() {
        for (said, title) in [
            ("Reverse a list", Some("Reverse a list")),
            (
                "\n**\"Reverse a list.\"**\n\nIs that fine?",
                Some("Reverse a list"),
            ),
            ("Title: Sums", Some("Sums")),
            ("“Сортировка списка”", Some("Сортировка списка")),
            ("", None),
            ("\"…\"", None),
            ("\u{202e}\u{7}", None),
        ] {
            assert_eq!(of_model(said).as_deref(), title, "{said:?}");
        }
        assert!(of_model(&"long ".repeat(1_000)).unwrap().chars().count() <= MAX_MADE_CHARS);
    }

    #[test]
    fn a_title_is_the_beginning_of_what_was_said() {
        for (message, title) in [
            ("\n  Reverse a list \nplease", Some("Reverse a list")),
            ("## Plan\n- one", Some("Plan")),
            ("```\n> *Sort* this", Some("Sort* this")),
            (" \n---\n\u{202e}", None),
        ] {
            assert_eq!(made_of(message).as_deref(), title, "{message:?}");
        }
        let long = made_of(&"word ".repeat(2_000)).unwrap();
        assert!(long.ends_with("word…"), "{long}");
        for long in ["x".repeat(10_000), "\u{7}é".repeat(10_000)] {
            let title = made_of(&long).unwrap();
            assert!(title.chars().count() <= MAX_MADE_CHARS, "{title}");
            assert!(!title.chars().any(char::is_control), "{title}");
        }
    }
}
