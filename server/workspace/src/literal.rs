//! Finds literal texts, one of which every match of a regular expression contains. Files without them need not be
//! read.

use regex_syntax::hir::{Class, Hir, HirKind};

/// A pattern with more alternatives counts as one without texts: each text is searched for separately.
const MAX_TEXTS: usize = 8;

/// Such texts, as long and few as can easily be found; empty when there are none. Every match contains at least one.
pub(super) fn required(hir: &Hir) -> Vec<String> {
    let mut sequence = Sequence::default();
    sequence.push(hir);
    sequence.end_run();
    sequence.best
}

/// Whether a pattern is meant to match across line breaks: it names one, or matches any character. A class such as
/// `\s` or `[^a]`, which happens to contain the line break, does not count.
pub(super) fn is_over_lines(hir: &Hir) -> bool {
    match hir.kind() {
        HirKind::Literal(literal) => literal.0.contains(&b'\n'),
        HirKind::Class(Class::Unicode(class)) => class.iter().any(|range| {
            let is_break = (range.start(), range.end()) == ('\n', '\n');
            is_break || (range.start(), range.end()) == ('\0', char::MAX)
        }),
        HirKind::Empty | HirKind::Class(Class::Bytes(_)) | HirKind::Look(_) => false,
        HirKind::Repetition(times) => is_over_lines(&times.sub),
        HirKind::Capture(group) => is_over_lines(&group.sub),
        HirKind::Concat(all) | HirKind::Alternation(all) => all.iter().any(is_over_lines),
    }
}

/// The facts about a concatenation.
#[derive(Default)]
struct Sequence {
    /// The text that must follow here without a gap.
    run: String,
    best: Vec<String>,
}

impl Sequence {
    fn push(&mut self, hir: &Hir) {
        match hir.kind() {
            HirKind::Empty => {}
            HirKind::Literal(literal) => match std::str::from_utf8(&literal.0) {
                Ok(text) => self.run.push_str(text),
                Err(_) => self.end_run(),
            },
            HirKind::Look(_) | HirKind::Class(_) => self.end_run(),
            HirKind::Capture(group) => self.push(&group.sub),
            HirKind::Concat(all) => {
                for one in all {
                    self.push(one);
                }
            }
            HirKind::Repetition(times) => {
                if times.min > 0 {
                    self.push(&times.sub);
                }
                self.end_run();
            }
            HirKind::Alternation(all) => {
                self.end_run();
                let mut texts = Vec::new();
                for one in all {
                    let one = required(one);
                    if one.is_empty() {
                        return;
                    }
                    texts.extend(one);
                }
                self.offer(texts);
            }
        }
    }

    fn end_run(&mut self) {
        let run = std::mem::take(&mut self.run);
        if !run.is_empty() {
            self.offer(vec![run]);
        }
    }

    fn offer(&mut self, texts: Vec<String>) {
        if texts.len() <= MAX_TEXTS && worth(&texts) > worth(&self.best) {
            self.best = texts;
        }
    }
}

/// A rank for texts that exclude many files: beyond four bytes, fewer texts are better than longer ones.
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
    use super::{is_over_lines, required};

    /// The expected texts, with `|` between them.
    fn check(pattern: &str, expected: &str) {
        let hir = regex_syntax::parse(pattern).unwrap();
        assert_eq!(required(&hir).join("|"), expected, "{pattern}");
    }

    #[test]
    fn the_text_that_every_match_contains() {
        check("fn main", "fn main");
        check(r"fn\s+run_\w+\(", "run_");
        check(r"a\.b", "a.b");
        check("(foo|bar)baz", "baz");
        check("(?:foo)+x?yz*", "foo");
        check("(?:foo)*x?yz*", "y");
        check("ab+c", "ab");
        check("[abc]def[^]x]", "def");
        check("colou?r", "colo");
        check("größe", "größe");
        check("TODO|FIXME", "TODO|FIXME");
        check("fn (get|set)_", "fn ");
        check("(gen|set)_", "gen|set");
        check("(?:error|warn(?:ing)?):? it", "error|warn");
        check("(a)", "a");
        check("(foo|b*)x", "x");
        check(r"\<foo\>", "foo");
        check(r"\x41BC", "ABC");
        check(r"\pLabc", "abc");
        check("(?i)1abc", "1");
        check("a|b|", "");
        check("(foo|bar)?", "");
        check("aa|bb|cc|dd|ee|ff|gg|hh|ii", "");
        check(r"\d+", "");
        check("", "");
    }

    #[test]
    fn patterns_with_line_breaks_are_recognised() {
        let check = |pattern: &str, expected: bool| {
            let hir = regex_syntax::parse(pattern).unwrap();
            assert_eq!(is_over_lines(&hir), expected, "{pattern}");
        };
        check(r"a\nb", true);
        check(r"(a\n)+|\nb", true);
        check(r"(a\n)*", true);
        check(r"a\n|b", true);
        check(r"(?:a|\n)", true);
        check(r"[\r\n]+", true);
        check("(?s)a.*b", true);
        check(r"a[\s\S]*b", true);
        check(r"a(?:.|\n)*b", true);
        check(r"\s", false);
        check("[^a]", false);
        check("a.*b", false);
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
            let Ok(hir) = regex_syntax::parse(&pattern) else {
                continue;
            };
            let texts = required(&hir);
            if texts.is_empty() {
                continue;
            }
            let regex = regex_lite::Regex::new(&pattern).unwrap();
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
