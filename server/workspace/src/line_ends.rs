//! Line ends: LF, or CR LF as on Windows. Text written by an author who does not care about them gets those of its
//! file.

use super::diff::{self, Same};

/// The line ends of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineEnds {
    /// The text has no line breaks.
    None,
    /// Only LF.
    Lf,
    /// Only CR LF.
    CrLf,
    /// LF and CR LF.
    Mixed,
}

impl LineEnds {
    /// The line ends of a text.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let bytes = text.as_bytes();
        let (mut lf, mut crlf) = (false, false);
        for at in memchr::memchr_iter(b'\n', bytes) {
            if at.checked_sub(1).and_then(|before| bytes.get(before)) == Some(&b'\r') {
                crlf = true;
            } else {
                lf = true;
            }
            if lf && crlf {
                break;
            }
        }
        match (lf, crlf) {
            (false, false) => Self::None,
            (true, false) => Self::Lf,
            (false, true) => Self::CrLf,
            (true, true) => Self::Mixed,
        }
    }

    /// The name for people.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Lf => "LF",
            Self::CrLf => "CR LF",
            Self::Mixed => "LF and CR LF",
        }
    }
}

/// A text with LF only, and the positions of removed CRs.
#[derive(Debug)]
pub(super) struct LfText {
    pub(super) text: String,
    /// The positions of the LFs that followed a CR.
    without_cr: Vec<usize>,
}

impl LfText {
    pub(super) fn of(text: &str) -> Self {
        let mut out = String::with_capacity(text.len());
        let mut without_cr = Vec::new();
        let mut from = 0;
        for at in memchr::memmem::find_iter(text.as_bytes(), "\r\n") {
            out.push_str(text.get(from..at).unwrap_or_default());
            without_cr.push(out.len());
            from = at + 1;
        }
        out.push_str(text.get(from..).unwrap_or_default());
        Self {
            text: out,
            without_cr,
        }
    }

    /// The position in the original text of a position in this one: before the CR, if there was one.
    pub(super) fn origin(&self, at: usize) -> usize {
        at + self.without_cr.partition_point(|lf| *lf < at)
    }
}

/// A new text with the line ends of an old one: a line in both keeps its line end; other lines get that of the line
/// before them, or `otherwise`.
pub(super) fn kept(old: &str, new: &str, otherwise: &str) -> String {
    let new = LfText::of(new).text;
    let ends = match LineEnds::of(old) {
        LineEnds::CrLf => return new.replace('\n', "\r\n"),
        LineEnds::Lf => return new,
        LineEnds::None if otherwise == "\n" => return new,
        LineEnds::None => return new.replace('\n', otherwise),
        LineEnds::Mixed => ends_of(old),
    };
    let bare = LfText::of(old).text;
    let mut out = String::with_capacity(new.len() + new.len() / 16);
    let mut lines = new.split_inclusive('\n');
    let mut last = ends.first().copied().unwrap_or(otherwise);
    let (mut old_line, mut new_line) = (0, 0);
    let mut push = |line: Option<&str>, end: Option<&'static str>| {
        let Some(line) = line else { return };
        match line.strip_suffix('\n') {
            Some(line) => {
                last = end.unwrap_or(last);
                out.push_str(line);
                out.push_str(last);
            }
            None => out.push_str(line),
        }
    };
    for same in diff::same_lines(&bare, &new) {
        let Same { old, new, count } = same;
        // The number of lines is unchanged: each line corresponds to the one in its place.
        let is_as_many = new - new_line == old - old_line;
        for number in 0..new - new_line {
            let end = is_as_many
                .then(|| ends.get(old_line + number).copied())
                .flatten();
            push(lines.next(), end);
        }
        for number in 0..count {
            push(lines.next(), ends.get(old + number).copied());
        }
        (old_line, new_line) = (old + count, new + count);
    }
    out
}

/// The ends of all lines.
fn ends_of(text: &str) -> Vec<&'static str> {
    let lines = text.split_inclusive('\n');
    lines
        .filter(|line| line.ends_with('\n'))
        .map(|line| if line.ends_with("\r\n") { "\r\n" } else { "\n" })
        .collect()
}

/// The end of the line at a position, or of the line before it when it has none.
pub(super) fn end_at(text: &str, at: usize) -> &'static str {
    let end_of = |lf: usize| {
        let before = lf
            .checked_sub(1)
            .and_then(|before| text.as_bytes().get(before));
        if before == Some(&b'\r') { "\r\n" } else { "\n" }
    };
    let (before, behind) = text.as_bytes().split_at_checked(at).unwrap_or_default();
    let next = memchr::memchr(b'\n', behind).map(|lf| at + lf);
    next.or_else(|| memchr::memrchr(b'\n', before))
        .map_or("\n", end_of)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_are_known() {
        for (text, expected) in [
            ("", LineEnds::None),
            ("a\rb", LineEnds::None),
            ("a\nb", LineEnds::Lf),
            ("a\r\n", LineEnds::CrLf),
            ("\n\r\n", LineEnds::Mixed),
        ] {
            assert_eq!(LineEnds::of(text), expected, "{text:?}");
        }
    }

    #[test]
    fn places_are_found_again() {
        let text = "a\r\nb\n\r\nc";
        let lf = LfText::of(text);
        assert_eq!(lf.text, "a\nb\n\nc");
        let origins: Vec<usize> = (0..=6).map(|at| lf.origin(at)).collect();
        assert_eq!(origins, [0, 1, 3, 4, 5, 7, 8]);
    }

    #[test]
    fn each_line_keeps_its_end() {
        let check = |old: &str, new: &str, expected: &str| {
            assert_eq!(kept(old, new, "\n"), expected, "{old:?} {new:?}");
        };
        check("a\r\nb\r\n", "a\nx\nb\n", "a\r\nx\r\nb\r\n");
        check("a\r\nb\r\n", "a\r\nx\n", "a\r\nx\r\n");
        check("a\nb\n", "a\r\nx\n", "a\nx\n");
        check("", "a\nb\n", "a\nb\n");
        check("a\r\nb\nc\r\n", "a\nB\nc\n", "a\r\nB\nc\r\n");
        check(
            "a\r\nb\nc\r\nd\n",
            "a\nb\nnew\nc\nd\n",
            "a\r\nb\nnew\nc\r\nd\n",
        );
        check("a\r\nb\nc\r\nd\n", "b\nc\nd\n", "b\nc\r\nd\n");
        check("a\r\nb\nc", "x\na\nb\nc\nd", "x\r\na\r\nb\nc\nd");
        check("a\r\nb\nc\r\nd\n", "x\ny\n", "x\r\ny\r\n");
    }
}
