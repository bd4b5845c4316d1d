//! Globs for names and paths. They are matched as regular expressions, so that nested choices do not multiply.

use std::{iter::Peekable, str::Chars};

use limits::Work;

use super::{
    FilePath, WorkspaceError,
    error::refused_pattern,
    pattern::{Pattern, Scan, Verdict},
};

/// The most bytes of a glob.
const GLOB_BYTES: usize = 1_000;

/// The maximum depth of nested choices.
const MAX_DEPTH: usize = 20;

/// A parsed glob.
#[derive(Debug)]
pub struct Glob {
    pattern: Pattern,
    /// The length of the prefix of paths that the glob does not cover.
    skipped: usize,
    of_name: bool,
    /// The glob as written, which also matches literally: a path may contain these characters, such as
    /// `app/[id]/page.tsx`.
    bare: String,
    /// Whether a `!` precedes it, which inverts the match.
    is_inverted: bool,
}

impl Glob {
    /// Parses a glob for paths below `under`; see [`super::Find::glob`].
    ///
    /// # Errors
    /// When it is invalid or too large.
    pub fn parse(written: &str, under: &FilePath) -> Result<Self, WorkspaceError> {
        let refused = |reason: String| refused_pattern(written, reason);
        if written.len() > GLOB_BYTES {
            return Err(refused(format!("it exceeds {GLOB_BYTES} bytes")));
        }
        let positive = written.trim_start_matches('!');
        let bare = positive.trim_start_matches("./").trim_start_matches('/');
        let source = translated(bare).map_err(refused)?;
        let hir = regex_syntax::parse(&source).map_err(|error| refused(error.to_string()))?;
        Ok(Self {
            pattern: Pattern::compile(&hir).map_err(refused)?,
            bare: bare.to_owned(),
            of_name: !positive.contains('/'),
            is_inverted: (written.len() - positive.len()) % 2 == 1,
            skipped: if under.is_root() {
                0
            } else {
                under.as_str().len() + 1
            },
        })
    }

    /// Whether the glob matches the path.
    #[must_use]
    pub fn takes(&mut self, path: &FilePath) -> bool {
        self.takes_counted(path, &mut Work::slice())
    }

    /// Whether the glob matches the path. Paths are short and are matched completely, even when no work is left.
    pub(super) fn takes_counted(&mut self, path: &FilePath, work: &mut Work) -> bool {
        let text = if self.of_name {
            path.name()
        } else {
            path.as_str().get(self.skipped..).unwrap_or_default()
        };
        if text == self.bare {
            return !self.is_inverted;
        }
        let mut scan = Scan::default();
        let mut whole = Work::of(u64::MAX);
        let verdict = self.pattern.search(text.as_bytes(), &mut scan, &mut whole);
        work.spend(u64::MAX - whole.left());
        (verdict == Verdict::Match) != self.is_inverted
    }
}

/// The regular expression for a glob. Choices stay choices, so that they do not multiply.
fn translated(glob: &str) -> Result<String, String> {
    let mut out = String::from(r"(?s)\A(?:");
    let mut depth = 0_usize;
    let mut chars = glob.chars().peekable();
    // Whether a name of the path begins here.
    let mut is_start = true;
    while let Some(char) = chars.next() {
        let was_start = std::mem::take(&mut is_start);
        match char {
            '*' => {
                let mut stars = 1;
                while chars.next_if_eq(&'*').is_some() {
                    stars += 1;
                }
                let is_name = was_start && matches!(chars.peek(), None | Some('/' | ',' | '}'));
                if stars != 2 || !is_name {
                    out.push_str("[^/]*");
                } else if chars.next_if_eq(&'/').is_some() {
                    out.push_str("(?:.*/)?");
                    is_start = true;
                } else {
                    out.push_str(".*");
                }
            }
            '?' => out.push_str("[^/]"),
            '[' => class(&mut chars, &mut out)?,
            '{' => {
                depth += 1;
                if depth > MAX_DEPTH {
                    return Err(format!("it has more than {MAX_DEPTH} nested choices"));
                }
                out.push_str("(?:");
                is_start = was_start;
            }
            ',' if depth > 0 => {
                out.push('|');
                is_start = true;
            }
            '}' if depth > 0 => {
                depth -= 1;
                out.push(')');
            }
            '\\' => match chars.next() {
                Some(char) => push_literal(char, &mut out),
                None => return Err("nothing follows its last backslash".to_owned()),
            },
            other => {
                push_literal(other, &mut out);
                is_start = other == '/';
            }
        }
    }
    if depth > 0 {
        return Err("a `{` has no `}`".to_owned());
    }
    out.push_str(r")\z");
    Ok(out)
}

