//! What a text is prepared with before the crate reads it, and what is taken out of the result again.
//!
//! Characters that have a meaning where none is meant are replaced by noncharacters, which Unicode keeps free for uses like
//! this, or by punctuation that hardly any text has; where a text has it, a noncharacter stands in for it. So it does not
//! matter where in the tree marks come out: code and addresses are as written.
//!
//! - `<`: markup is text, and Markdown in it is read.
//! - Addresses that are links by themselves have a mark at either end, and none of their characters is emphasis.
//! - Bars between backticks do not part the cells of a row.
//! - Emphasis beside a letter of a script without spaces begins and ends beside punctuation, too.
//! - Formulas as TeX delimits them, `\(…\)` in a line and `\[…\]` on lines of their own, are as written.

use std::borrow::Cow;

use super::{
    address::{address_at, email_around},
    formula::{FormulaLines, formula_length},
};

/// Where an address begins, and where it ends.
pub(super) const ADDRESS: char = '\u{fdd0}';
pub(super) const ADDRESS_END: char = '\u{fdd1}';
/// A `<` of markup. Beside emphasis it counts as punctuation, as `<` does.
pub(super) const LESS: char = '\u{1cc1}';

/// Noncharacters and what they stand for.
const STAND_INS: [(char, char); 20] = [
    (LESS, '<'),
    ('\u{fdd2}', LESS),
    ('\u{fdd3}', '*'),
    ('\u{fdd4}', '_'),
    ('\u{fdd5}', '~'),
    ('\u{fdd6}', '['),
    ('\u{fdd7}', ']'),
    ('\u{fdd8}', '|'),
    ('\u{fdd9}', FLANK),
    // Without a line feed it ends no line.
    ('\u{fdda}', '\r'),
    ('\u{fddb}', '\\'),
    ('\u{fddc}', '`'),
    ('\u{fddd}', '#'),
    ('\u{fdde}', '+'),
    ('\u{fddf}', '-'),
    ('\u{fde0}', '='),
    ('\u{fde1}', '>'),
    ('\u{fde2}', '&'),
    ('\u{fde3}', '.'),
    ('\u{fde4}', ')'),
];

/// Punctuation, put on both sides of emphasis so that it may begin and end there.
const FLANK: char = '\u{1cc0}';

/// The text with marks. It has the same lines.
pub(super) fn mark(text: &str) -> String {
    let mut marker = Marker {
        text,
        marked: String::with_capacity(text.len() + text.len() / 16),
        at: 0,
        taken: 0,
        brackets: 0,
        formula: FormulaLines::default(),
    };
    for line in text.split_inclusive('\n') {
        marker.line(line);
    }
    marker.marked
}

/// The text without marks.
pub(super) fn unmarked(marked: &str) -> Cow<'_, str> {
    if !may_have_marks(marked) {
        return Cow::Borrowed(marked);
    }
    let meant = marked.chars().filter_map(|character| match character {
        FLANK | ADDRESS | ADDRESS_END => None,
        _ => Some(meant_by(character)),
    });
    Cow::Owned(meant.collect())
}

/// Whether any byte is one that marks begin with; this is read for every text.
pub(super) fn may_have_marks(text: &str) -> bool {
    text.bytes().any(|byte| matches!(byte, 0xe1 | 0xef))
}

fn meant_by(character: char) -> char {
    STAND_INS
        .into_iter()
        .find(|(mark, _)| *mark == character)
        .map_or(character, |(_, meant)| meant)
}

fn stand_in(character: char) -> char {
    STAND_INS
        .into_iter()
        .find(|(_, meant)| *meant == character)
        .map_or(character, |(mark, _)| mark)
}

const fn is_mark(character: char) -> bool {
    matches!(character, '\u{fdd0}'..='\u{fdef}' | FLANK | LESS)
}

struct Marker<'a> {
    text: &'a str,
    marked: String,
    /// How much of the text is read.
    at: usize,
    /// Where an e-mail address may begin: behind the last address.
    taken: usize,
    /// How many brackets are open in the line.
    brackets: usize,
    formula: FormulaLines,
}

