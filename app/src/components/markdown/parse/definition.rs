//! Definitions of links, which other places refer to (CommonMark 4.7).

use super::{
    target::{comparable, destination, is_blank, label, skip_title},
    text::unescape,
};

/// More are not kept: each reference is compared with all of them.
const MAX_DEFINITIONS: usize = 256;

/// What a label stands for.
struct Definition {
    label: String,
    href: String,
}

/// All of a text.
pub(super) struct Definitions(Vec<Definition>);

impl Definitions {
    pub(super) const fn new() -> Self {
        Self(Vec::new())
    }

    /// Where the label leads; the first definition counts.
    pub(super) fn find(&self, label: &str) -> Option<&str> {
        if self.0.is_empty() {
            return None;
        }
        let label = comparable(label)?;
        self.0
            .iter()
            .find(|known| known.label == label)
            .map(|known| known.href.as_str())
    }

    /// Keeps the definitions at the beginning of a paragraph and returns what follows them.
    pub(super) fn take_from<'a>(&mut self, paragraph: &'a str) -> &'a str {
        let mut rest = paragraph;
        while let Some((definition, after)) = read(rest) {
            if self.0.len() < MAX_DEFINITIONS {
                self.0.push(definition);
            }
            rest = after;
        }
        rest
    }
}

/// The definition at the beginning of `text`, and the lines after it.
fn read(text: &str) -> Option<(Definition, &str)> {
    let (label, after) = label(text)?;
    let label = comparable(label)?;
    let after = after.strip_prefix(':')?.trim_start_matches(is_blank);
    let (href, rest) = destination(after)?;
    let end = rest_of_line(rest);
    let title = rest.trim_start_matches(is_blank);
    let titled = if title.len() < rest.len() {
        skip_title(title).and_then(rest_of_line)
    } else {
        None
    };
    Some((
        Definition {
            label,
            href: unescape(href),
        },
        titled.or(end)?,
    ))
}

/// The lines after this one, of which only blanks are left.
fn rest_of_line(text: &str) -> Option<&str> {
    let rest = text.trim_start_matches([' ', '\t']);
    if rest.is_empty() {
        Some(rest)
    } else {
        rest.strip_prefix('\n')
    }
}
