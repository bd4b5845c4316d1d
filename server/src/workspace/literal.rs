//! The text that every match of a regular expression has in it. Files without it need not be read.

/// The longest such text that is easily seen; `None` when there is none, or when the pattern is more than is understood
/// here. It never names a text that a match could be without.
pub(super) fn required(pattern: &str) -> Option<String> {
    let mut scan = Scan::default();
    let mut chars = pattern.chars().peekable();
    let mut depth = 0_u32;
    while let Some(char) = chars.next() {
        match char {
            '\\' => match chars.next()? {
                escaped if escaped.is_ascii_punctuation() => scan.literal(escaped, depth),
                'd' | 'D' | 'w' | 'W' | 's' | 'S' | 'b' | 'B' | 'A' | 'z' => scan.end_run(),
                // A character by its number, and what a later syntax may add.
                _ => return None,
            },
            '|' if depth == 0 => return None,
            '(' => {
                scan.end_run();
                depth += 1;
                if chars.next_if_eq(&'?').is_some() && chars.next() != Some(':') {
                    // Flags change what everything after them means.
                    return None;
                }
            }
            ')' => {
                scan.end_run();
                depth = depth.checked_sub(1)?;
            }
            '[' => {
                scan.end_run();
                skip_class(&mut chars)?;
            }
            '*' | '?' => scan.drop_last(),
            '{' => {
                scan.drop_last();
                chars.by_ref().find(|char| *char == '}')?;
            }
            '+' | '.' | '^' | '$' | '|' => scan.end_run(),
            other => scan.literal(other, depth),
        }
    }
    scan.end_run();
    (depth == 0 && !scan.best.is_empty()).then_some(scan.best)
}

/// Goes behind the class that has just begun; `None` when it has classes in it.
fn skip_class(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Option<()> {
    chars.next_if_eq(&'^');
    // A `]` that comes first ends nothing.
    chars.next_if_eq(&']');
    loop {
        match chars.next()? {
            '\\' => {
                chars.next()?;
            }
            '[' => return None,
            ']' => return Some(()),
            _ => {}
        }
    }
}

#[derive(Default)]
struct Scan {
    run: String,
    best: String,
}

impl Scan {
    /// What is in a group may be there or not.
    fn literal(&mut self, char: char, depth: u32) {
        if depth == 0 {
            self.run.push(char);
        }
    }

    fn end_run(&mut self) {
        if self.run.len() > self.best.len() {
            std::mem::swap(&mut self.run, &mut self.best);
        }
        self.run.clear();
    }

    /// The last character may not be there at all.
    fn drop_last(&mut self) {
        self.run.pop();
        self.end_run();
    }
}

#[cfg(test)]
mod tests {
    use super::required;

    fn check(pattern: &str, expected: Option<&str>) {
        assert_eq!(required(pattern).as_deref(), expected, "{pattern}");
    }

    #[test]
    fn what_every_match_has() {
        check("fn main", Some("fn main"));
        check(r"fn\s+run_\w+\(", Some("run_"));
        check(r"a\.b", Some("a.b"));
        check("(foo|bar)baz", Some("baz"));
        check("(?:foo)+x?yz*", Some("y"));
        check("ab+c", Some("ab"));
        check("abc{0}de", Some("ab"));
        check("[abc]def[^]x]", Some("def"));
        check("colou?r", Some("colo"));
        check("größe", Some("größe"));
        check("a|b", None);
        check("(a)", None);
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
            "(b", ")",
        ];
        let ends = ["", "", "", "*", "+", "?", "{0}", "{2}", "*?", "+?", "??"];
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
            let (Ok(regex), Some(literal)) = (regex_lite::Regex::new(&pattern), required(&pattern))
            else {
                continue;
            };
            let text: String = (0..random.usize(..8))
                .map(|_| *random.choice(&['a', 'b', '.', 'c']).unwrap())
                .collect();
            if let Some(found) = regex.find(&text) {
                assert!(
                    found.as_str().contains(&literal),
                    "{pattern} on {text} without {literal}"
                );
                checked += 1;
            }
        }
        assert!(checked > 500, "{checked}");
    }
}
