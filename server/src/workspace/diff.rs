//! What differs between two contents, as unified text.

use std::{fmt::Write as _, ops::Range};

use similar::{
    DiffOp,
    algorithms::{Capture, Compact, Replace, myers},
    group_diff_ops,
};

use super::{FilePath, Hash, Workspace, WorkspaceError, content::Content};
use crate::store::SqlError;

/// Lines around what differs.
const CONTEXT: usize = 3;

/// The most bytes of a diff.
const DIFF_BYTES: usize = 64_000;

/// The most bytes of the diff in a refusal: enough to see whether it matters.
const REFUSAL_BYTES: usize = 4_000;

/// Beyond this many pairs of lines nobody looks for what they have in common: the time grows with them.
const COMPARED_PAIRS: usize = 16_000_000;

/// One side of a diff.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Side {
    /// What stands at a path now.
    File(FilePath),
    /// What stood at a path, or stands there: the version with this content.
    Version {
        /// Where.
        path: FilePath,
        /// Of its content.
        hash: Hash,
    },
    /// Nothing, as before a file was made.
    Nothing,
}

/// What differs.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Diff {
    /// As hunks of a unified diff; empty when nothing differs.
    pub text: String,
    /// How many lines are only on the new side.
    pub added: u64,
    /// How many lines are only on the old side.
    pub removed: u64,
    /// Whether hunks at the end were left out.
    pub cut: bool,
}

impl Workspace<'_> {
    /// What differs between two texts, at most 64 kB of it. Large texts that have little in common are told as replaced.
    ///
    /// # Errors
    /// When one of them is not there or is no text, or when a statement fails.
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

    /// The content with this hash, when it stands or stood at the path.
    pub(super) fn version_of(
        &self,
        path: &FilePath,
        hash: &Hash,
    ) -> Result<Option<Content>, SqlError> {
        let Some(content) = self.content_of(hash)? else {
            return Ok(None);
        };
        let rows = self.sql.run(
            "SELECT 1 FROM entries WHERE path = ? AND content = ? LIMIT 1",
            &[path.as_str().into(), content.id.into()],
        )?;
        Ok((!rows.is_empty()).then_some(content))
    }

    /// What changed at a path since it was read, when both are text and what was read is still stored.
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

/// What differs between two texts, at most `limit` bytes of it.
pub(super) fn of_texts(old: &str, new: &str, limit: usize) -> Diff {
    let old: Vec<&str> = old.split_inclusive('\n').collect();
    let new: Vec<&str> = new.split_inclusive('\n').collect();
    let ops = operations(&old, &new);
    let mut diff = Diff::default();
    for op in &ops {
        if !matches!(op, DiffOp::Equal { .. }) {
            diff.removed += op.old_range().len() as u64;
            diff.added += op.new_range().len() as u64;
        }
    }
    for hunk in group_diff_ops(ops, CONTEXT) {
        let text = hunk_text(&hunk, &old, &new);
        if diff.text.len() + text.len() > limit {
            diff.cut = true;
            push_within(&mut diff.text, &text, limit);
            break;
        }
        diff.text.push_str(&text);
    }
    diff
}

/// Appends the lines of a hunk that fit, and says that there are more.
fn push_within(text: &mut String, hunk: &str, limit: usize) {
    for line in hunk.split_inclusive('\n') {
        if text.len() + line.len() > limit {
            break;
        }
        text.push_str(line);
    }
    text.push_str("… (the rest is left out)\n");
}

/// What is the same at both ends is left out of the search.
fn operations(old: &[&str], new: &[&str]) -> Vec<DiffOp> {
    let same = |pair: &(&&str, &&str)| pair.0 == pair.1;
    let head = old.iter().zip(new).take_while(same).count();
    let (old_rest, new_rest) = (
        old.get(head..).unwrap_or_default(),
        new.get(head..).unwrap_or_default(),
    );
    let tail = old_rest
        .iter()
        .rev()
        .zip(new_rest.iter().rev())
        .take_while(same)
        .count();
    let old_middle = old_rest.get(..old_rest.len() - tail).unwrap_or_default();
    let new_middle = new_rest.get(..new_rest.len() - tail).unwrap_or_default();
    let mut ops = Vec::new();
    push_equal(&mut ops, 0, 0, head);
    if old_middle.len().saturating_mul(new_middle.len()) > COMPARED_PAIRS {
        ops.push(DiffOp::Replace {
            old_index: head,
            old_len: old_middle.len(),
            new_index: head,
            new_len: new_middle.len(),
        });
    } else {
        let found = compared(old_middle, new_middle);
        ops.extend(found.into_iter().map(|op| moved(op, head)));
    }
    push_equal(
        &mut ops,
        head + old_middle.len(),
        head + new_middle.len(),
        tail,
    );
    ops
}

/// Named by itself, the one algorithm comes without the others.
fn compared(old: &[&str], new: &[&str]) -> Vec<DiffOp> {
    let mut found = Compact::new(Replace::new(Capture::new()), old, new);
    let Ok(()) = myers::diff(&mut found, old, 0..old.len(), new, 0..new.len());
    found.into_inner().into_inner().into_ops()
}