/// Translates a character class after its `[`. A slash never belongs to a class.
fn class(chars: &mut Peekable<Chars<'_>>, out: &mut String) -> Result<(), String> {
    let is_negated = chars.next_if(|char| matches!(char, '!' | '^')).is_some();
    out.push_str(if is_negated { "[^/" } else { "[" });
    let mut is_first = true;
    loop {
        match chars.next() {
            None => return Err("a `[` has no `]`: write `\\[` for a bracket in a name".to_owned()),
            Some(']') if !is_first => break,
            Some('-') if !is_first && chars.peek().is_some_and(|next| *next != ']') => {
                out.push('-');
            }
            Some('\\') => {
                let escaped = chars.next().ok_or("nothing follows its last backslash")?;
                push_literal(escaped, out);
            }
            Some(other) => push_literal(other, out),
        }
        is_first = false;
    }
    out.push(']');
    Ok(())
}

fn push_literal(char: char, out: &mut String) {
    // These two have another meaning after a backslash.
    if char.is_ascii_punctuation() && !matches!(char, '<' | '>') {
        out.push('\\');
    }
    out.push(char);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn takes(glob: &str, path: &str) -> bool {
        let mut glob = Glob::parse(glob, &FilePath::root()).unwrap();
        glob.takes(&FilePath::parse(path).unwrap())
    }

    #[test]
    fn globs_are_read_as_people_write_them() {
        for (glob, path, expected) in [
            ("*", "a/b.rs", true),
            ("*.rs", "a/b.rs", true),
            ("*.rs", "a/b.rss", false),
            ("a/*.rs", "a/b.rs", true),
            ("a/*.rs", "a/c/b.rs", false),
            ("**/*.rs", "b.rs", true),
            ("**/*.rs", "a/c/b.rs", true),
            ("a/**", "a/c/b.rs", true),
            ("a/**/b.rs", "a/b.rs", true),
            ("{a,b}.{rs,toml}", "b.toml", true),
            ("{,a}b", "b", true),
            ("{a,{b,c}}", "c", true),
            ("[!a]", "b", true),
            ("[a-c]?", "cx", true),
            ("?", "é", true),
            ("gr*ße", "größe", true),
            ("!*.rs", "a.rs", false),
            ("!*.rs", "a.md", true),
            (".*", ".gitignore", true),
            ("*", ".gitignore", true),
            (r"\*", "*", true),
            ("[]a]", "]", true),
            ("[a-]", "-", true),
            ("[é-ü]", "ö", true),
            ("a[!x]b", "a/b", false),
            ("a**b", "axxb", true),
            ("a**b", "a/b", false),
            ("{**/,}b", "c/b", true),
            ("a}", "a}", true),
            ("a.b", "axb", false),
            ("<a>[<-]", "<a>-", true),
            ("app/[id]/page.tsx", "app/[id]/page.tsx", true),
            ("app/[id]/page.tsx", "app/i/page.tsx", true),
            ("[id].tsx", "a/[id].tsx", true),
            (r"app/\[id\]/*", "app/[id]/page.tsx", true),
            (r"app/[[]id[]]/*", "app/[id]/page.tsx", true),
            (r"app/\[id\]/*", "app/i/page.tsx", false),
            (r"\{a\}*", "{a}b", true),
            ("what?.md", "what?.md", true),
        ] {
            assert_eq!(takes(glob, path), expected, "{glob} on {path}");
        }
    }

    #[test]
    fn choices_do_not_multiply() {
        let glob = format!("{}x", "{a,a*,*a}".repeat(90));
        let mut glob = Glob::parse(&glob, &FilePath::root()).unwrap();
        let mut work = Work::of(u64::MAX);
        let path = FilePath::parse(&"a".repeat(200)).unwrap();
        assert!(!glob.takes_counted(&path, &mut work));
        assert!(u64::MAX - work.left() < 5 * Work::SLICE);
        // The second match uses the cached states.
        let mut again = Work::of(u64::MAX);
        glob.takes_counted(&path, &mut again);
        assert!(again.left() > work.left());
    }

    #[test]
    fn globs_that_are_too_large_are_refused() {
        for glob in [
            "a".repeat(1_001),
            "{".repeat(30),
            "{a".to_owned(),
            "[a".to_owned(),
        ] {
            assert!(Glob::parse(&glob, &FilePath::root()).is_err(), "{glob}");
        }
    }
}
