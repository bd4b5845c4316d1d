//! The differences of two contents, as unified diffs.

mod operations;

use std::{fmt::Write as _, ops::Range};

use similar::{DiffOp, group_diff_ops};
use sql::SqlError;

pub(crate) use self::operations::operations;
use super::{FilePath, Hash, Workspace, WorkspaceError, content::Content};

/// The number of context lines around a difference.
pub(super) const CONTEXT: usize = 3;

/// The most bytes of a diff.
const DIFF_BYTES: usize = 64_000;

/// The maximum size of a diff in an error, in bytes: enough to see whether the change matters.
const REFUSAL_BYTES: usize = 4_000;

/// Larger parts count as replaced as a whole, since the time grows with their size.
pub(super) const COMPARED_LINES: usize = 20_000;
pub(super) const COMPARED_BYTES: usize = 2_000_000;

/// One side of a diff.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Side {
    /// The present content of a path.
    File(FilePath),
    /// A present or former version of a path, named by its content.
    Version {
        /// The path.
        path: FilePath,
        /// The hash of its content.
        hash: Hash,
    },
    /// An empty content, as before a file was created.
    Nothing,
}

/// A diff of two contents.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Diff {
    /// The hunks of a unified diff; empty when nothing differs.
    pub text: String,
    /// The number of added lines.
    pub added: u64,
    /// The number of removed lines.
    pub removed: u64,
    /// Whether the last hunks were left out.
    pub cut: bool,
}

impl Workspace<'_> {
    /// The diff of two texts, at most 64 kB of it. Large texts with little in common are shown as replaced.
    ///
    /// # Errors
    /// When a side does not exist or is not text, or when an SQL statement fails.
    pub fn diff(&self, old: &Side, new: &Side) -> Result<Diff, WorkspaceError> {
        Ok(of_texts(&self.side(old)?, &self.side(new)?, DIFF_BYTES))
    }

    fn side(&self, side: &Side) -> Result<String, WorkspaceError> {
        let (path, content) = match side {
            Side::Nothing => return Ok(String::new()),
            Side::File(path) => (path, self.file(path)?),
            Side::Version { path, hash } => {
                let content = self.version_of(path, hash)?;
                let missing = || WorkspaceError::NoVersion {
                    path: path.clone(),
                    hash: hash.clone(),
                };
                (path, content.ok_or_else(missing)?)
            }
        };
        self.text_of(&content)?
            .ok_or_else(|| WorkspaceError::Binary {
                path: path.clone(),
                size: content.size,
            })
    }

    /// The content with this hash, if the path has or had it.
    pub(super) fn version_of(
        &self,
        path: &FilePath,
        hash: &Hash,
    ) -> Result<Option<Content>, SqlError> {
        let Some(content) = self.content_of(hash)? else {
            return Ok(None);
        };
        // The agent may have read it in its draft.
        let rows = self.sql.shared().run(
            "SELECT 1 FROM entries WHERE path = ?1 AND content = ?2
             UNION ALL SELECT 1 FROM draft_entries WHERE path = ?1 AND content = ?2 LIMIT 1",
            &[path.as_str().into(), content.id.into()],
        )?;
        if rows.is_empty() {
            return Ok(None);
        }
        self.examined(content).map(Some)
    }

    /// The diff since a file was read, if both versions are text and the earlier one is still stored.
    pub(super) fn diff_since(
        &self,
        path: &FilePath,
        read: &Hash,
        current: &Content,
    ) -> Result<Option<String>, WorkspaceError> {
        let Some(old) = self.version_of(path, read)? else {
            return Ok(None);
        };
        let (Some(old), Some(new)) = (self.text_of(&old)?, self.text_of(current)?) else {
            return Ok(None);
        };
        Ok(Some(of_texts(&old, &new, REFUSAL_BYTES).text))
    }
}

