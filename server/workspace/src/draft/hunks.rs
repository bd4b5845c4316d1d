//! The change of a text in parts, of which each can be taken alone.

use std::collections::BTreeSet;

use common::workspace::DraftedHunk;
use similar::{DiffOp, group_diff_ops};

use crate::diff::{COMPARED_BYTES, COMPARED_LINES, CONTEXT, hunk_text, operations};

/// The maximum size of a hunk as it is shown, in bytes.
const HUNK_BYTES: usize = 16_000;

/// The change of a text.
#[derive(Debug)]
pub(super) struct Hunks<'t> {
    old: Vec<&'t str>,
    new: Vec<&'t str>,
    /// The operations of each hunk.
    hunks: Vec<Vec<DiffOp>>,
}

impl<'t> Hunks<'t> {
    /// `None`: the texts are too long to be compared in time.
    pub(super) fn between(old: &'t str, new: &'t str) -> Option<Self> {
        if old.len().saturating_add(new.len()) > COMPARED_BYTES {
            return None;
        }
        let old: Vec<&str> = old.split_inclusive('\n').collect();
        let new: Vec<&str> = new.split_inclusive('\n').collect();
        if old.len() + new.len() > COMPARED_LINES {
            return None;
        }
        let hunks = group_diff_ops(operations(&old, &new), CONTEXT);
        Some(Self { old, new, hunks })
    }

    pub(super) fn len(&self) -> u64 {
        self.hunks.len() as u64
    }

    /// How many lines are added and removed.
    pub(super) fn counts(&self) -> (u64, u64) {
        let ops = self.hunks.iter().flatten();
        let changes = ops.filter(|op| !matches!(op, DiffOp::Equal { .. }));
        changes.fold((0, 0), |(added, removed), op| {
            (
                added + op.new_range().len() as u64,
                removed + op.old_range().len() as u64,
            )
        })
    }

    /// The hunks as they are shown.
    pub(super) fn shown(&self) -> Vec<DraftedHunk> {
        let hunks = self.hunks.iter().zip(1..);
        let shown = hunks.map(|(hunk, number)| DraftedHunk {
            number,
            diff: hunk_text(hunk, 0, &self.old, &self.new, HUNK_BYTES),
        });
        shown.collect()
    }

    /// The old text with some of the hunks.
    pub(super) fn with(&self, numbers: &BTreeSet<u64>) -> String {
        let mut text = String::new();
        let mut at = 0;
        let lines = |lines: &[&str], range: std::ops::Range<usize>| {
            lines.get(range).unwrap_or_default().concat()
        };
        for (hunk, number) in self.hunks.iter().zip(1..) {
            for op in hunk {
                let old = op.old_range();
                text.push_str(&lines(&self.old, at..old.start));
                at = old.end;
                text.push_str(&if numbers.contains(&number) {
                    lines(&self.new, op.new_range())
                } else {
                    lines(&self.old, old)
                });
            }
        }
        text.push_str(&lines(&self.old, at..self.old.len()));
        text
    }
}

#[cfg(test)]
mod tests {
    use super::Hunks;

    fn numbered(changed: &[(usize, &str)]) -> String {
        let line = |n: usize| {
            let other = changed.iter().find(|(at, _)| *at == n);
            other.map_or_else(|| format!("line {n}\n"), |(_, text)| (*text).to_owned())
        };
        (0..60).map(line).collect()
    }

    #[test]
    fn each_hunk_can_be_taken_alone() {
        let old = numbered(&[]);
        let new = numbered(&[(2, "two\n"), (30, ""), (50, "line 50\nmore\n")]);
        let hunks = Hunks::between(&old, &new).unwrap();
        assert_eq!((hunks.len(), hunks.counts()), (3, (2, 2)));
        let shown = hunks.shown();
        assert!(
            shown[0].diff.contains("-line 2\n+two\n"),
            "{}",
            shown[0].diff
        );
        for (numbers, changed) in [
            (vec![], vec![]),
            (vec![1], vec![(2, "two\n")]),
            (vec![2], vec![(30, "")]),
            (vec![1, 3], vec![(2, "two\n"), (50, "line 50\nmore\n")]),
            (
                vec![1, 2, 3],
                vec![(2, "two\n"), (30, ""), (50, "line 50\nmore\n")],
            ),
        ] {
            let numbers = numbers.into_iter().collect();
            assert_eq!(hunks.with(&numbers), numbered(&changed), "{numbers:?}");
        }
    }

    #[test]
    fn texts_without_common_lines_have_one_hunk() {
        for (old, new) in [("", "a\nb"), ("a\n", ""), ("a", "a\n")] {
            let hunks = Hunks::between(old, new).unwrap();
            assert_eq!(hunks.len(), 1);
            assert_eq!(hunks.with(&[1].into()), new);
            assert_eq!(hunks.with(&[].into()), old);
        }
    }
}
