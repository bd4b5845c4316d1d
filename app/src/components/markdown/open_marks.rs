//! The end of a growing text: marks whose other half has not come yet.
//!
//! A reader would see `**` turn into bold type, a `-` below a line make a heading of it, and the address of a link grow.
//! So the block that grows is shown as if its open marks were closed, without a mark that nothing follows yet. What is
//! shown at the end of the text is the text as it is: this is for text that still comes in.

use std::borrow::Cow;

/// After so much text without its other half, a mark is taken for a character.
const LONGEST_SPAN: usize = 400;

/// The markdown of a block whose end has not come, as it is to be shown.
pub(super) fn closed(markdown: &str) -> Cow<'_, str> {
    let whole_lines = markdown.rfind('\n').map_or(0, |end| end + 1);
    if is_in_fence(markdown.get(..whole_lines).unwrap_or_default()) {
        return Cow::Borrowed(markdown);
    }
    let (before, tail) = markdown.split_at(start_of_last_lines(markdown));
    let tail = without_block_mark(tail);
    let Scan { end, closing, cut } = scan(tail);
    let shown = tail.get(..end).unwrap_or(tail);
    if end == tail.len()
        && closing.is_empty()
        && cut.is_none()
        && before.len() + tail.len() == markdown.len()
    {
        return Cow::Borrowed(markdown);
    }
    let text = match cut {
        Some(bracket) => {
            let (lead, label) = shown.split_at(bracket.min(shown.len()));
            [before, lead, label.get(1..).unwrap_or_default()].concat()
        }
        None => [before, shown].concat(),
    };
    let text = if closing.is_empty() {
        text
    } else {
        text.trim_end().to_owned() + &closing
    };
    Cow::Owned(text)
}

/// Where the lines begin that inline marks at the end can reach: the last paragraph, item, row or heading.
fn start_of_last_lines(markdown: &str) -> usize {
    let mut start = 0;
    let mut at = 0;
    for line in markdown.split_inclusive('\n') {
        let trimmed = line.trim();
        if trimmed.is_empty() {
            start = at + line.len();
        } else if begins_block(trimmed) {
            start = at;
        }
        at += line.len();
    }
    start.min(markdown.len())
}

fn begins_block(line: &str) -> bool {
    let is_item = |line: &str| line.starts_with(' ');
    let number = line.trim_start_matches(|character: char| character.is_ascii_digit());
    line.starts_with(['#', '>', '|'])
        || line.starts_with("```")
        || line.starts_with("~~~")
        || line.strip_prefix(['-', '*', '+']).is_some_and(is_item)
        || (number.len() < line.len() && number.strip_prefix(['.', ')']).is_some_and(is_item))
}

/// Whether the lines end inside of code between fences.
fn is_in_fence(lines: &str) -> bool {
    let fences = lines.lines().map(str::trim_start);
    fences
        .filter(|line| line.starts_with("```") || line.starts_with("~~~"))
        .count()
        % 2
        == 1
}

/// The text without a last line that is only the beginning of a block's mark: it could even make a heading of the line
/// above.
fn without_block_mark(tail: &str) -> &str {
    let start = tail.rfind('\n').map_or(0, |at| at + 1);
    let line = tail.get(start..).unwrap_or_default().trim();
    let is_mark = line
        .chars()
        .all(|character| "-=*+_#>`~|: ".contains(character));
    let number = line.trim_start_matches(|character: char| character.is_ascii_digit());
    let is_number = number.len() < line.len() && matches!(number, "" | "." | ")");
    if !line.is_empty() && (is_mark || is_number) {
        tail.get(..start).unwrap_or_default()
    } else {
        tail
    }
}

/// What the marks of a text come to.
struct Scan {
    /// How much of the text is shown.
    end: usize,
    /// The marks that close what is open.
    closing: String,
    /// Where the bracket of a link is whose address is not there; the rest up to `end` is its label.
    cut: Option<usize>,
}