/// The diff of two texts, cut to `limit` bytes.
pub(super) fn of_texts(old: &str, new: &str, limit: usize) -> Diff {
    if old == new {
        return Diff::default();
    }
    let part = Part::of(old, new);
    let (old_bytes, new_bytes) = (part.old.len(), part.new.len());
    let (old_count, new_count) = (line_count(part.old), line_count(part.new));
    let (old_lines, new_lines, ops);
    if old_count + new_count <= COMPARED_LINES && old_bytes + new_bytes <= COMPARED_BYTES {
        old_lines = part.old.split_inclusive('\n').collect::<Vec<_>>();
        new_lines = part.new.split_inclusive('\n').collect::<Vec<_>>();
        ops = operations(&old_lines, &new_lines);
    } else {
        // Each line takes at least one byte of the limit, so that further lines would not be shown.
        old_lines = part.old.split_inclusive('\n').take(limit + 1).collect();
        new_lines = part.new.split_inclusive('\n').take(limit + 1).collect();
        ops = part.replaced(old_count, new_count);
    }
    let mut diff = Diff::default();
    for op in &ops {
        if !matches!(op, DiffOp::Equal { .. }) {
            diff.removed += op.old_range().len() as u64;
            diff.added += op.new_range().len() as u64;
        }
    }
    for hunk in group_diff_ops(ops, CONTEXT) {
        let text = hunk_text(&hunk, part.before, &old_lines, &new_lines, limit);
        if diff.text.len() + text.len() > limit {
            diff.cut = true;
            push_within(&mut diff.text, &text, limit);
            break;
        }
        diff.text.push_str(&text);
    }
    diff
}

/// A run of lines that two texts have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Same {
    /// The index of its first line on the old side and on the new side.
    pub(super) old: usize,
    pub(super) new: usize,
    pub(super) count: usize,
}

/// The runs of lines that two texts have in common, in order. Of very long texts, only those at the beginning and
/// end.
pub(super) fn same_lines(old: &str, new: &str) -> Vec<Same> {
    let old: Vec<&str> = old.lines().collect();
    let new: Vec<&str> = new.lines().collect();
    let pairs = old.iter().zip(&new);
    let head = pairs.take_while(|(old, new)| old == new).count();
    let behind = old.len().min(new.len()) - head;
    let ends = old.iter().rev().zip(new.iter().rev()).take(behind);
    let tail = ends.take_while(|(old, new)| old == new).count();
    let mut same = vec![Same {
        old: 0,
        new: 0,
        count: head,
    }];
    let old_between = old.get(head..old.len() - tail).unwrap_or_default();
    let new_between = new.get(head..new.len() - tail).unwrap_or_default();
    if old_between.len() + new_between.len() <= COMPARED_LINES {
        for op in operations(old_between, new_between) {
            if let DiffOp::Equal {
                old_index,
                new_index,
                len,
            } = op
            {
                same.push(Same {
                    old: head + old_index,
                    new: head + new_index,
                    count: len,
                });
            }
        }
    }
    same.push(Same {
        old: old.len() - tail,
        new: new.len() - tail,
        count: tail,
    });
    same
}

/// The differing part of two texts, with its context lines.
struct Part<'t> {
    /// The number of lines before it.
    before: usize,
    old: &'t str,
    new: &'t str,
    /// The number of context lines at its beginning and end.
    head: usize,
    tail: usize,
}

impl<'t> Part<'t> {
    fn of(old: &'t str, new: &'t str) -> Self {
        let common = common_prefix(old.as_bytes(), new.as_bytes());
        let head = old
            .as_bytes()
            .get(..common)
            .and_then(|common| memchr::memrchr(b'\n', common))
            .map_or(0, |last| last + 1);
        let (old_rest, new_rest) = (
            old.get(head..).unwrap_or_default(),
            new.get(head..).unwrap_or_default(),
        );
        let common = common_suffix(old_rest.as_bytes(), new_rest.as_bytes());
        // The part begins with a whole line: after the first line break of the common text.
        let tail = old_rest
            .as_bytes()
            .get(old_rest.len() - common..)
            .and_then(|common| Some(common.len() - memchr::memchr(b'\n', common)? - 1))
            .unwrap_or(0);
        let start = memchr::memrchr_iter(b'\n', old.as_bytes().get(..head).unwrap_or_default())
            .nth(CONTEXT)
            .map_or(0, |line| line + 1);
        let behind = old_rest.get(old_rest.len() - tail..).unwrap_or_default();
        let context = memchr::memchr_iter(b'\n', behind.as_bytes()).nth(CONTEXT - 1);
        let left_out = context.map_or(0, |end| tail - end - 1);
        Self {
            before: line_count(old.get(..start).unwrap_or_default()),
            old: old.get(start..old.len() - left_out).unwrap_or_default(),
            new: new.get(start..new.len() - left_out).unwrap_or_default(),
            head: line_count(old.get(start..head).unwrap_or_default()),
            tail: line_count(behind.get(..tail - left_out).unwrap_or_default()),
        }
    }

