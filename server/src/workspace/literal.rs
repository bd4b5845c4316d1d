//! The texts one of which every match of a regular expression has in it. Files with none of them need not be read.

use std::{iter::Peekable, str::Chars};

/// A pattern with more choices than this is as one without a text: each is looked for by itself.
const MAX_TEXTS: usize = 8;

/// The most groups within each other.
const MAX_DEPTH: u32 = 32;

/// Such texts, as long and as few as is easily seen; `None` when there are none, or when the pattern is more than is
/// understood here. A match is never without all of them.
pub(super) fn required(pattern: &str) -> Option<Vec<String>> {
    let mut scan = Scan {
        chars: pattern.chars().peekable(),
        depth: 0,
    };
    let texts = scan.alternatives()?;
    let is_read = scan.chars.next().is_none();
    (is_read && !texts.is_empty()).then_some(texts)
}

/// Texts of which there is one in every match of a part of the pattern; empty: nothing is known.
type Texts = Vec<String>;

/// Reads the pattern. `None` is what is not understood.
struct Scan<'p> {
    chars: Peekable<Chars<'p>>,
    depth: u32,
}

impl Scan<'_> {
    fn alternatives(&mut self) -> Option<Texts> {
        let mut all = self.sequence()?;
        let mut is_known = !all.is_empty();
        while self.chars.next_if_eq(&'|').is_some() {
            let other = self.sequence()?;
            is_known &= !other.is_empty();
            all.extend(other);
        }
        if !is_known || all.len() > MAX_TEXTS {
            all.clear();
        }
        Some(all)
    }

    /// Up to the next alternative, or to the end of the group.
    fn sequence(&mut self) -> Option<Texts> {
        let mut sequence = Sequence::default();
        while let Some(char) = self.chars.next_if(|char| !matches!(char, '|' | ')')) {
            let mut group = Texts::new();
            match char {
                '\\' => match self.chars.next()? {
                    // The ends of a word.
                    '<' | '>' => sequence.end_run(),
                    escaped if escaped.is_ascii_punctuation() => sequence.run.push(escaped),
                    'd' | 'D' | 'w' | 'W' | 's' | 'S' | 'b' | 'B' | 'A' | 'z' => sequence.end_run(),
                    // A character by its number, and what a later syntax may add.
                    _ => return None,
                },
                '(' => {
                    sequence.end_run();
                    group = self.group()?;
                }
                '[' => {
                    sequence.end_run();
                    self.skip_class()?;
                }
                '.' | '^' | '$' => sequence.end_run(),
                other => sequence.run.push(other),
            }
            match self.times()? {
                Times::One => sequence.offer(group),
                Times::More => {
                    sequence.end_run();
                    sequence.offer(group);
                }
                Times::MaybeNone => sequence.drop_last(),
            }
        }
        sequence.end_run();
        Some(sequence.best)
    }

    /// What is said about how often the thing before is there.
    fn times(&mut self) -> Option<Times> {
        let mut times = Times::One;
        while let Some(char) = self
            .chars
            .next_if(|char| matches!(char, '*' | '+' | '?' | '{'))
        {
            times = match (times, char) {
                (Times::One | Times::More, '+') => Times::More,
                _ => Times::MaybeNone,
            };
            if char == '{' {
                self.chars.by_ref().find(|char| *char == '}')?;
            }
        }
        Some(times)
    }

    /// What is behind its parenthesis, and the other one.
    fn group(&mut self) -> Option<Texts> {
        if self.chars.next_if_eq(&'?').is_some() && self.chars.next() != Some(':') {
            // Flags change what everything after them means.
            return None;
        }
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return None;
        }
        let texts = self.alternatives()?;
        self.depth -= 1;
        self.chars.next_if_eq(&')').map(|_| texts)
    }

    /// Goes behind the class that has just begun; `None` when it has classes in it.
    fn skip_class(&mut self) -> Option<()> {
        self.chars.next_if_eq(&'^');
        // A `]` that comes first ends nothing.
        self.chars.next_if_eq(&']');
        loop {
            match self.chars.next()? {
                '\\' => {
                    self.chars.next()?;
                }
                '[' => return None,
                ']' => return Some(()),
                _ => {}
            }
        }
    }
}

