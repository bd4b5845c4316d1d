//! Editing: old text becomes new text, in several places at once or nowhere.

use std::ops::Range;

use thiserror::Error;

use super::{
    Diff, Encoding, Expect, FilePath, Hash, Kind, Workspace, WorkspaceError, diff,
    line_ends::{self, LfText},
};

/// The most lines that are named when a text is there several times.
const NAMED_LINES: usize = 10;

/// The most bytes that all edits of a call look through, and the most places that are replaced.
const SOUGHT_BYTES: usize = 20_000_000;
const PLACES: usize = 100_000;

/// The most bytes of the diff that tells what an edit did.
const DIFF_BYTES: usize = 16_000;

/// Old text that becomes new text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// The text as it is in the file, line breaks included. LF stands for CR LF too.
    pub old: String,
    /// What is to be there instead.
    pub new: String,
    /// How often the old text is there.
    pub occurrences: Occurrences,
}

/// How often an old text is in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Occurrences {
    /// Once. It is refused when it is there more often.
    One,
    /// Once or more often, and each is replaced.
    All,
}

/// A file was edited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edited {
    /// Which file.
    pub path: FilePath,
    /// Of its new content.
    pub hash: Hash,
    /// Its new size in bytes.
    pub size: u64,
    /// How it is written down as bytes, as before.
    pub encoding: Encoding,
    /// The number of the change.
    pub version: u64,
    /// How many places were replaced.
    pub replaced: u64,
    /// What changed.
    pub diff: Diff,
}

/// Why edits do not fit the text. Edits are counted from 1.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum EditError {
    /// There is none.
    #[error("there is no edit: say which text becomes which")]
    None,
    /// There are too many for so long a text.
    #[error(
        "{edits} edits of a file of {bytes} bytes are too much at once: make fewer in one call"
    )]
    TooMany {
        /// How many.
        edits: usize,
        /// The size of the file.
        bytes: usize,
    },
    /// Its old text is there too often.
    #[error(
        "the old text of edit {edit} is in the file {count} times, and {PLACES} can be replaced at once: give more of the text around it"
    )]
    TooOften {
        /// Which edit.
        edit: usize,
        /// How often it is there.
        count: usize,
    },
    /// It has no old text.
    #[error(
        "edit {edit} has no old text: give the text that is to be replaced, or write the whole file"
    )]
    Empty {
        /// Which edit.
        edit: usize,
    },
    /// Its old and new text are the same.
    #[error("edit {edit} changes nothing: its old and new text are the same")]
    Same {
        /// Which edit.
        edit: usize,
    },
    /// Its old text is not in the file.
    #[error("the old text of edit {edit} is not in the file: {}", missing(*hint))]
    Missing {
        /// Which edit.
        edit: usize,
        /// What would be there.
        hint: Hint,
    },
    /// Its old text is there more than once.
    #[error(
        "the old text of edit {edit} is in the file {count} times, at lines {lines:?}: give more of the text around the one that is meant, or replace all"
    )]
    Ambiguous {
        /// Which edit.
        edit: usize,
        /// How often it is there.
        count: usize,
        /// The lines it begins at, the first ones.
        lines: Vec<u64>,
    },
    /// Two edits replace the same text.
    #[error("edits {first} and {second} overlap at line {line}: make one of them")]
    Overlap {
        /// One edit.
        first: usize,
        /// The other one.
        second: usize,
        /// Where.
        line: u64,
    },
}

/// Why an old text may not be in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hint {
    /// It is, with other white space at the ends of its lines.
    Indentation {
        /// The line it begins at.
        line: u64,
    },
    /// Nothing like it is.
    Unknown,
}

fn missing(hint: Hint) -> String {
    match hint {
        Hint::Indentation { line } => {
            format!("line {line} has it with other white space, so copy it from there")
        }
        Hint::Unknown => "read the file again and copy it from there".to_owned(),
    }
}

/// One place that is replaced.
struct Place<'e> {
    edit: usize,
    range: Range<usize>,
    new: &'e str,
}

