//! Addresses that are links by themselves.

/// The address in angle brackets at the beginning of `text` (CommonMark 6.5): what is shown, and where it leads.
pub(super) fn in_angles(text: &str) -> Option<(&str, String)> {
    let inside = text.strip_prefix('<')?;
    let end = inside
        .bytes()
        .position(|byte| matches!(byte, 0..=b' ' | b'<' | b'>'))?;
    let (address, rest) = inside.split_at_checked(end)?;
    if !rest.starts_with('>') {
        return None;
    }
    if has_scheme(address) {
        Some((address, address.to_owned()))
    } else if is_email(address) {
        let mut href = String::from("mailto:");
        href.push_str(address);
        Some((address, href))
    } else {
        None
    }
}

fn has_scheme(address: &str) -> bool {
    let Some((scheme, _)) = address.split_once(':') else {
        return false;
    };
    (2..=32).contains(&scheme.len())
        && scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'.' | b'-'))
}

fn is_email(address: &str) -> bool {
    let Some((name, domain)) = address.split_once('@') else {
        return false;
    };
    let is_name =
        |byte: u8| byte.is_ascii_alphanumeric() || b".!#$%&'*+/=?^_`{|}~-".contains(&byte);
    let is_label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    !name.is_empty() && name.bytes().all(is_name) && domain.split('.').all(is_label)
}

/// The web address at the beginning of `text`, bare (GitHub's extension); brackets end it when one is open before it.
pub(super) fn bare(text: &str, is_in_brackets: bool) -> Option<&str> {
    let scheme = ["https://", "http://"].into_iter().find(|scheme| {
        text.get(..scheme.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    })?;
    let end = text.find(|character: char| {
        character.is_whitespace()
            || character == '<'
            || (is_in_brackets && matches!(character, '[' | ']'))
    });
    let address = trimmed(text.get(..end.unwrap_or(text.len()))?);
    address
        .get(scheme.len()..)?
        .starts_with(|first: char| first.is_ascii_alphanumeric() || !first.is_ascii())
        .then_some(address)
}

/// Without what rather ends the sentence than the address.
fn trimmed(address: &str) -> &str {
    let count = |mark: u8| address.bytes().filter(|byte| *byte == mark).count();
    let mut unopened = count(b')').saturating_sub(count(b'('));
    let mut trimmed = address;
    loop {
        let Some(last) = trimmed.bytes().last() else {
            return trimmed;
        };
        let is_end = match last {
            b'?' | b'!' | b'.' | b',' | b':' | b';' | b'*' | b'_' | b'~' | b'\'' | b'"' | b'`' => {
                true
            }
            b')' if unopened > 0 => {
                unopened -= 1;
                true
            }
            _ => false,
        };
        if !is_end {
            return trimmed;
        }
        trimmed = trimmed.get(..trimmed.len() - 1).unwrap_or_default();
    }
}