impl Marker<'_> {
    fn line(&mut self, line: &str) {
        let end = self.at + line.len();
        self.brackets = 0;
        if self.formula.take(line.trim()) {
            return self.push_formula(line.len());
        }
        let code = code_of_row(line);
        let start = self.at;
        while self.at < end {
            self.copy(plain_length(
                line.get(self.at - start..).unwrap_or_default(),
            ));
            let Some(character) = line
                .get(self.at - start..)
                .and_then(|rest| rest.chars().next())
            else {
                return;
            };
            match character {
                '\\' => self.escape(),
                '<' => self.angle(),
                '*' | '~' => self.run(character),
                'h' | 'H' | 'w' | 'W' => self.address(character),
                '@' => self.email(),
                '|' if code.iter().any(|code| code.contains(&(self.at - start))) => {
                    self.push(stand_in(character), 1);
                }
                '[' => {
                    self.brackets += 1;
                    self.push(character, 1);
                }
                ']' => {
                    self.brackets = self.brackets.saturating_sub(1);
                    self.push(character, 1);
                }
                '\r' if !self.rest().starts_with("\r\n") => self.push(stand_in(character), 1),
                FLANK | LESS => self.push(stand_in(character), character.len_utf8()),
                _ if is_mark(character) => {
                    self.push(char::REPLACEMENT_CHARACTER, character.len_utf8());
                }
                _ => self.push(character, character.len_utf8()),
            }
        }
    }

    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// A character in place of the next `length` bytes.
    fn push(&mut self, character: char, length: usize) {
        self.marked.push(character);
        self.at += length;
    }

    fn copy(&mut self, length: usize) {
        let text = self.text;
        self.marked
            .push_str(text.get(self.at..self.at + length).unwrap_or_default());
        self.at += length;
    }

    /// The next `length` bytes with no character that has a meaning.
    fn push_formula(&mut self, length: usize) {
        let text = self.text;
        let formula = text.get(self.at..self.at + length).unwrap_or_default();
        self.marked
            .extend(formula.chars().map(|character| match character {
                '<' => LESS,
                '\r' => '\r',
                _ if is_mark(character) && !matches!(character, FLANK | LESS) => {
                    char::REPLACEMENT_CHARACTER
                }
                _ => stand_in(character),
            }));
        self.at += length;
    }

    fn escape(&mut self) {
        if let Some(length) = formula_length(self.rest()) {
            return self.push_formula(length);
        }
        let is_escaped = |next: &u8| next.is_ascii_punctuation();
        let is_pair = self.rest().as_bytes().get(1).is_some_and(is_escaped);
        self.copy(if is_pair { 2 } else { 1 });
    }

    /// Markup is text; an address in angle brackets or in the place of a link's is none.
    fn angle(&mut self) {
        let rest = self.rest();
        let before = self.text.get(..self.at).unwrap_or_default();
        let is_target = before.ends_with("](") || ends_in_label(before);
        let inside = rest.get(1..).unwrap_or_default();
        let end = inside.find(|character: char| {
            character.is_whitespace() || character.is_control() || "<>".contains(character)
        });
        match end.filter(|end| inside.get(*end..).is_some_and(|rest| rest.starts_with('>'))) {
            _ if is_target => self.push('<', 1),
            Some(end) if is_address(inside.get(..end).unwrap_or_default()) => {
                self.copy(end + 2);
                self.taken = self.at;
            }
            Some(_) | None => self.push(LESS, 1),
        }
    }

    /// A run of marks of emphasis.
    fn run(&mut self, mark: char) {
        let rest = self.rest();
        let after = rest.trim_start_matches(mark);
        let length = rest.len() - after.len();
        let before = self.text.get(..self.at).unwrap_or_default();
        let is_flanked = match (before.chars().next_back(), after.chars().next()) {
            (Some(before), Some(after)) => is_beside_ideograph(before, after),
            _ => false,
        };
        if is_flanked {
            self.marked.push(FLANK);
        }
        self.copy(length);
        if is_flanked {
            self.marked.push(FLANK);
        }
    }

    fn address(&mut self, first: char) {
        let text = self.text;
        match address_at(text, self.at, self.brackets > 0) {
            Some(address) => self.push_address(address),
            None => self.push(first, 1),
        }
    }

    fn email(&mut self) {
        let text = self.text;
        let Some((name, domain)) = email_around(text, self.taken, self.at) else {
            return self.push('@', 1);
        };
        self.at -= name;
        self.marked.truncate(self.marked.len() - name);
        let address = text.get(self.at..self.at + name + 1 + domain);
        self.push_address(address.unwrap_or_default());
    }

    fn push_address(&mut self, address: &str) {
        self.marked.push(ADDRESS);
        let mut is_escaped = false;
        for character in address.chars() {
            let stands_in = !is_escaped && "*_~[]".contains(character);
            self.marked.push(match character {
                _ if stands_in => stand_in(character),
                FLANK | LESS => stand_in(character),
                _ if is_mark(character) => char::REPLACEMENT_CHARACTER,
                _ => character,
            });
            is_escaped = character == '\\';
        }
        self.marked.push(ADDRESS_END);
        self.at += address.len();
        self.taken = self.at;
    }
}