fn push_equal(ops: &mut Vec<DiffOp>, old_index: usize, new_index: usize, len: usize) {
    if len > 0 {
        ops.push(DiffOp::Equal {
            old_index,
            new_index,
            len,
        });
    }
}

/// The same operation so many lines further on.
fn moved(op: DiffOp, by: usize) -> DiffOp {
    let (old, new) = (op.old_range(), op.new_range());
    let (old_index, new_index) = (old.start + by, new.start + by);
    match op {
        DiffOp::Equal { len, .. } => DiffOp::Equal {
            old_index,
            new_index,
            len,
        },
        DiffOp::Delete { old_len, .. } => DiffOp::Delete {
            old_index,
            old_len,
            new_index,
        },
        DiffOp::Insert { new_len, .. } => DiffOp::Insert {
            old_index,
            new_index,
            new_len,
        },
        DiffOp::Replace {
            old_len, new_len, ..
        } => DiffOp::Replace {
            old_index,
            old_len,
            new_index,
            new_len,
        },
    }
}

fn hunk_text(ops: &[DiffOp], old: &[&str], new: &[&str]) -> String {
    let whole = |range: fn(&DiffOp) -> Range<usize>| {
        let start = ops.first().map_or(0, |op| range(op).start);
        let end = ops.last().map_or(start, |op| range(op).end);
        match end - start {
            // An empty range is told by the line before it.
            0 => format!("{start},0"),
            1 => format!("{}", start + 1),
            len => format!("{},{len}", start + 1),
        }
    };
    let mut text = String::new();
    // Writing to a text does not fail.
    let _ = writeln!(
        text,
        "@@ -{} +{} @@",
        whole(DiffOp::old_range),
        whole(DiffOp::new_range)
    );
    for op in ops {
        if let DiffOp::Equal { .. } = op {
            push_lines(&mut text, ' ', old, op.old_range());
        } else {
            push_lines(&mut text, '-', old, op.old_range());
            push_lines(&mut text, '+', new, op.new_range());
        }
    }
    text
}

fn push_lines(text: &mut String, mark: char, lines: &[&str], range: Range<usize>) {
    for line in lines.get(range).unwrap_or_default() {
        text.push(mark);
        text.push_str(line);
        if !line.ends_with('\n') {
            text.push_str("\n\\ No newline at end of file\n");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(old: &str, new: &str, expected: &str) {
        assert_eq!(of_texts(old, new, DIFF_BYTES).text, expected);
    }

    #[test]
    fn hunks_are_those_of_a_unified_diff() {
        check("a\n", "a\n", "");
        check("", "a\n", "@@ -0,0 +1 @@\n+a\n");
        check("a\n", "", "@@ -1 +0,0 @@\n-a\n");
        check(
            "a",
            "b",
            "@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b\n\\ No newline at end of file\n",
        );
        check(
            "1\n2\n3\n4\n5\n6\n7\n8\n9\n",
            "1\n2\n3\n4\nfive\n6\n7\n8\n9\n",
            "@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n",
        );
    }

    #[test]
    fn texts_without_anything_in_common_are_told_as_replaced_and_cut() {
        let numbers = |from: usize| {
            (from..from + 20_000)
                .map(|n| format!("{n}\n"))
                .collect::<String>()
        };
        let diff = of_texts(&numbers(0), &numbers(20_000), 1000);
        assert_eq!((diff.added, diff.removed, diff.cut), (20_000, 20_000, true));
        assert!(diff.text.len() < 1100 && diff.text.ends_with("(the rest is left out)\n"));
    }

    #[test]
    fn applying_a_diff_leads_to_the_new_text() {
        let mut random = fastrand::Rng::with_seed(7);
        for _ in 0..300 {
            let mut text = || {
                (0..random.usize(..12))
                    .map(|_| ["a\n", "b\n", "c\n"][random.usize(..3)])
                    .collect::<String>()
            };
            let (old, new) = (text(), text());
            let diff = of_texts(&old, &new, DIFF_BYTES);
            assert_eq!(applied(&old, &diff.text), new, "{}", diff.text);
        }
    }

    fn applied(old: &str, diff: &str) -> String {
        let old: Vec<&str> = old.split_inclusive('\n').collect();
        let (mut out, mut at) = (String::new(), 0);
        for line in diff.split_inclusive('\n') {
            let (mark, rest) = line.split_at(1);
            match mark {
                "@" => {
                    let range = line.split(' ').nth(1).unwrap().trim_start_matches('-');
                    let (start, len) = range.split_once(',').unwrap_or((range, "1"));
                    let start: usize = start.parse().unwrap();
                    let start = if len == "0" { start } else { start - 1 };
                    out.push_str(&old[at..start].concat());
                    at = start;
                }
                "+" => out.push_str(rest),
                _ => {
                    assert_eq!(old[at], rest);
                    at += 1;
                    if mark == " " {
                        out.push_str(rest);
                    }
                }
            }
        }
        out + &old[at..].concat()
    }
}