/// A mark of emphasis that is open.
struct Open {
    mark: char,
    count: usize,
    at: usize,
}

fn scan(text: &str) -> Scan {
    let mut open: Vec<Open> = Vec::new();
    let mut brackets: Vec<usize> = Vec::new();
    let mut end = text.len();
    let mut cut = None;
    let mut at = 0;
    while let Some(character) = text.get(at..).and_then(|rest| rest.chars().next()) {
        let length = run_length(text, at, character);
        match character {
            '\\' => {
                at += 1 + text
                    .get(at + 1..)
                    .and_then(|rest| rest.chars().next())
                    .map_or(0, char::len_utf8)
            }
            '`' => match end_of_code(text, at, length) {
                Code::Closed(after) => at = after,
                Code::Open { text_end } => {
                    // Marks in code are code.
                    let is_near = text.len() - at <= LONGEST_SPAN;
                    if !is_near {
                        break;
                    }
                    let is_empty = text_end == at + length;
                    end = if is_empty { at } else { text_end };
                    let ticks = if is_empty {
                        String::new()
                    } else {
                        "`".repeat(length)
                    };
                    return Scan {
                        end,
                        closing: ticks + &closing_of(&open, text.len()),
                        cut: None,
                    };
                }
            },
            '*' | '_' | '~' => {
                if emphasis(text, at, character, length, &mut open) == Emphasis::Hidden {
                    end = at;
                }
                at += length;
            }
            '[' => {
                brackets.push(at);
                at += 1;
            }
            ']' => {
                let bracket = brackets.pop();
                at += 1;
                if let Some(bracket) = bracket
                    && let Some(address) = text.get(at..).and_then(|rest| rest.strip_prefix('('))
                {
                    if let Some(close) = address.find(')') {
                        at += close + 2;
                    } else if !address.contains('\n') {
                        let is_image = text
                            .get(..bracket)
                            .is_some_and(|before| before.ends_with('!'));
                        end = if is_image { bracket - 1 } else { at - 1 };
                        cut = (!is_image).then_some(bracket);
                        break;
                    }
                }
            }
            _ => at += character.len_utf8(),
        }
    }
    Scan {
        end,
        closing: closing_of(&open, text.len()),
        cut,
    }
}

fn run_length(text: &str, at: usize, mark: char) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    rest.len() - rest.trim_start_matches(mark).len()
}

enum Code {
    /// The code ends; this is where the text continues.
    Closed(usize),
    /// It does not. The rest is code up to the first ticks of its end.
    Open { text_end: usize },
}

fn end_of_code(text: &str, at: usize, ticks: usize) -> Code {
    let mut from = at + ticks;
    while let Some(found) = text.get(from..).and_then(|rest| rest.find('`')) {
        let start = from + found;
        let length = run_length(text, start, '`');
        if length == ticks {
            return Code::Closed(start + length);
        }
        if start + length == text.len() && length < ticks {
            return Code::Open { text_end: start };
        }
        from = start + length;
    }
    Code::Open {
        text_end: text.len(),
    }
}

#[derive(PartialEq, Eq)]
enum Emphasis {
    Shown,
    /// A mark at the end that nothing follows yet.
    Hidden,
}

