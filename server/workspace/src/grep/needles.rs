//! The texts one of which a line that matches has in it, and how they are looked for.

use memchr::memmem;
use sql::SqlValue;

use super::LetterCase;

/// So many bytes of a text are looked for by SQLite, and a few more at the end of a character. Each one more makes the worst
/// case slower, a file in which all but the last of them are everywhere; and few files are told apart by more.
const SOUGHT_BYTES: usize = 5;

/// SQLite looks for no more texts than this, one after the other. Beyond that each file is read, and looked through once.
const SOUGHT_TEXTS: usize = 2;

/// Characters of program text, the most common ones first.
const COMMON: &str = " etarnsioldcupm_fh().,;=\"g:b-y/w<>{}vk&*x'";

/// Texts one of which a line that matches has in it.
#[derive(Debug)]
pub(super) struct Needles {
    texts: Vec<String>,
    case: LetterCase,
}

impl Needles {
    /// Without texts, or when there is nothing of a text to go by, each line may match.
    pub(super) fn new(texts: Vec<String>, case: LetterCase) -> Option<Self> {
        let texts: Vec<String> = match case {
            LetterCase::Counts => texts,
            LetterCase::Ignored => texts
                .iter()
                .map(|text| longest_ascii(text))
                .collect::<Option<_>>()?,
        };
        (!texts.is_empty()).then_some(Self { texts, case })
    }

    /// How many texts SQLite looks for; `None`: so many that it does not.
    pub(super) fn sought(&self) -> Option<usize> {
        Some(self.texts.len()).filter(|count| *count <= SOUGHT_TEXTS)
    }

    /// What SQLite is asked about the bytes of a file, and the values for it, which are numbered from `first` on. It finds
    /// the beginning of such a pattern several times faster than a text by `instr`.
    pub(super) fn condition(&self, first: usize) -> (String, Vec<SqlValue>) {
        let syntax = match self.case {
            LetterCase::Counts => &GLOB,
            LetterCase::Ignored => &LIKE,
        };
        let asked: Vec<String> = (first..)
            .take(self.texts.len())
            .map(|number| {
                format!(
                    "CAST(c.bytes AS TEXT) {}",
                    syntax.operator.replace('?', &format!("?{number}"))
                )
            })
            .collect();
        let patterns = self.texts.iter().map(|text| syntax.pattern(text).into());
        (asked.join(" OR "), patterns.collect())
    }

    /// Begins to look through a text.
    pub(super) fn within(&self, text: &str) -> Finds {
        let finder = |needle: &String| Find {
            finder: memmem::Finder::new(needle.as_bytes()).into_owned(),
            next: Some(0),
        };
        Finds {
            finds: self.texts.iter().map(finder).collect(),
            lower: match self.case {
                LetterCase::Counts => None,
                LetterCase::Ignored => Some(text.as_bytes().to_ascii_lowercase()),
            },
        }
    }
}

/// The places of needles in a text.
#[derive(Debug)]
pub(super) struct Finds {
    finds: Vec<Find>,
    /// The text, where case is ignored.
    lower: Option<Vec<u8>>,
}

#[derive(Debug)]
struct Find {
    finder: memmem::Finder<'static>,
    /// No place is before it; `None`: there is none any more.
    next: Option<usize>,
}

impl Finds {
    /// The first place from a byte on, in the text that was begun with.
    pub(super) fn from(&mut self, text: &str, from: usize) -> Option<usize> {
        let text = self.lower.as_deref().unwrap_or(text.as_bytes());
        self.finds
            .iter_mut()
            .filter_map(|find| find.from(text, from))
            .min()
    }
}

impl Find {
    fn from(&mut self, text: &[u8], from: usize) -> Option<usize> {
        let known = self.next?;
        if known == 0 || known < from {
            let at = self.finder.find(text.get(from..)?);
            self.next = at.map(|at| from + at);
        }
        self.next
    }
}

/// The longest run, in lower case, of what SQLite knows both cases of: ASCII, but for the two letters that have a third case
/// beyond it (the Kelvin sign and the long s).
fn longest_ascii(text: &str) -> Option<String> {
    text.split(|char: char| !char.is_ascii() || matches!(char, 'k' | 'K' | 's' | 'S'))
        .max_by_key(|run| run.len())
        .filter(|run| !run.is_empty())
        .map(str::to_ascii_lowercase)
}

/// One of SQLite's two kinds of pattern.
struct Syntax {
    operator: &'static str,
    /// Stands for any text.
    any: char,
    /// What stands for itself only in the company of `escape`.
    special: &'static [char],
    escape: (&'static str, &'static str),
}

/// The case of letters counts.
const GLOB: Syntax = Syntax {
    operator: "GLOB ?",
    any: '*',
    special: &['*', '?', '['],
    escape: ("[", "]"),
};

/// The case of ASCII does not count.
const LIKE: Syntax = Syntax {
    operator: "LIKE ? ESCAPE '\\'",
    any: '%',
    special: &['%', '_', '\\'],
    escape: ("\\", ""),
};

impl Syntax {
    /// The pattern that takes what has this text, or a good part of it, in it. SQLite looks for the first character and
    /// tries from there: it is a rare one, as long as enough is left.
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
        let texts = ["b", "ab"].map(str::to_owned).to_vec();
        let needles = Needles::new(texts, LetterCase::Ignored).unwrap();
        let text = "cAB..b";
        let mut finds = needles.within(text);
        let mut found = Vec::new();
        let mut from = 0;
        while let Some(at) = finds.from(text, from) {
            found.push(at);
            from = at + 1;
        }
        assert_eq!(found, [1, 2, 5]);
    }
}
