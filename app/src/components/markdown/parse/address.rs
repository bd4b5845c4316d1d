//! Addresses that are links by themselves: GitHub's extension, with the punctuation of scripts that use no spaces.

/// The address that begins at `at`, if one does; `is_in_brackets` when a bracket is open before it, which ends it.
pub(super) fn address_at(text: &str, at: usize, is_in_brackets: bool) -> Option<&str> {
    let rest = text.get(at..)?;
    let before = text.get(..at)?.chars().next_back();
    if before.is_some_and(|before| before.is_ascii_alphanumeric()) {
        return None;
    }
    let start = ["https://", "http://", "www."].into_iter().find(|start| {
        rest.get(..start.len())
            .is_some_and(|begin| begin.eq_ignore_ascii_case(start))
    })?;
    let is_bare = start == "www.";
    if is_bare && before.is_some_and(|before| "/.-_@:=\\".contains(before)) {
        return None;
    }
    let address = trimmed(rest.get(..end(rest, is_in_brackets))?);
    let host = address.get(start.len()..)?;
    let is_host = host
        .starts_with(|first: char| first.is_ascii_alphanumeric() || !first.is_ascii())
        || (!is_bare && host.starts_with('['));
    (is_host && (!is_bare || host.contains('.'))).then_some(address)
}

/// Where the link of an address leads.
pub(super) fn href_of(address: &str) -> String {
    let begins_with = |start: &str| {
        address
            .get(..start.len())
            .is_some_and(|begin| begin.eq_ignore_ascii_case(start))
    };
    if begins_with("http://") || begins_with("https://") {
        address.to_owned()
    } else if begins_with("www.") {
        format!("http://{address}")
    } else {
        format!("mailto:{address}")
    }
}

/// The e-mail address around the `@` at `at`: the lengths of what comes before and of what comes after the sign.
/// `start` is where it may begin.
pub(super) fn email_around(text: &str, start: usize, at: usize) -> Option<(usize, usize)> {
    let is_name = |character: char| character.is_ascii_alphanumeric() || ".+-_".contains(character);
    let before = text.get(start..at)?;
    let name = before.get(before.trim_end_matches(is_name).len()..)?;
    let name = name.trim_start_matches(['.', '-', '+', '_']);
    let outer = before.get(..before.len() - name.len())?;
    if name.is_empty() || outer.ends_with(['/', ':', '@', '\\']) {
        return None;
    }
    let after = text.get(at + 1..)?;
    let rest = after.trim_start_matches(|character: char| {
        character.is_ascii_alphanumeric() || ".-".contains(character)
    });
    let domain = after.get(..after.len() - rest.len())?;
    let domain = domain.trim_end_matches(['.', '-']);
    let (_, top) = domain.rsplit_once('.')?;
    // `git@host:path` is no e-mail address.
    let is_path = after.get(domain.len()..).is_some_and(|rest| {
        rest.starts_with(['@', '_', '/'])
            || rest
                .strip_prefix(':')
                .is_some_and(|path| path.starts_with(|first: char| first.is_ascii_alphanumeric()))
    });
    let is_domain = top.len() >= 2
        && top.bytes().all(|byte| byte.is_ascii_alphabetic())
        && domain.split('.').all(|label| !label.is_empty());
    (is_domain && !is_path).then_some((name.len(), domain.len()))
}

/// Where the characters end that an address may have.
fn end(text: &str, is_in_brackets: bool) -> usize {
    for (at, character) in text.char_indices() {
        let after = text.get(at + character.len_utf8()..).unwrap_or_default();
        let is_end = match character {
            '<' | '>' | '"' | '`' | '|' => true,
            '[' => is_in_brackets,
            ']' => is_in_brackets || after.starts_with(['(', '[']),
            // Marks may be escaped, which is no part of the address.
            '\\' => !after.starts_with(['_', '*', '~']),
            // The end of what is emphasized, unless it is a pattern for files.
            '*' => after.starts_with('*') && !after.starts_with("*/"),
            '~' => after.starts_with('~'),
            _ => character.is_whitespace() || character.is_control() || ends_sentence(character),
        };
        if is_end {
            return at;
        }
    }
    text.len()
}

/// Punctuation that no address has: it is written without a space after it.
const fn ends_sentence(character: char) -> bool {
    matches!(character, '“' | '”' | '…' | '\u{3000}'..='\u{303f}' | '\u{fe10}'..='\u{fe6f}' | '\u{ff01}'..='\u{ff0f}'
        | '\u{ff1a}'..='\u{ff20}' | '\u{ff3b}'..='\u{ff40}' | '\u{ff5b}'..='\u{ff65}')
}

/// Without what rather ends the sentence than the address.
fn trimmed(address: &str) -> &str {
    let surplus = |open: char, close: char| {
        let count = |mark| address.matches(mark).count();
        count(close).saturating_sub(count(open))
    };
    let mut unopened = [surplus('(', ')'), surplus('[', ']'), surplus('{', '}')];
    let [round, square, curly] = &mut unopened;
    let mut trimmed = address;
    loop {
        let Some(last) = trimmed.chars().next_back() else {
            return trimmed;
        };
        let surplus = match last {
            '?' | '!' | '.' | ',' | ':' | ';' | '*' | '_' | '~' | '\'' | '’' | '\\' => &mut 1,
            ')' => &mut *round,
            ']' => &mut *square,
            '}' => &mut *curly,
            _ => return trimmed,
        };
        if *surplus == 0 {
            return trimmed;
        }
        *surplus -= 1;
        trimmed = trimmed
            .get(..trimmed.len() - last.len_utf8())
            .unwrap_or_default();
    }
}