fn emphasis(text: &str, at: usize, mark: char, length: usize, open: &mut Vec<Open>) -> Emphasis {
    let before = text.get(..at).and_then(|before| before.chars().next_back());
    let after = text
        .get(at + length..)
        .and_then(|after| after.chars().next());
    let is_space = |side: Option<char>| side.is_none_or(char::is_whitespace);
    let is_word = |side: Option<char>| side.is_some_and(char::is_alphanumeric);
    // `_` in a word is a letter of a name.
    let follows_word = mark == '_' && is_word(before);
    if (follows_word && is_word(after)) || (mark == '~' && length > 2) {
        return Emphasis::Shown;
    }
    if !is_space(before)
        && let Some(last) = open.iter().rposition(|open| open.mark == mark)
    {
        let left = open
            .get(last)
            .map_or(0, |open| open.count.saturating_sub(length));
        open.truncate(last + 1);
        if left == 0 {
            open.pop();
        } else if let Some(open) = open.last_mut() {
            open.count = left;
        }
        return Emphasis::Shown;
    }
    if after.is_none() {
        return if follows_word {
            Emphasis::Shown
        } else {
            Emphasis::Hidden
        };
    }
    if !(is_space(after) || follows_word) {
        open.push(Open {
            mark,
            count: length,
            at,
        });
    }
    Emphasis::Shown
}

/// What closes the open marks, the innermost first. One that is open for long is none.
fn closing_of(open: &[Open], length: usize) -> String {
    let near = open
        .iter()
        .rev()
        .filter(|open| length - open.at <= LONGEST_SPAN);
    near.flat_map(|open| std::iter::repeat_n(open.mark, open.count))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHOWN: &[(&str, &str)] = &[
        ("plain text", "plain text"),
        // Emphasis
        ("a **", "a "),
        ("a **b", "a **b**"),
        ("a **b ", "a **b**"),
        ("a **b*", "a **b**"),
        ("a **b**", "a **b**"),
        ("a ***b", "a ***b***"),
        ("**a *b", "**a *b***"),
        ("**a** and *b", "**a** and *b*"),
        ("~~a", "~~a~~"),
        ("2 * 3", "2 * 3"),
        ("snake_case_", "snake_case_"),
        ("snake_case_name", "snake_case_name"),
        ("_a b", "_a b_"),
        (r"\*a", r"\*a"),
        // Code
        ("a `", "a "),
        ("a `b", "a `b`"),
        ("a ``b`c`", "a ``b`c``"),
        ("a `b` `c*d", "a `b` `c*d`"),
        ("**a `b", "**a `b`**"),
        ("`a`", "`a`"),
        // Links
        ("see [a](https://b.ex", "see a"),
        (
            "see [a](https://b.example) c",
            "see [a](https://b.example) c",
        ),
        ("see **[a](https://b.ex", "see **a**"),
        ("![a](https://b.ex", ""),
        ("[a", "[a"),
        // Beginnings of blocks
        ("a:\n-", "a:\n"),
        ("a\n\n1.", "a\n\n"),
        ("- a\n- **b", "- a\n- **b**"),
        ("- **a\n- b", "- **a\n- b"),
        ("* a\n* `b", "* a\n* `b`"),
        ("a **b\n\nc", "a **b\n\nc"),
        // Code between fences in a list is code.
        ("- a\n  ```sh\n  echo `", "- a\n  ```sh\n  echo `"),
        ("- a\n  ```sh\n\n  *b", "- a\n  ```sh\n\n  *b"),
    ];

    #[test]
    fn open_marks_are_shown_closed() {
        let wrong: Vec<_> = SHOWN
            .iter()
            .map(|(text, right)| (text, right, closed(text)))
            .filter(|(_, right, shown)| shown != *right)
            .collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    #[test]
    fn a_mark_that_stays_open_becomes_a_character() {
        let text = format!("2 *{}", "a ".repeat(LONGEST_SPAN));
        assert_eq!(closed(&text), text);
    }

    #[test]
    fn every_beginning_of_a_text_can_be_shown() {
        let text = "# 测试 *a* **b `c** d` [e](f) ![g](h \"i\")\n\n> _j k_ ~~l~~\n\n1. m\n2. `` n ` o ``\n\n| p |\n|--|\n\\";
        for (end, _) in text.char_indices() {
            let (beginning, _) = text.split_at(end);
            let shown = closed(beginning);
            assert!(
                shown.len() <= beginning.len() + 8,
                "{beginning:?} is shown as {shown:?}"
            );
        }
    }
}
