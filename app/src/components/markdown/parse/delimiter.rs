//! Marks of emphasis (CommonMark 6.2): which runs of them open, which close, and which belong together.

use super::text::is_punctuation;

/// Kinds of closing runs that find the same opening ones: three marks, three lengths, opening too or not.
const KINDS: usize = 18;

/// A run of one mark.
pub(super) struct Run {
    pub(super) mark: u8,
    length: usize,
    /// Marks that belong to none.
    pub(super) left: usize,
    can_open: bool,
    can_close: bool,
    /// How many marks each of the ends and of the beginnings that it is takes, the innermost first.
    pub(super) closes: Vec<usize>,
    pub(super) opens: Vec<usize>,
}

impl Run {
    pub(super) fn new(mark: u8, length: usize, before: Option<char>, after: Option<char>) -> Self {
        let is_space = |side: Option<char>| side.is_none_or(char::is_whitespace);
        let is_mark = |side: Option<char>| side.is_some_and(is_punctuation);
        let can_begin =
            !is_space(after) && (!is_mark(after) || is_space(before) || is_mark(before));
        let can_end = !is_space(before) && (!is_mark(before) || is_space(after) || is_mark(after));
        let is_apart = |side: Option<char>| is_space(side) || is_mark(side);
        let (can_open, can_close) = match (mark, length) {
            // Within words they are a part of names and of paths.
            (b'_', _) => (
                can_begin && (!can_end || is_mark(before)),
                can_end && (!can_begin || is_mark(after)),
            ),
            (b'~', 1) => (
                !is_space(after) && is_apart(before),
                !is_space(before) && is_apart(after),
            ),
            (b'~', 2) => (!is_space(after), can_end),
            (b'~', _) => (false, false),
            _ => (can_begin, can_end),
        };
        Self {
            mark,
            length,
            left: length,
            can_open,
            can_close,
            closes: Vec::new(),
            opens: Vec::new(),
        }
    }

    pub(super) const fn is_mark_only(&self) -> bool {
        !self.can_open && !self.can_close
    }

    fn kind(&self) -> usize {
        let mark = match self.mark {
            b'*' => 0,
            b'_' => 1,
            _ => 2,
        };
        (mark * 3 + self.length % 3) * 2 + usize::from(self.can_open)
    }

    fn opens_for(&self, end: &Self) -> bool {
        if self.mark != end.mark {
            return false;
        }
        if self.mark == b'~' {
            return self.length == end.length;
        }
        let is_both = self.can_close || end.can_open;
        !is_both
            || !(self.length + end.length).is_multiple_of(3)
            || (self.length.is_multiple_of(3) && end.length.is_multiple_of(3))
    }
}

/// Finds which of the runs belong together, among those with the indices `unpaired`.
pub(super) fn pair(runs: &mut [Run], unpaired: &[usize]) {
    // Those that may still open something, and below which of them each kind of end has found nothing.
    let mut open: Vec<usize> = Vec::new();
    let mut floors = [0_usize; KINDS];
    for at in unpaired {
        let Some((before, [end, ..])) = runs.split_at_mut_checked(*at) else {
            return;
        };
        while end.can_close && end.left > 0 {
            let Some(floor) = floors.get_mut(end.kind()) else {
                break;
            };
            let found = open
                .iter()
                .enumerate()
                .skip(*floor)
                .rev()
                .find(|(_, run)| before.get(**run).is_some_and(|run| run.opens_for(end)));
            let Some((index, run)) = found else {
                *floor = open.len();
                break;
            };
            let Some(begin) = before.get_mut(*run) else {
                break;
            };
            let taken = if end.mark == b'~' {
                end.left
            } else {
                begin.left.min(end.left).min(2)
            };
            begin.left -= taken;
            begin.opens.push(taken);
            end.left -= taken;
            end.closes.push(taken);
            open.truncate(index + usize::from(begin.left > 0));
            for floor in &mut floors {
                *floor = (*floor).min(open.len());
            }
        }
        if end.can_open && end.left > 0 {
            open.push(*at);
        }
    }
}
