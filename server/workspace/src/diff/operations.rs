//! Compares lines in bounded time: lines are compared as numbers, and at most [`COMPARED_PAIRS`] pairs of them.
//! Beyond that, lines that occur once on both sides serve as anchors, and the parts between anchors are compared or
//! shown as replaced.

use std::collections::HashMap;

use similar::{
    DiffOp,
    algorithms::{Capture, Compact, Replace, myers},
};

/// The time grows with the pairs of lines; this many take about 20 ms in the worst case.
const COMPARED_PAIRS: usize = 4_000_000;

/// The operations that turn the old lines into the new ones.
pub(crate) fn operations(old: &[&str], new: &[&str]) -> Vec<DiffOp> {
    let mut numbers = HashMap::new();
    let (old, new) = (numbered(old, &mut numbers), numbered(new, &mut numbers));
    let mut search = Search {
        old: &old,
        new: &new,
        pairs: COMPARED_PAIRS,
        ops: Vec::new(),
    };
    search.all(numbers.len());
    search.ops
}

/// Numbers the lines; equal lines get the same number.
fn numbered<'l>(lines: &[&'l str], numbers: &mut HashMap<&'l str, usize>) -> Vec<usize> {
    let number = |line: &&'l str| {
        let next = numbers.len();
        *numbers.entry(line).or_insert(next)
    };
    lines.iter().map(number).collect()
}

struct Search<'l> {
    old: &'l [usize],
    new: &'l [usize],
    /// The number of pairs that may still be compared.
    pairs: usize,
    ops: Vec<DiffOp>,
}

/// A range of lines on both sides.
#[derive(Clone, Copy)]
struct Part {
    old: usize,
    new: usize,
    old_len: usize,
    new_len: usize,
}

impl Search<'_> {
    fn all(&mut self, numbers: usize) {
        let whole = Part {
            old: 0,
            new: 0,
            old_len: self.old.len(),
            new_len: self.new.len(),
        };
        let middle = self.without_ends(whole);
        self.equal(whole.old, whole.new, middle.old - whole.old);
        if self.may_compare(middle) {
            self.part(middle);
        } else {
            let mut at = (middle.old, middle.new);
            for (old, new) in self.anchors(middle, numbers) {
                self.part(Part {
                    old: at.0,
                    new: at.1,
                    old_len: old - at.0,
                    new_len: new - at.1,
                });
                self.equal(old, new, 1);
                at = (old + 1, new + 1);
            }
            self.part(Part {
                old: at.0,
                new: at.1,
                old_len: middle.old + middle.old_len - at.0,
                new_len: middle.new + middle.new_len - at.1,
            });
        }
        let (old, new) = (middle.old + middle.old_len, middle.new + middle.new_len);
        self.equal(old, new, self.old.len() - old);
    }

    /// The part without the common lines at both ends.
    fn without_ends(&self, part: Part) -> Part {
        let (old, new) = self.lines(part);
        let same = |pair: &(&usize, &usize)| pair.0 == pair.1;
        let head = old.iter().zip(new).take_while(same).count();
        let (old, new) = (
            old.get(head..).unwrap_or_default(),
            new.get(head..).unwrap_or_default(),
        );
        let tail = old.iter().rev().zip(new.iter().rev()).take_while(same);
        let tail = tail.count();
        Part {
            old: part.old + head,
            new: part.new + head,
            old_len: old.len() - tail,
            new_len: new.len() - tail,
        }
    }

    fn lines(&self, part: Part) -> (&[usize], &[usize]) {
        let old = self.old.get(part.old..part.old + part.old_len);
        let new = self.new.get(part.new..part.new + part.new_len);
        (old.unwrap_or_default(), new.unwrap_or_default())
    }

    const fn may_compare(&self, part: Part) -> bool {
        part.old_len.saturating_mul(part.new_len) <= self.pairs
    }

    /// Compares a part, or marks it as replaced when a comparison would take too long.
    fn part(&mut self, part: Part) {
        if part.old_len == 0 && part.new_len == 0 {
            return;
        }
        let inner = self.without_ends(part);
        self.equal(part.old, part.new, inner.old - part.old);
        if self.may_compare(inner) {
            self.pairs -= inner.old_len.saturating_mul(inner.new_len);
            let (old, new) = self.lines(inner);
            let found = compared(old, new);
            for op in found {
                self.push(moved(op, inner.old, inner.new));
            }
        } else {
            self.push(DiffOp::Replace {
                old_index: inner.old,
                old_len: inner.old_len,
                new_index: inner.new,
                new_len: inner.new_len,
            });
        }
        let (old, new) = (inner.old + inner.old_len, inner.new + inner.new_len);
        self.equal(old, new, part.old + part.old_len - old);
    }

    /// The lines that occur once on both sides and follow in the same order on both: the longest rising sequence.
    fn anchors(&self, part: Part, numbers: usize) -> Vec<(usize, usize)> {
        let (old, new) = self.lines(part);
        let mut seen = vec![(0_u32, 0_u32, 0_usize); numbers];
        for number in old {
            if let Some(seen) = seen.get_mut(*number) {
                seen.0 += 1;
            }
        }
        for (at, number) in new.iter().enumerate() {
            if let Some(seen) = seen.get_mut(*number) {
                *seen = (seen.0, seen.1 + 1, at);
            }
        }
        let pairs = old.iter().enumerate().filter_map(|(at, number)| {
            let (in_old, in_new, new_at) = seen.get(*number)?;
            (*in_old == 1 && *in_new == 1).then_some((part.old + at, part.new + new_at))
        });
        rising(&pairs.collect::<Vec<_>>())
    }

    fn equal(&mut self, old_index: usize, new_index: usize, len: usize) {
        if len > 0 {
            self.push(DiffOp::Equal {
                old_index,
                new_index,
                len,
            });
        }
    }

    /// Appends an operation; adjacent equal runs are merged.
    fn push(&mut self, op: DiffOp) {
        if let (Some(DiffOp::Equal { len, .. }), DiffOp::Equal { len: more, .. }) =
            (self.ops.last_mut(), op)
        {
            *len += more;
        } else {
            self.ops.push(op);
        }
    }
}