    /// The operations for a part that is not compared line by line.
    fn replaced(&self, old_count: usize, new_count: usize) -> Vec<DiffOp> {
        let (head, tail) = (self.head, self.tail);
        let equal = |old_index, new_index, len| DiffOp::Equal {
            old_index,
            new_index,
            len,
        };
        let mut ops = vec![
            equal(0, 0, head),
            DiffOp::Replace {
                old_index: head,
                old_len: old_count - head - tail,
                new_index: head,
                new_len: new_count - head - tail,
            },
            equal(old_count - tail, new_count - tail, tail),
        ];
        ops.retain(|op| !op.old_range().is_empty() || !op.new_range().is_empty());
        ops
    }
}

/// The number of lines of a text; a last line without a line break counts.
fn line_count(text: &str) -> usize {
    let open = usize::from(!text.is_empty() && !text.ends_with('\n'));
    // Faster than a search when line breaks are frequent.
    text.bytes().filter(|byte| *byte == b'\n').count() + open
}

/// The number of bytes compared at once.
const COMPARED_AT_ONCE: usize = 4_096;

/// The length of the common beginning.
fn common_prefix(one: &[u8], other: &[u8]) -> usize {
    let chunks = one
        .chunks_exact(COMPARED_AT_ONCE)
        .zip(other.chunks_exact(COMPARED_AT_ONCE));
    let at = chunks.take_while(|(one, other)| one == other).count() * COMPARED_AT_ONCE;
    let one = one.get(at..).unwrap_or_default().iter();
    let other = other.get(at..).unwrap_or_default().iter();
    at + one.zip(other).take_while(|(a, b)| a == b).count()
}

/// The length of the common end.
fn common_suffix(one: &[u8], other: &[u8]) -> usize {
    let chunks = one
        .rchunks_exact(COMPARED_AT_ONCE)
        .zip(other.rchunks_exact(COMPARED_AT_ONCE));
    let same = chunks.take_while(|(one, other)| one == other).count() * COMPARED_AT_ONCE;
    let ends = |bytes: &[u8]| bytes.len() - same;
    let one = one.get(..ends(one)).unwrap_or_default().iter().rev();
    let other = other.get(..ends(other)).unwrap_or_default().iter().rev();
    same + one.zip(other).take_while(|(a, b)| a == b).count()
}

/// Appends the lines of a hunk that fit, and a note that there are more.
fn push_within(text: &mut String, hunk: &str, limit: usize) {
    for line in hunk.split_inclusive('\n') {
        if text.len() + line.len() > limit {
            break;
        }
        text.push_str(line);
    }
    text.push_str("… (the rest is omitted)\n");
}

/// The text of a hunk, cut to the limit plus one line.
pub(super) fn hunk_text(
    ops: &[DiffOp],
    before: usize,
    old: &[&str],
    new: &[&str],
    limit: usize,
) -> String {
    let whole = |range: fn(&DiffOp) -> Range<usize>| {
        let start = before + ops.first().map_or(0, |op| range(op).start);
        let end = ops.last().map_or(start, |op| before + range(op).end);
        match end - start {
            // An empty range has the number of the line before it.
            0 => format!("{start},0"),
            1 => format!("{}", start + 1),
            len => format!("{},{len}", start + 1),
        }
    };
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = writeln!(
        text,
        "@@ -{} +{} @@",
        whole(DiffOp::old_range),
        whole(DiffOp::new_range)
    );
    for op in ops {
        if let DiffOp::Equal { .. } = op {
            push_lines(&mut text, ' ', old, op.old_range(), limit);
        } else {
            push_lines(&mut text, '-', old, op.old_range(), limit);
            push_lines(&mut text, '+', new, op.new_range(), limit);
        }
    }
    text
}

fn push_lines(text: &mut String, mark: char, lines: &[&str], range: Range<usize>, limit: usize) {
    for line in lines.iter().take(range.end).skip(range.start) {
        if text.len() > limit {
            return;
        }
        text.push(mark);
        text.push_str(line);
        if !line.ends_with('\n') {
            text.push_str("\n\\ No newline at end of file\n");
        }
    }
}

#[cfg(test)]
mod tests;