impl Workspace<'_> {
    /// Edits the file that was read with this hash. Every edit is of the text as it was read; all are made or none. The
    /// encoding of the file stays, and each line keeps its end; new lines get that of the lines around them.
    ///
    /// # Errors
    /// When the file is another one by now, when an edit does not fit, or when a statement fails.
    pub fn edit(
        &self,
        path: &FilePath,
        read: &Hash,
        edits: &[Edit],
    ) -> Result<Edited, WorkspaceError> {
        self.file(path)?;
        let expect = Expect::Content(vec![read.clone()]);
        let Some(content) = self.expected(path, &expect)? else {
            return Err(WorkspaceError::NotFound {
                path: path.clone(),
                near_miss: None,
            });
        };
        let old = self
            .text_of(&content)?
            .ok_or_else(|| WorkspaceError::Binary {
                path: path.clone(),
                size: content.size,
            })?;
        let lf = LfText::of(&old);
        let edits: Vec<Edit> = edits.iter().map(Edit::with_lf).collect();
        let places = places(&lf.text, &edits)?;
        let (size, limit) = (size_after(&lf.text, &places), self.limits.file_bytes);
        if size > limit {
            let path = path.clone();
            return Err(WorkspaceError::TooLarge { path, size, limit });
        }
        let (new, replaced) = (applied(&old, &lf, &places), places.len() as u64);
        let encoding = match content.kind {
            Kind::Text { encoding, .. } => encoding,
            Kind::Binary => Encoding::UTF_8,
        };
        let written = self.write_encoded(path, &new, encoding, &expect)?;
        Ok(Edited {
            path: written.path,
            hash: written.hash,
            size: written.size,
            encoding,
            version: written.version,
            replaced,
            diff: diff::of_texts(&old, &new, DIFF_BYTES),
        })
    }
}

/// What all edits replace, in the order of the text.
fn places<'e>(text: &str, edits: &'e [Edit]) -> Result<Vec<Place<'e>>, EditError> {
    if edits.is_empty() {
        return Err(EditError::None);
    }
    if edits.len() > 1 && edits.len().saturating_mul(text.len()) > SOUGHT_BYTES {
        return Err(EditError::TooMany {
            edits: edits.len(),
            bytes: text.len(),
        });
    }
    let mut places = Vec::new();
    for (edit, wanted) in (1..).zip(edits) {
        places.extend(places_of(text, edit, wanted)?);
    }
    places.sort_by_key(|place| (place.range.start, place.edit));
    for pair in places.windows(2) {
        if let [one, two] = pair
            && one.range.end > two.range.start
        {
            return Err(EditError::Overlap {
                first: one.edit,
                second: two.edit,
                line: line_at(text, two.range.start),
            });
        }
    }
    Ok(places)
}

