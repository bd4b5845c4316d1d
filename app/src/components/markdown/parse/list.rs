//! How items of lists begin (CommonMark 5.2).

/// The mark of an item.
pub(super) struct Mark {
    /// Items with the same one are of one list.
    pub(super) sign: u8,
    /// The number, in an ordered list.
    pub(super) number: Option<u64>,
    pub(super) width: usize,
}

impl Mark {
    /// The mark at the beginning of `text`.
    pub(super) fn read(text: &str) -> Option<Self> {
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let sign = *text.as_bytes().get(digits)?;
        let is_mark = match digits {
            0 => matches!(sign, b'-' | b'*' | b'+'),
            1..=9 => matches!(sign, b'.' | b')'),
            10.. => false,
        };
        let after = text.get(digits + 1..).unwrap_or_default();
        (is_mark && (after.is_empty() || after.starts_with([' ', '\t']))).then(|| Self {
            sign,
            number: text.get(..digits).and_then(|number| number.parse().ok()),
            width: digits + 1,
        })
    }
}

/// The box of a task at the beginning of `text`: whether it is ticked.
pub(super) fn task(text: &str) -> Option<bool> {
    let [b'[', tick, b']', b' ' | b'\t', ..] = text.as_bytes() else {
        return None;
    };
    match tick {
        b' ' => Some(false),
        b'x' | b'X' => Some(true),
        _ => None,
    }
}

/// Whether `text` is a line across the page (CommonMark 4.1).
pub(super) fn is_rule(text: &str) -> bool {
    let Some(mark @ (b'*' | b'-' | b'_')) = text.bytes().next() else {
        return false;
    };
    let mut count = 0_usize;
    text.bytes().all(|byte| {
        count += usize::from(byte == mark);
        byte == mark || matches!(byte, b' ' | b'\t')
    }) && count >= 3
}

/// The level and the text of a heading that begins with marks (CommonMark 4.2).
pub(super) fn heading(text: &str) -> Option<(u8, &str)> {
    let content = text.trim_start_matches('#');
    let level = u8::try_from(text.len() - content.len())
        .ok()
        .filter(|level| (1..=6).contains(level))?;
    if !(content.is_empty() || content.starts_with([' ', '\t'])) {
        return None;
    }
    let content = content.trim_matches([' ', '\t']);
    let before = content.trim_end_matches('#');
    let is_closed = before.is_empty() || before.ends_with([' ', '\t']);
    Some((
        level,
        if is_closed {
            before.trim_end_matches([' ', '\t'])
        } else {
            content
        },
    ))
}

/// The level of the heading that `text` makes of the lines before it (CommonMark 4.3).
pub(super) fn underline(text: &str) -> Option<u8> {
    let text = text.trim_end_matches([' ', '\t']);
    let is_all = |mark| text.bytes().all(|byte| byte == mark);
    match text.bytes().next()? {
        b'=' if is_all(b'=') => Some(1),
        b'-' if is_all(b'-') => Some(2),
        _ => None,
    }
}