/// The longest subsequence of pairs in which both halves rise.
fn rising(pairs: &[(usize, usize)]) -> Vec<(usize, usize)> {
    // The last pair of the best sequence of each length, and the predecessor of each pair.
    let mut ends: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = Vec::with_capacity(pairs.len());
    let second = |at: &usize| pairs.get(*at).map_or(0, |pair| pair.1);
    for (at, pair) in pairs.iter().enumerate() {
        let length = ends.partition_point(|end| second(end) < pair.1);
        before.push(
            length
                .checked_sub(1)
                .and_then(|shorter| ends.get(shorter).copied()),
        );
        match ends.get_mut(length) {
            Some(end) => *end = at,
            None => ends.push(at),
        }
    }
    let mut found = Vec::with_capacity(ends.len());
    let mut next = ends.last().copied();
    while let Some(at) = next {
        found.extend(pairs.get(at));
        next = before.get(at).copied().flatten();
    }
    found.reverse();
    found
}

/// Naming the algorithm directly keeps the others out of the binary.
fn compared(old: &[usize], new: &[usize]) -> Vec<DiffOp> {
    let mut found = Compact::new(Replace::new(Capture::new()), old, new);
    let Ok(()) = myers::diff(&mut found, old, 0..old.len(), new, 0..new.len());
    found.into_inner().into_inner().into_ops()
}

/// The operation, shifted by these numbers of lines.
fn moved(op: DiffOp, old_by: usize, new_by: usize) -> DiffOp {
    let (old, new) = (op.old_range(), op.new_range());
    let (old_index, new_index) = (old.start + old_by, new.start + new_by);
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

#[cfg(test)]
mod tests {
    use super::*;

    /// The number of lines marked as added or removed.
    fn changed(old: &[String], new: &[String]) -> usize {
        let (old, new): (Vec<&str>, Vec<&str>) = (
            old.iter().map(String::as_str).collect(),
            new.iter().map(String::as_str).collect(),
        );
        let ops = operations(&old, &new);
        let mut at = (0, 0);
        let mut changed = 0;
        for op in &ops {
            assert_eq!((op.old_range().start, op.new_range().start), at, "{op:?}");
            at = (op.old_range().end, op.new_range().end);
            if matches!(op, DiffOp::Equal { .. }) {
                assert_eq!(old[op.old_range()], new[op.new_range()]);
            } else {
                changed += op.old_range().len() + op.new_range().len();
            }
        }
        assert_eq!(at, (old.len(), new.len()));
        changed
    }

    #[test]
    fn a_few_changes_of_many_lines_are_found() {
        let old: Vec<String> = (0..20_000).map(|n| format!("{n}")).collect();
        let mut new = old.clone();
        new[10] = "changed".to_owned();
        new.remove(9_000);
        new.insert(15_000, "new".to_owned());
        assert_eq!(changed(&old, &new), 4);
    }

    #[test]
    fn lines_without_anything_in_common_are_replaced() {
        let lines = |from: usize| -> Vec<String> {
            (from..from + 20_000).map(|n| format!("{n}")).collect()
        };
        assert_eq!(changed(&lines(0), &lines(50_000)), 40_000);
    }

    #[test]
    fn random_lines_lead_to_the_new_ones() {
        let mut random = fastrand::Rng::with_seed(3);
        for (kinds, count) in [(2, 30), (5, 300), (100_000, 6_000), (3, 6_000)] {
            let mut lines = || -> Vec<String> {
                (0..random.usize(count / 2..count))
                    .map(|_| random.usize(..kinds).to_string())
                    .collect()
            };
            changed(&lines(), &lines());
        }
    }
}