/// How many bytes the text will have: it is known before it is made.
fn size_after(text: &str, places: &[Place<'_>]) -> u64 {
    let gone: usize = places.iter().map(|place| place.range.len()).sum();
    let made = places
        .iter()
        .map(|place| place.new.len() as u64)
        .sum::<u64>();
    (text.len() - gone) as u64 + made
}

impl Edit {
    fn with_lf(&self) -> Self {
        Self {
            old: LfText::of(&self.old).text,
            new: LfText::of(&self.new).text,
            occurrences: self.occurrences,
        }
    }
}

/// The text after all edits. The places are those of the text with LF alone.
fn applied(text: &str, lf: &LfText, places: &[Place<'_>]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for place in places {
        let (start, end) = (lf.origin(place.range.start), lf.origin(place.range.end));
        out.push_str(text.get(at..start).unwrap_or_default());
        let old = text.get(start..end).unwrap_or_default();
        out.push_str(&line_ends::kept(
            old,
            place.new,
            line_ends::end_at(text, start),
        ));
        at = end;
    }
    out.push_str(text.get(at..).unwrap_or_default());
    out
}

fn places_of<'e>(text: &str, edit: usize, wanted: &'e Edit) -> Result<Vec<Place<'e>>, EditError> {
    let old = wanted.old.as_str();
    if old.is_empty() {
        return Err(EditError::Empty { edit });
    }
    if old == wanted.new {
        return Err(EditError::Same { edit });
    }
    let found = || memchr::memmem::find_iter(text.as_bytes(), old);
    let starts: Vec<usize> = found().take(PLACES + 1).collect();
    if starts.len() > PLACES {
        let count = found().count();
        return Err(EditError::TooOften { edit, count });
    }
    match (starts.as_slice(), wanted.occurrences) {
        ([], Occurrences::One | Occurrences::All) => Err(EditError::Missing {
            edit,
            hint: hint(text, old),
        }),
        ([_], Occurrences::One) | (_, Occurrences::All) => Ok(starts
            .iter()
            .map(|start| Place {
                edit,
                range: *start..start + old.len(),
                new: &wanted.new,
            })
            .collect()),
        (several, Occurrences::One) => Err(EditError::Ambiguous {
            edit,
            count: several.len(),
            lines: several
                .iter()
                .take(NAMED_LINES)
                .map(|at| line_at(text, *at))
                .collect(),
        }),
    }
}

/// The number of the line a byte is in, from 1.
fn line_at(text: &str, at: usize) -> u64 {
    let before = text.as_bytes().get(..at).unwrap_or_default();
    memchr::memchr_iter(b'\n', before).count() as u64 + 1
}

fn hint(text: &str, old: &str) -> Hint {
    let wanted = trimmed_lines(old.trim());
    if wanted.len() < 2 {
        return Hint::Unknown;
    }
    let lines = trimmed_lines(text);
    memchr::memmem::find(lines.as_bytes(), wanted.as_bytes()).map_or(Hint::Unknown, |at| {
        Hint::Indentation {
            line: line_at(&lines, at),
        }
    })
}

