//! Where links lead: destinations, titles and labels (CommonMark 6.3).

use super::text::unescape;

/// How deep parentheses are nested in a destination at most.
const MAX_PARENTHESES: usize = 32;

/// The longest label, as CommonMark has it.
const MAX_LABEL: usize = 999;

/// The destination in parentheses at the beginning of `text`, and their length.
pub(super) fn in_parentheses(text: &str) -> Option<(String, usize)> {
    let start = text.strip_prefix('(')?.trim_start_matches(is_blank);
    let (destination, mut rest) = if start.starts_with(')') {
        ("", start)
    } else {
        destination(start)?
    };
    let after = rest.trim_start_matches(is_blank);
    if after.len() < rest.len()
        && let Some(after) = skip_title(after)
    {
        rest = after;
    }
    let rest = rest.trim_start_matches(is_blank).strip_prefix(')')?;
    Some((unescape(destination), text.len() - rest.len()))
}

/// The destination at the beginning of `text`, still escaped, and what follows.
pub(super) fn destination(text: &str) -> Option<(&str, &str)> {
    let mut is_escaped = false;
    if let Some(inside) = text.strip_prefix('<') {
        for (at, byte) in inside.bytes().enumerate() {
            match byte {
                _ if is_escaped => is_escaped = byte == b'\n',
                b'\\' => is_escaped = true,
                b'>' => return Some((inside.get(..at)?, inside.get(at + 1..)?)),
                b'<' | b'\n' => return None,
                _ => {}
            }
        }
        return None;
    }
    let mut depth = 0_usize;
    let mut end = text.len();
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            0..=b' ' | 0x7f => {
                end = at;
                break;
            }
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'(' => {
                depth += 1;
                if depth > MAX_PARENTHESES {
                    return None;
                }
            }
            b')' if depth == 0 => {
                end = at;
                break;
            }
            b')' => depth -= 1,
            _ => {}
        }
    }
    (end > 0 && depth == 0).then(|| text.split_at(end))
}

/// What follows the title at the beginning of `text`; titles are not shown.
pub(super) fn skip_title(text: &str) -> Option<&str> {
    let (open, close) = match text.as_bytes().first()? {
        b'(' => (b'(', b')'),
        mark @ (b'"' | b'\'') => (*mark, *mark),
        _ => return None,
    };
    let mut is_escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        if is_escaped {
            is_escaped = false;
        } else if byte == b'\\' {
            is_escaped = true;
        } else if byte == close {
            return text.get(at + 1..);
        } else if byte == open {
            return None;
        }
    }
    None
}

/// The label in brackets at the beginning of `text`, and what follows it.
pub(super) fn label(text: &str) -> Option<(&str, &str)> {
    let inside = text.strip_prefix('[')?;
    let mut is_escaped = false;
    for (at, byte) in inside.bytes().enumerate().take(MAX_LABEL + 1) {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'[' => return None,
            b']' => return Some((inside.get(..at)?, inside.get(at + 1..)?)),
            _ => {}
        }
    }
    None
}

/// The form in which labels are compared; `None` when there is nothing to compare.
pub(super) fn comparable(label: &str) -> Option<String> {
    if label.len() > MAX_LABEL {
        return None;
    }
    let mut form = String::with_capacity(label.len());
    for word in label.split(is_blank).filter(|word| !word.is_empty()) {
        if !form.is_empty() {
            form.push(' ');
        }
        form.push_str(word);
    }
    form.make_ascii_lowercase();
    (!form.is_empty()).then_some(form)
}

pub(super) const fn is_blank(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\n' | '\r')
}
