//! Literal texts, at least one of which every matching line contains, and the search for them.
//!
//! When there is a single text of rare letters, SQLite searches for it, and files without it are not even copied.
//! Otherwise each file is searched here for all texts at once. In a case-insensitive search, a few letters of each
//! text are searched for, in all case combinations.

use regex_automata::{MatchKind, Span, util::prefilter::Prefilter};
use regex_syntax::hir::{ClassUnicode, ClassUnicodeRange};
use sql::SqlValue;

use super::LetterCase;

/// SQLite searches for this many bytes of a text, plus the rest of a character. Every further byte makes the worst
/// case slower (a file in which all but the last of them are everywhere) and excludes few further files.
const SOUGHT_BYTES: usize = 5;

/// SQLite does not search for a text whose rarest character is among this many of the most common ones, since it
/// stops at each occurrence; a case-insensitive search stops at two characters.
const COMMON_CHARACTERS: usize = 6;
const COMMON_IN_ANY_CASE: usize = 12;

/// The number of letters searched for in a case-insensitive text, and the maximum number of case combinations. Of
/// several non-ASCII texts it is one letter less: three have more combinations than can be searched at once.
const LETTERS: usize = 3;
const COMBINATIONS: usize = 27;

/// The characters of program text, the most common ones first.
const COMMON: &str = " etarnsioldcupm_fh().,;=\"g:b-y/w<>{}vk&*x'";

/// The letters of Cyrillic text, the most common ones first. Their UTF-8 bytes begin alike, so that the first letters
/// matter most.
const COMMON_CYRILLIC: &str = "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэф";

/// Texts, one of which every matching line contains.
#[derive(Debug)]
pub(super) struct Needles {
    finder: Prefilter,
    /// The search in SQLite; `None` when SQLite searches for nothing.
    sought: Option<(&'static str, String)>,
}

impl Needles {
    /// `None` without texts, since any line may match.
    pub(super) fn new(texts: &[String], case: LetterCase) -> Option<Self> {
        let finder = match case {
            LetterCase::Counts => Prefilter::new(MatchKind::LeftmostFirst, texts),
            LetterCase::Ignored => {
                let is_one = texts.len() == 1;
                let letters = |text: &str| {
                    if is_one || text.is_ascii() {
                        LETTERS
                    } else {
                        LETTERS - 1
                    }
                };
                let cases: Vec<String> = texts
                    .iter()
                    .flat_map(|text| cases(text, letters(text)))
                    .collect();
                Prefilter::new(MatchKind::LeftmostFirst, &cases)
            }
        };
        let sought = match (texts, case) {
            ([text], LetterCase::Counts) => {
                let pattern = GLOB.pattern(text);
                // SQLite compares non-ASCII characters one by one.
                let first = pattern.trim_start_matches(['*', '[']).chars().next();
                let is_fast = first
                    .is_some_and(|first| first.is_ascii() && rarity(first) >= COMMON_CHARACTERS);
                is_fast.then_some((GLOB.operator, pattern))
            }
            ([text], LetterCase::Ignored) => {
                let run = longest_ascii(text).filter(|run| {
                    run.len() > 2
                        && run
                            .chars()
                            .map(rarity)
                            .max()
                            .is_some_and(|rarity| rarity >= COMMON_IN_ANY_CASE)
                });
                run.map(|run| (LIKE.operator, LIKE.pattern(&run)))
            }
            _ => None,
        };
        Some(Self {
            finder: finder?,
            sought,
        })
    }

    /// Whether SQLite searches for them.
    pub(super) const fn is_sought(&self) -> bool {
        self.sought.is_some()
    }

    /// The SQL condition on the bytes of a file and its value, which has this number. Such a pattern finds the
    /// beginning of a text several times faster than `instr`.
    pub(super) fn condition(&self, number: usize) -> Option<(String, SqlValue)> {
        let (operator, pattern) = self.sought.as_ref()?;
        let operator = operator.replace('?', &format!("?{number}"));
        Some((
            format!("CAST(c.bytes AS TEXT) {operator}"),
            pattern.as_str().into(),
        ))
    }

