//! Edits: replace old text by new text, at all given places or at none.

use std::ops::Range;

use thiserror::Error;

use super::{
    Diff, Encoding, Expect, FilePath, Hash, Kind, Workspace, WorkspaceError, diff,
    line_ends::{self, LfText},
};

/// The maximum number of line numbers in an error about an ambiguous text.
const NAMED_LINES: usize = 10;

/// The maximum number of bytes that all edits of a call search, and the maximum number of replacements.
const SOUGHT_BYTES: usize = 20_000_000;
const PLACES: usize = 100_000;

/// The maximum size of the diff of an edit, in bytes.
const DIFF_BYTES: usize = 16_000;

/// The replacement of a text by another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// The text as it is in the file, including line breaks. LF also matches CR LF.
    pub old: String,
    /// The replacement.
    pub new: String,
    /// How often the old text may occur.
    pub occurrences: Occurrences,
}

/// How often an old text may occur in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Occurrences {
    /// Exactly once.
    One,
    /// At least once; every occurrence is replaced.
    All,
}

/// The result of an edit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edited {
    /// The path.
    pub path: FilePath,
    /// The hash of the new content.
    pub hash: Hash,
    /// Its new size in bytes.
    pub size: u64,
    /// The encoding, which stays the same.
    pub encoding: Encoding,
    /// The number of the change.
    pub version: u64,
    /// The number of replacements.
    pub replaced: u64,
    /// The diff.
    pub diff: Diff,
}

/// Why edits do not fit a text. Edits are numbered from 1.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum EditError {
    /// There is no edit.
    #[error("there is no edit: give at least one old and new text")]
    None,
    /// There are too many edits for the size of the text.
    #[error("{edits} edits of a file of {bytes} bytes are too many for one call: make fewer")]
    TooMany {
        /// The number of edits.
        edits: usize,
        /// The size of the file.
        bytes: usize,
    },
    /// An old text occurs too often.
    #[error(
        "the old text of edit {edit} occurs {count} times in the file, and at most {PLACES} can be replaced at once: include more of the surrounding text"
    )]
    TooOften {
        /// The number of the edit.
        edit: usize,
        /// The number of occurrences.
        count: usize,
    },
    /// An old text is empty.
    #[error("edit {edit} has no old text: give the text to replace, or write the whole file")]
    Empty {
        /// The number of the edit.
        edit: usize,
    },
    /// The old text equals the new one.
    #[error("edit {edit} changes nothing: its old and new text are the same")]
    Same {
        /// The number of the edit.
        edit: usize,
    },
    /// An old text does not occur in the file.
    #[error("the old text of edit {edit} is not in the file: {}", missing(*hint))]
    Missing {
        /// The number of the edit.
        edit: usize,
        /// A likely reason.
        hint: Hint,
    },
    /// An old text occurs more than once.
    #[error(
        "the old text of edit {edit} occurs {count} times in the file, at lines {lines:?}: include more of the surrounding text, or replace all"
    )]
    Ambiguous {
        /// The number of the edit.
        edit: usize,
        /// The number of occurrences.
        count: usize,
        /// The first lines of the first occurrences.
        lines: Vec<u64>,
    },
    /// Two edits replace the same text.
    #[error("edits {first} and {second} overlap at line {line}: combine them into one")]
    Overlap {
        /// The number of one edit.
        first: usize,
        /// The number of the other edit.
        second: usize,
        /// The line where they overlap.
        line: u64,
    },
}

/// Why an old text was not found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hint {
    /// The text occurs with different white space at the ends of its lines.
    Indentation {
        /// The first line of the occurrence.
        line: u64,
    },
    /// No similar text was found.
    Unknown,
}

fn missing(hint: Hint) -> String {
    match hint {
        Hint::Indentation { line } => {
            format!("line {line} has it with different white space, so copy it from there")
        }
        Hint::Unknown => "read the file again and copy it from there".to_owned(),
    }
}

/// A place to replace.
struct Place<'e> {
    edit: usize,
    range: Range<usize>,
    new: &'e str,
}

impl Workspace<'_> {
    /// Edits the file whose read content has this hash. All edits refer to the text as it was read; all are made or
    /// none. The file keeps its encoding and its line ends; new lines get the line ends of the lines around them.
    ///
    /// # Errors
    /// When the file has changed since, when an edit does not fit, or when an SQL statement fails.
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

/// The places that the edits replace, in the order of the text.
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

/// The size of the edited text in bytes, computed before it is built.
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

/// The text after all edits. The places refer to the text with LF line ends.
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

/// The number of the line that contains a byte, from 1.
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

/// The lines without white space at their ends, each between line breaks.
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
mod tests;
