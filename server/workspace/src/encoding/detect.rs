//! Detects the encoding of bytes: by a byte order mark, as UTF-8, or by a guess whose result must be plausible text.
//! Everything else is binary.

use std::collections::HashSet;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{UTF_8, UTF_16BE, UTF_16LE};

use super::Encoding;
use crate::{document_type, image_type};

/// The number of bytes that a guess examines, from shortly before the first non-ASCII byte on.
const GUESSED_BYTES: usize = 64_000;
const BEFORE: usize = 500;

pub(super) fn detect(bytes: &[u8]) -> Option<Encoding> {
    if let Some(charset) = marked(bytes) {
        let encoding = Encoding {
            charset,
            has_mark: true,
        };
        let rest = bytes.get(encoding.mark_bytes()..)?;
        let text = charset.decode_without_bom_handling_and_without_replacement(rest)?;
        return (!text.contains('\0')).then_some(encoding);
    }
    let unmarked = |charset| Encoding {
        charset,
        has_mark: false,
    };
    let has_nul = memchr::memchr(0, bytes).is_some();
    if has_nul {
        return utf16(bytes).map(unmarked);
    }
    if std::str::from_utf8(bytes).is_ok() {
        return Some(Encoding::UTF_8);
    }
    if image_type(bytes).is_some() || document_type(bytes).is_some() || bytes.iter().any(is_odd) {
        return None;
    }
    guessed(bytes).map(unmarked)
}

fn marked(bytes: &[u8]) -> Option<&'static encoding_rs::Encoding> {
    match bytes {
        [0xef, 0xbb, 0xbf, ..] => Some(UTF_8),
        [0xff, 0xfe, ..] => Some(UTF_16LE),
        [0xfe, 0xff, ..] => Some(UTF_16BE),
        _ => None,
    }
}

/// Whether a byte is a control character that never occurs in text. The end-of-file mark of DOS (0x1a), escape and
/// form feed do occur.
const fn is_odd(byte: &u8) -> bool {
    matches!(*byte, 0..=6 | 0x0e..=0x19 | 0x1c..=0x1f | 0x7f)
}

/// Detects UTF-16 without a mark, in clear cases: zeros at every second byte only, and plausible text.
fn utf16(bytes: &[u8]) -> Option<&'static encoding_rs::Encoding> {
    if !bytes.len().is_multiple_of(2) || bytes.len() < 4 {
        return None;
    }
    let mut zeros = [0_usize; 2];
    for pair in bytes.chunks_exact(2) {
        for (zeros, byte) in zeros.iter_mut().zip(pair) {
            *zeros += usize::from(*byte == 0);
        }
    }
    let charset = match zeros {
        [0, _] => UTF_16LE,
        [_, 0] => UTF_16BE,
        _ => return None,
    };
    let text = charset.decode_without_bom_handling_and_without_replacement(bytes)?;
    // ASCII bytes, taken in pairs, look like Chinese.
    let ascii = bytes.iter().filter(|byte| byte.is_ascii_graphic()).count();
    let units = bytes.len() / 2;
    let latin = zeros.iter().sum::<usize>();
    let is_mostly_latin = latin * 5 >= units * 2;
    let (mut letters, mut others) = (0_usize, 0_usize);
    let mut blocks = HashSet::new();
    for char in text.chars() {
        let is_common = char.is_alphanumeric() || char.is_whitespace() || char.is_ascii_graphic();
        if is_common || is_punctuation(char) {
            letters += 1;
        } else {
            others += 1;
        }
        blocks.insert(u32::from(char) >> 8);
    }
    if text.chars().any(is_no_text) || others * 20 > letters {
        return None;
    }
    // A script other than Latin is clear when the whole text uses it and is long enough to exclude chance.
    blocks.remove(&0);
    let is_one_script = match blocks.len() {
        0..=2 => units >= 8,
        _ => units >= 32 && blocks.iter().all(|block| is_east_asian(*block)),
    };
    let is_other_script = is_one_script && ascii * 2 < bytes.len();
    (is_mostly_latin || is_other_script).then_some(charset)
}

const fn is_east_asian(block: u32) -> bool {
    matches!(block, 0x20..=0x26 | 0x30..=0x9f | 0xac..=0xd7 | 0xf9..=0xff)
}

/// Punctuation and signs of many scripts.
const fn is_punctuation(char: char) -> bool {
    matches!(char, '\u{a0}'..='\u{bf}' | '\u{d7}' | '\u{f7}' | '\u{300}'..='\u{36f}' | '\u{2000}'..='\u{27bf}'
        | '\u{3000}'..='\u{303f}' | '\u{ff00}'..='\u{ffef}' | '\u{1f000}'..='\u{1faff}')
}

/// Whether a character never occurs in text: control, private use and unassigned characters.
fn is_no_text(char: char) -> bool {
    let is_control = char.is_control()
        && !matches!(
            char,
            '\t' | '\n'
                | '\r'
                | '\u{b}'
                | '\u{c}'
                | '\u{1a}'
                | '\u{1b}'
                | '\u{85}'
                | '\u{7}'
                | '\u{8}'
        );
    is_control || matches!(char, '\u{e000}'..='\u{f8ff}' | '\u{fff0}'..='\u{ffff}')
}

/// The guess of a detector for bytes that are not UTF-8, if it is plausible.
fn guessed(bytes: &[u8]) -> Option<&'static encoding_rs::Encoding> {
    let first = bytes.iter().position(|byte| !byte.is_ascii())?;
    let from = first.saturating_sub(BEFORE);
    let part = bytes
        .get(from..bytes.len().min(from + GUESSED_BYTES))
        .unwrap_or(bytes);
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(part, true);
    let charset = detector.guess(None, Utf8Detection::Deny);
    let text = charset.decode_without_bom_handling_and_without_replacement(bytes)?;
    if text.chars().any(is_no_text) {
        return None;
    }
    let all = text.chars().count();
    let is_letter = |char: &char| char.is_alphanumeric() || char.is_whitespace();
    let letters = text.chars().filter(is_letter).count();
    // In noise, symbols are frequent, and ASCII and other characters alternate often.
    let pairs = text.chars().zip(text.chars().skip(1));
    let mixed = pairs.filter(|(one, two)| {
        one.is_ascii() != two.is_ascii() && !one.is_ascii_whitespace() && !two.is_ascii_whitespace()
    });
    let high = text.chars().filter(|char| !char.is_ascii()).count();
    let is_noise = high * 4 > all && mixed.count() * 3 > all;
    (letters * 2 >= all && !is_noise).then_some(charset)
}