    /// Whether a text contains one of them.
    pub(super) fn are_in(&self, text: &[u8]) -> bool {
        find(&self.finder, text, 0).is_some()
    }

    /// Begins a search in a text.
    pub(super) fn finds(&self) -> Finds {
        Finds {
            finder: self.finder.clone(),
            next: Some(0),
        }
    }
}

fn find(finder: &Prefilter, text: &[u8], from: usize) -> Option<usize> {
    let span = Span {
        start: from,
        end: text.len(),
    };
    let found = if from > text.len() {
        None
    } else {
        finder.find(text, span)
    };
    found.map(|found| found.start)
}

/// The occurrences of needles in a text.
#[derive(Debug)]
pub(super) struct Finds {
    finder: Prefilter,
    /// No occurrence precedes this position; `None` when there are no more.
    next: Option<usize>,
}

impl Finds {
    /// The first occurrence at or after a byte, in the text of the search.
    pub(super) fn from(&mut self, text: &[u8], from: usize) -> Option<usize> {
        let known = self.next?;
        if known == 0 || known < from {
            self.next = find(&self.finder, text, from);
        }
        self.next
    }
}

/// The rank of a character by rarity.
fn rarity(char: char) -> usize {
    let lower = char.to_lowercase().next().unwrap_or(char);
    let mut common = COMMON.chars().chain(COMMON_CYRILLIC.chars());
    let at = common.position(|common| common == lower);
    at.unwrap_or(COMMON.len() + COMMON_CYRILLIC.len())
}

/// The rarest adjacent letters of a text, in all case combinations.
fn cases(text: &str, most: usize) -> Vec<String> {
    let letters: Vec<(Vec<char>, usize)> = text
        .chars()
        .map(|letter| (cases_of(letter), rarity(letter)))
        .collect();
    let count = letters.len().min(most);
    let combinations =
        |part: &[(Vec<char>, usize)]| part.iter().map(|(cases, _)| cases.len()).product::<usize>();
    let parts = (1..=count).rev().flat_map(|count| letters.windows(count));
    let best = parts
        .filter(|part| combinations(part) <= COMBINATIONS)
        .max_by_key(|part| {
            let rarities = || part.iter().map(|(_, rarity)| *rarity);
            let first = rarities().next().unwrap_or(0);
            (part.len(), first, rarities().sum::<usize>())
        });
    let mut made = vec![String::new()];
    for (cases, _) in best.unwrap_or_default() {
        let longer = made
            .iter()
            .flat_map(|begun| cases.iter().map(move |case| format!("{begun}{case}")));
        made = longer.collect();
    }
    made
}

/// A letter in all its cases, as regular expressions fold it.
fn cases_of(letter: char) -> Vec<char> {
    let mut class = ClassUnicode::new([ClassUnicodeRange::new(letter, letter)]);
    match class.try_case_fold_simple() {
        Ok(()) => class
            .iter()
            .flat_map(|range| range.start()..=range.end())
            .collect(),
        Err(_) => vec![letter],
    }
}

/// The longest run, in lower case, that SQLite can fold: ASCII except the two letters with a third, non-ASCII case
/// (the Kelvin sign and the long s).
fn longest_ascii(text: &str) -> Option<String> {
    text.split(|char: char| !char.is_ascii() || matches!(char, 'k' | 'K' | 's' | 'S'))
        .max_by_key(|run| run.len())
        .filter(|run| !run.is_empty())
        .map(str::to_ascii_lowercase)
}

/// The syntax of one of SQLite's two kinds of pattern.
struct Syntax {
    operator: &'static str,
    /// The wildcard for any text.
    any: char,
    /// The characters that must be escaped with `escape`.
    special: &'static [char],
    escape: (&'static str, &'static str),
}

/// Case-sensitive.
const GLOB: Syntax = Syntax {
    operator: "GLOB ?",
    any: '*',
    special: &['*', '?', '['],
    escape: ("[", "]"),
};

/// Insensitive to the case of ASCII.
const LIKE: Syntax = Syntax {
    operator: "LIKE ? ESCAPE '\\'",
    any: '%',
    special: &['%', '_', '\\'],
    escape: ("\\", ""),
};

impl Syntax {
    /// The pattern that matches values containing this text, or a large part of it. SQLite searches for the first
    /// character and continues from there, so that a rare one is chosen if enough text remains.
    fn pattern(&self, text: &str) -> String {
        let enough = text.len().min(4);
        let rarity = |char: char| match COMMON.find(char) {
            _ if !char.is_ascii() || self.special.contains(&char) => 0,
            Some(place) => place + 1,
            None => COMMON.len() + 1,
        };
        let (start, _) = text
            .char_indices()
            .filter(|(at, _)| text.len() - at >= enough)
            .max_by_key(|(at, char)| (rarity(*char), usize::MAX - at))
            .unwrap_or_default();
        let mut pattern = self.any.to_string();
        let mut sought = 0;
        for char in text.get(start..).unwrap_or_default().chars() {
            if sought >= SOUGHT_BYTES {
                break;
            }
            sought += char.len_utf8();
            let (before, behind) = if self.special.contains(&char) {
                self.escape
            } else {
                ("", "")
            };
            pattern.push_str(before);
            pattern.push(char);
            pattern.push_str(behind);
        }
        pattern.push(self.any);
        pattern
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_begins_with_a_rare_character() {
        for (text, like, glob) in [
            ("needle_in", "%dle\\_i%", "*dle_i*"),
            ("request", "%quest%", "*quest*"),
            ("x", "%x%", "*x*"),
            ("100%", "%100\\%%", "*100%*"),
            ("a[*?]\\b", "%[*?]\\\\%", "*a[[][*][?]]*"),
            ("index", "%index%", "*index*"),
            ("größe", "%größ%", "*größ*"),
            ("*", "%*%", "*[*]*"),
        ] {
            assert_eq!(
                (LIKE.pattern(text).as_str(), GLOB.pattern(text).as_str()),
                (like, glob)
            );
        }
    }

    #[test]
    fn a_pattern_is_shorter_than_the_50_bytes_that_the_platform_takes() {
        for text in ["z", "_", "%z", "*", "?[", "é", "😀"].map(|text| text.repeat(80)) {
            for syntax in [LIKE, GLOB] {
                let pattern = syntax.pattern(&text);
                assert!(pattern.len() <= 20, "{pattern}");
                assert!(!pattern.ends_with("\\%"), "{pattern}");
            }
        }
    }

    #[test]
    fn the_first_of_several_is_found() {
        let texts = ["b", "ab"].map(str::to_owned);
        let needles = Needles::new(&texts, LetterCase::Ignored).unwrap();
        let text = b"cAB..b";
        let mut finds = needles.finds();
        let mut found = Vec::new();
        let mut from = 0;
        while let Some(at) = finds.from(text, from) {
            found.push(at);
            from = at + 1;
        }
        assert_eq!(found, [1, 2, 5]);
    }

    #[test]
    fn letters_are_looked_for_in_all_of_their_cases() {
        let found = |needle: &str, text: &str| {
            let needles = Needles::new(&[needle.to_owned()], LetterCase::Ignored).unwrap();
            needles.are_in(text.as_bytes())
        };
        assert!(found("привет", "ПРИВЕТ") && found("ПРИВЕТ", "Привет"));
        assert!(found("größe", "GRÖẞE") && found("ΣΟΦΌΣ", "σοφός"));
        assert!(found("kelvin", "\u{212A}ELVIN") && found("ſs", "SS"));
        assert!(!found("привет", "пока") && !found("eselts", "esel"));
        assert_eq!(cases("a1", 3), ["A1", "a1"]);
        assert_eq!(cases("", 3), [""]);
    }

    #[test]
    fn sqlite_looks_for_what_is_rare() {
        let is_sought =
            |text: &str, case| Needles::new(&[text.to_owned()], case).unwrap().is_sought();
        assert!(is_sought("needle_in", LetterCase::Counts));
        assert!(is_sought("NEEDLE_in_a", LetterCase::Ignored));
        for text in ["eat", "СПРЯТАНА иголка", "привет"] {
            assert!(!is_sought(text, LetterCase::Counts), "{text}");
        }
        assert!(!is_sought("eselts", LetterCase::Ignored));
    }
}