/// How often a thing is there.
#[derive(Clone, Copy)]
enum Times {
    One,
    /// Once or more.
    More,
    /// It is not sure to be there.
    MaybeNone,
}

/// What is known of things that follow each other.
#[derive(Default)]
struct Sequence {
    run: String,
    best: Texts,
}

impl Sequence {
    fn end_run(&mut self) {
        let run = std::mem::take(&mut self.run);
        if !run.is_empty() {
            self.offer(vec![run]);
        }
    }

    /// The last character may not be there at all.
    fn drop_last(&mut self) {
        self.run.pop();
        self.end_run();
    }

    fn offer(&mut self, texts: Texts) {
        if worth(&texts) > worth(&self.best) {
            self.best = texts;
        }
    }
}

/// How few files have one of these texts, roughly: beyond four bytes, fewer texts are better than longer ones.
fn worth(texts: &[String]) -> (usize, usize, usize) {
    let shortest = texts.iter().map(String::len).min().unwrap_or(0);
    (
        shortest.min(4),
        MAX_TEXTS.saturating_sub(texts.len()),
        shortest,
    )
}

#[cfg(test)]
mod tests {
    use super::required;

    /// The expected texts, with `|` between them.
    fn check(pattern: &str, expected: Option<&str>) {
        let required = required(pattern).map(|texts| texts.join("|"));
        assert_eq!(required.as_deref(), expected, "{pattern}");
    }

    #[test]
    fn what_every_match_has() {
        check("fn main", Some("fn main"));
        check(r"fn\s+run_\w+\(", Some("run_"));
        check(r"a\.b", Some("a.b"));
        check("(foo|bar)baz", Some("baz"));
        check("(?:foo)+x?yz*", Some("foo"));
        check("(?:foo)*x?yz*", Some("y"));
        check("ab+c", Some("ab"));
        check("abc{0}de", Some("ab"));
        check("[abc]def[^]x]", Some("def"));
        check("colou?r", Some("colo"));
        check("größe", Some("größe"));
        check("TODO|FIXME", Some("TODO|FIXME"));
        check("fn (get|set)_", Some("fn "));
        check("(get|set)_", Some("get|set"));
        check("(?:error|warn(?:ing)?):? it", Some("error|warn"));
        check("(a)", Some("a"));
        check("(foo|b*)x", Some("x"));
        check("a|b|", None);
        check("(foo|bar)?", None);
        check("(foo|bar)+*", None);
        check("a+{0}", None);
        check("a|b|c|d|e|f|g|h|i", None);
        check(&format!("{}a{}", "(".repeat(500), ")".repeat(500)), None);
        check(r"\<foo\>", Some("foo"));
        check("(?i)abc", None);
        check(r"\x41BC", None);
        check(r"\pLabc", None);
        check("[[:alpha:]]abc", None);
        check(r"\d+", None);
        check("", None);
    }

    #[test]
    fn no_match_is_without_it() {
        let atoms = [
            "a", "b", "ab", ".", "[ab]", "[^a]", "(a|b)", "(?:ab)", r"\.", r"\w", "^", "$", "|",
            "(b", ")", r"\<", r"\>", "(a|bb|)",
        ];
        let ends = [
            "", "", "", "*", "+", "?", "{0}", "{2}", "*?", "+?", "??", "+*",
        ];
        let mut random = fastrand::Rng::with_seed(3);
        let mut checked = 0;
        for _ in 0..20_000 {
            let pattern: String = (0..random.usize(1..6))
                .map(|_| {
                    format!(
                        "{}{}",
                        random.choice(atoms).unwrap(),
                        random.choice(ends).unwrap()
                    )
                })
                .collect();
            let (Ok(regex), Some(texts)) = (regex_lite::Regex::new(&pattern), required(&pattern))
            else {
                continue;
            };
            let text: String = (0..random.usize(..8))
                .map(|_| *random.choice(&['a', 'b', '.', 'c']).unwrap())
                .collect();
            if let Some(found) = regex.find(&text) {
                assert!(
                    texts.iter().any(|literal| found.as_str().contains(literal)),
                    "{pattern} on {text} without {texts:?}"
                );
                checked += 1;
            }
        }
        assert!(checked > 500, "{checked}");
    }
}
