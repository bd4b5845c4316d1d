//! Parses HTML tags, as browsers do in malformed pages.

use super::entity::decode;

/// A tag: `<name attribute="value">` or `</name>`.
pub(super) struct Tag<'t> {
    pub(super) name: String,
    pub(super) closes: bool,
    attributes: &'t str,
}

impl<'t> Tag<'t> {
    /// Reads a tag; `None` when the `<` is plain text.
    pub(super) fn read(tail: &'t str) -> Option<(Self, &'t str)> {
        let inside = tail.strip_prefix('<')?;
        let (closes, inside) = match inside.strip_prefix('/') {
            Some(inside) => (true, inside),
            None => (false, inside),
        };
        if !inside.starts_with(|first: char| first.is_ascii_alphabetic()) {
            return None;
        }
        let end = inside
            .find(|char: char| char.is_whitespace() || matches!(char, '>' | '/'))
            .unwrap_or(inside.len());
        let (name, rest) = inside.split_at(end);
        let close = tag_end(rest);
        let tag = Self {
            name: name.to_ascii_lowercase(),
            closes,
            attributes: rest.get(..close).unwrap_or_default(),
        };
        Some((
            tag,
            rest.get(close..)?.strip_prefix('>').unwrap_or_default(),
        ))
    }

    pub(super) fn attribute(&self, wanted: &str) -> Option<String> {
        let mut rest = self.attributes;
        loop {
            rest = rest.trim_start_matches(|char: char| char.is_whitespace() || char == '/');
            if rest.is_empty() {
                return None;
            }
            let end = rest
                .char_indices()
                .skip(1)
                .find(|(_, char)| char.is_whitespace() || matches!(char, '=' | '/'))
                .map_or(rest.len(), |(at, _)| at);
            let (name, after) = rest.split_at(end);
            let Some(value) = after.trim_start().strip_prefix('=') else {
                rest = after;
                continue;
            };
            let value = value.trim_start();
            let (value, after) = match value.strip_prefix(['"', '\'']) {
                Some(quoted) => {
                    let quote = value.get(..1).unwrap_or_default();
                    quoted.split_once(quote).unwrap_or((quoted, ""))
                }
                None => value.split_at(value.find(char::is_whitespace).unwrap_or(value.len())),
            };
            if name.eq_ignore_ascii_case(wanted) {
                return Some(decode(value).into_owned());
            }
            rest = after;
        }
    }
}

/// The end of a tag: the first `>` outside quotes.
fn tag_end(rest: &str) -> usize {
    let mut quote = None;
    let mut after_equals = false;
    for (at, char) in rest.char_indices() {
        match (quote, char) {
            (Some(open), _) if open == char => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') if after_equals => quote = Some(char),
            (None, '>') => return at,
            (None, _) => {}
        }
        after_equals = char == '=' || (after_equals && char.is_whitespace());
    }
    rest.len()
}

/// The text before the end of an element without child elements, and the rest.
pub(super) fn behind<'t>(rest: &'t str, name: &str) -> (&'t str, &'t str) {
    let mut from = 0;
    while let Some(at) = rest.get(from..).and_then(|tail| tail.find("</")) {
        let at = from + at;
        let tail = rest.get(at + 2..).unwrap_or_default();
        let is_end = tail
            .get(..name.len())
            .is_some_and(|end| end.eq_ignore_ascii_case(name));
        if is_end {
            let after = tail.split_once('>').map_or("", |(_, after)| after);
            return (rest.get(..at).unwrap_or_default(), after);
        }
        from = at + 2;
    }
    (rest, "")
}
