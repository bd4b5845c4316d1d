//! Characters: their classes, and how they are written in other words.

/// What may stand for a character by name; models write no others.
const ENTITIES: [(&str, &str); 10] = [
    ("amp", "&"),
    ("lt", "<"),
    ("gt", ">"),
    ("quot", "\""),
    ("apos", "'"),
    ("nbsp", "\u{a0}"),
    ("copy", "\u{a9}"),
    ("hellip", "\u{2026}"),
    ("mdash", "\u{2014}"),
    ("ndash", "\u{2013}"),
];

/// The longest entity, without its ampersand.
const MAX_ENTITY: usize = 9;

/// Punctuation and symbols in the blocks where texts have them; the whole of Unicode's list weighs too much.
pub(super) const fn is_punctuation(character: char) -> bool {
    character.is_ascii_punctuation()
        || matches!(
            character,
            '\u{a1}'..='\u{a9}' | '\u{ab}'..='\u{b1}' | '\u{b4}' | '\u{b6}'..='\u{b8}' | '\u{bb}' | '\u{bf}'
            | '\u{d7}' | '\u{f7}' | '\u{2010}'..='\u{2027}' | '\u{2030}'..='\u{205e}' | '\u{20a0}'..='\u{20cf}'
            | '\u{2190}'..='\u{245f}' | '\u{2500}'..='\u{2775}' | '\u{2794}'..='\u{2bff}' | '\u{2e00}'..='\u{2e7f}'
            | '\u{3001}'..='\u{3004}' | '\u{3008}'..='\u{3020}' | '\u{30fb}' | '\u{ff01}'..='\u{ff0f}'
            | '\u{ff1a}'..='\u{ff20}' | '\u{ff3b}'..='\u{ff40}' | '\u{ff5b}'..='\u{ff65}' | '\u{1f300}'..='\u{1faff}'
        )
}

/// The character that the entity at the beginning of `text` stands for, and the entity's length.
pub(super) fn entity(text: &str) -> Option<(Entity, usize)> {
    let end = text
        .bytes()
        .take(MAX_ENTITY + 2)
        .position(|byte| byte == b';')?;
    let name = text.get(1..end)?;
    let entity = if let Some(number) = name.strip_prefix('#') {
        Entity::Number(numbered(number)?)
    } else {
        let (_, meaning) = ENTITIES.iter().find(|(known, _)| *known == name)?;
        Entity::Name(meaning)
    };
    Some((entity, end + 1))
}

/// What an entity stands for.
pub(super) enum Entity {
    Name(&'static str),
    Number(char),
}

impl Entity {
    pub(super) fn append_to(&self, text: &mut String) {
        match self {
            Self::Name(meaning) => text.push_str(meaning),
            Self::Number(character) => text.push(*character),
        }
    }
}

fn numbered(number: &str) -> Option<char> {
    let (digits, radix, most) = match number.strip_prefix(['x', 'X']) {
        Some(digits) => (digits, 16, 6),
        None => (number, 10, 7),
    };
    if digits.is_empty() || digits.len() > most {
        return None;
    }
    let mut code = 0_u32;
    for digit in digits.chars() {
        code = code * radix + digit.to_digit(radix)?;
    }
    Some(
        char::from_u32(code)
            .filter(|character| *character != '\0')
            .unwrap_or(char::REPLACEMENT_CHARACTER),
    )
}

/// The text that is meant by one with escapes and entities.
pub(super) fn unescape(text: &str) -> String {
    let mut meant = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['\\', '&']) {
        let (before, mark) = rest.split_at(at);
        meant.push_str(before);
        let escaped = mark
            .strip_prefix('\\')
            .and_then(|after| after.chars().next())
            .filter(char::is_ascii_punctuation);
        let length = if let Some(escaped) = escaped {
            meant.push(escaped);
            2
        } else if let Some((entity, length)) = mark.starts_with('&').then(|| entity(mark)).flatten()
        {
            entity.append_to(&mut meant);
            length
        } else {
            meant.push_str(mark.get(..1).unwrap_or_default());
            1
        };
        rest = mark.get(length..).unwrap_or_default();
    }
    meant.push_str(rest);
    meant
}