/// Whether the address of a definition comes next, on the same line or on the next one.
fn ends_in_label(text: &str) -> bool {
    let text = text.trim_end_matches([' ', '\t']);
    let text = text
        .strip_suffix('\n')
        .unwrap_or(text)
        .trim_end_matches([' ', '\t', '\r']);
    let label = text
        .strip_suffix("]:")
        .and_then(|text| text.rsplit_once('['));
    label.is_some_and(|(_, label)| !label.starts_with('^') && !label.contains('\n'))
}

/// How much of the beginning of a line has nothing to be marked.
fn plain_length(line: &str) -> usize {
    let bytes = line.as_bytes();
    let may_begin = |at: usize, byte: u8| match byte {
        b'\\' | b'<' | b'*' | b'~' | b'@' | b'|' | b'[' | b']' | b'\r' => true,
        b'h' | b'H' => matches!(bytes.get(at + 1), Some(b't' | b'T')),
        b'w' | b'W' => matches!(bytes.get(at + 1), Some(b'w' | b'W')),
        // Marks begin with one of these.
        0xe1 | 0xef => true,
        _ => false,
    };
    bytes
        .iter()
        .enumerate()
        .position(|(at, byte)| may_begin(at, *byte))
        .unwrap_or(bytes.len())
}

/// Whether what is between angle brackets is an address (CommonMark 6.5).
fn is_address(inside: &str) -> bool {
    let is_scheme = |scheme: &str| {
        (2..=32).contains(&scheme.len())
            && scheme.starts_with(|first: char| first.is_ascii_alphabetic())
            && scheme
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"+.-".contains(&byte))
    };
    let has_scheme = inside
        .split_once(':')
        .is_some_and(|(scheme, _)| is_scheme(scheme));
    has_scheme || (inside.contains('@') && !inside.starts_with(['/', '!', '?', '@']))
}

/// Whether emphasis between the two may begin and end there although CommonMark has it do only one: one of them is
/// punctuation, and one is of a script that does not part words by spaces.
fn is_beside_ideograph(before: char, after: char) -> bool {
    let is_mark = |side: char| !side.is_alphanumeric() && !side.is_whitespace();
    let is_letter = |side: char| side.is_alphanumeric();
    let is_cjk = |side: char| is_cjk_letter(side) || is_cjk_mark(side);
    ((is_mark(before) && is_letter(after)) || (is_letter(before) && is_mark(after)))
        && (is_cjk(before) || is_cjk(after))
}

const fn is_cjk_letter(character: char) -> bool {
    matches!(character, '\u{1100}'..='\u{11ff}' | '\u{2e80}'..='\u{2fdf}' | '\u{3005}'..='\u{3007}'
        | '\u{3021}'..='\u{3029}' | '\u{3041}'..='\u{318f}' | '\u{31a0}'..='\u{4dbf}' | '\u{4e00}'..='\u{a4cf}'
        | '\u{a960}'..='\u{a97f}' | '\u{ac00}'..='\u{d7ff}' | '\u{f900}'..='\u{faff}' | '\u{ff10}'..='\u{ff19}'
        | '\u{ff21}'..='\u{ff3a}' | '\u{ff41}'..='\u{ff5a}' | '\u{ff66}'..='\u{ffdc}' | '\u{1b000}'..='\u{1b16f}'
        | '\u{20000}'..='\u{323af}')
}

const fn is_cjk_mark(character: char) -> bool {
    matches!(character, '\u{3001}'..='\u{3004}' | '\u{3008}'..='\u{3020}' | '\u{3030}' | '\u{303d}' | '\u{30fb}'
        | '\u{fe10}'..='\u{fe1f}' | '\u{fe30}'..='\u{fe6f}' | '\u{ff01}'..='\u{ff0f}' | '\u{ff1a}'..='\u{ff20}'
        | '\u{ff3b}'..='\u{ff40}' | '\u{ff5b}'..='\u{ff65}')
}

/// Where code is in a line that begins as a row of a table does. Escaped bars are left to the crate; so are lines whose
/// backticks do not pair.
fn code_of_row(line: &str) -> Vec<std::ops::Range<usize>> {
    let row = line.trim_start_matches([' ', '\t', '>']);
    if !(row.starts_with('|') && row.contains('`')) {
        return Vec::new();
    }
    let mut code = Vec::new();
    let mut at = line.len() - row.len();
    while let Some((start, length)) = ticks(line, at) {
        let inside = start + length;
        let mut from = inside;
        let end = loop {
            let Some((end, closing)) = ticks(line, from) else {
                return Vec::new();
            };
            from = end + closing;
            if closing == length {
                break end;
            }
        };
        code.push(inside..end);
        at = from;
    }
    code
}

/// Where the next run of backticks begins, and its length.
fn ticks(line: &str, from: usize) -> Option<(usize, usize)> {
    let rest = line.get(from..)?;
    let at = rest.find('`')?;
    let run = rest.get(at..)?;
    Some((from + at, run.len() - run.trim_start_matches('`').len()))
}