/// The lines without white space at their ends, each with a break before and behind it.
fn trimmed_lines(text: &str) -> String {
    let mut lines = String::with_capacity(text.len() + 2);
    for line in text.lines() {
        lines.push('\n');
        lines.push_str(line.trim());
    }
    lines.push('\n');
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(old: &str, new: &str) -> Edit {
        Edit {
            old: old.to_owned(),
            new: new.to_owned(),
            occurrences: Occurrences::One,
        }
    }

    fn all(old: &str, new: &str) -> Edit {
        Edit {
            occurrences: Occurrences::All,
            ..one(old, new)
        }
    }

    /// The text after all edits, and how many places were replaced.
    fn edited(text: &str, edits: &[Edit]) -> Result<(String, u64), EditError> {
        let lf = LfText::of(text);
        let edits: Vec<Edit> = edits.iter().map(Edit::with_lf).collect();
        let places = places(&lf.text, &edits)?;
        let new = applied(text, &lf, &places);
        assert_eq!(
            LfText::of(&new).text.len() as u64,
            size_after(&lf.text, &places)
        );
        Ok((new, places.len() as u64))
    }

    #[test]
    fn what_would_take_long_or_much_is_refused_before_it_is_made() {
        let text = "a ".repeat(150_000);
        let refused = |edits: &[Edit]| places(&text, edits).err();
        let count = 150_000;
        assert_eq!(
            refused(&[all("a", "b")]),
            Some(EditError::TooOften { edit: 1, count })
        );
        let edits = vec![one("x", "y"); 100];
        let bytes = text.len();
        assert_eq!(
            refused(&edits),
            Some(EditError::TooMany { edits: 100, bytes })
        );
        let long = "x".repeat(1_000_000);
        let text = "a ".repeat(50_000);
        let edits = [all("a", &long)];
        let places = places(&text, &edits).unwrap();
        assert_eq!(size_after(&text, &places), 50_000 * 1_000_001);
    }

    #[test]
    fn a_hint_is_found_in_one_pass() {
        // Each line of the file is the beginning of what is looked for.
        let text = " a\n".repeat(200_000);
        let old = format!("{}b", "a\n".repeat(100_000));
        assert_eq!(hint(&text, &old), Hint::Unknown);
    }

    #[test]
    fn several_edits_are_of_the_text_as_it_was() {
        let edits = [one("b", "a"), one("a", "b"), all("x", "")];
        assert_eq!(edited("x a b xx", &edits), Ok((" b a ".to_owned(), 5)));
        assert_eq!(
            edited("ab", &[one("b", "1"), one("a", "2")]),
            Ok(("21".to_owned(), 2))
        );
        assert_eq!(edited("é€", &[one("€", "é")]), Ok(("éé".to_owned(), 1)));
    }

    #[test]
    fn what_does_not_fit_is_refused_with_the_reason() {
        let check = |text: &str, edits: &[Edit], expected: EditError| {
            assert_eq!(edited(text, edits), Err(expected));
        };
        check("a", &[], EditError::None);
        check("a", &[one("", "b")], EditError::Empty { edit: 1 });
        check(
            "a",
            &[one("a", "b"), one("a", "a")],
            EditError::Same { edit: 2 },
        );
        let ambiguous = EditError::Ambiguous {
            edit: 1,
            count: 2,
            lines: vec![1, 3],
        };
        check("a\nb\na\n", &[one("a", "c")], ambiguous);
        let overlap = EditError::Overlap {
            first: 1,
            second: 2,
            line: 2,
        };
        check("a\nb c\n", &[one("a\nb", ""), one("b c", "")], overlap);
    }

    #[test]
    fn a_missing_text_is_explained() {
        let check = |text: &str, old: &str, hint: Hint| {
            assert_eq!(
                edited(text, &[one(old, "z")]),
                Err(EditError::Missing { edit: 1, hint })
            );
        };
        check(
            "x\n\tif a {\n\t\tb\n",
            "if a {\n  b",
            Hint::Indentation { line: 2 },
        );
        check("x", "y", Hint::Unknown);
        check("x", "\n", Hint::Unknown);
    }

    #[test]
    fn line_ends_stay() {
        let check = |text: &str, edits: &[Edit], expected: &str| {
            let (new, _) = edited(text, edits).unwrap();
            assert_eq!(new, expected, "{text:?}");
        };
        let class = "class A\r\n{\r\n  int x;\r\n}\r\n";
        let grown = "class A\r\n{\r\n  int x;\r\n  int y;\r\n}\r\n";
        check(class, &[one("  int x;", "  int x;\n  int y;")], grown);
        check(class, &[one("  int x;\n", "  int x;\r\n  int y;\n")], grown);
        check(
            class,
            &[one("{\n  int x;\n}", "{\n  int x;\n  int y;\n}")],
            grown,
        );
        check(
            class,
            &[one("{\r\n  int x;", "{\n  int x;\n  int y;")],
            grown,
        );
        check(class, &[one("\n}", "\n  int y;\n}")], grown);
        check("a\r\nb\nc", &[one("c", "C")], "a\r\nb\nC");
        check("a\r\nb\nc", &[one("b", "b\nx")], "a\r\nb\nx\nc");
        check("a\r\nb\nc", &[one("a", "a\nx")], "a\r\nx\r\nb\nc");
        check(
            "a\r\nb\nc\r\n",
            &[one("a\nb\nc", "A\nb\nC")],
            "A\r\nb\nC\r\n",
        );
        check("a\nb\n", &[one("a", "a\r\nx")], "a\nx\nb\n");
        check("a\r\nb\r\n", &[one("a\n", "")], "b\r\n");
        check("a\r\nb", &[all("\n", " ")], "a b");
        check("a\rb\r\n", &[one("b", "c")], "a\rc\r\n");
        let same = edited("a\r\n", &[one("a\r\n", "a\n")]);
        assert_eq!(same, Err(EditError::Same { edit: 1 }));
    }
}
