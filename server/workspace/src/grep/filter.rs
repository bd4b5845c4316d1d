//! Finds the lines of a text that may match a pattern without a known text, and looks at few of their bytes.
//!
//! To search a line takes far longer than to read it: about 5 ns per byte. Two facts about a pattern exclude most lines:
//!
//! - Every match has a run of bytes of some kind, such as nine digits for `\d{9}`. Of each window of nine bytes the
//!   last one is looked at first; where it is no digit, no match begins in the window.
//! - Every match begins a line with some byte, such as one that is no space for `^\S+$`.

use regex_syntax::hir::{Hir, HirKind, Look};

use super::bytes::Bytes;

/// A run of this worth is better than the first byte of a line: three rare bytes.
const WORTH: u64 = 2_500;

/// What excludes lines.
#[derive(Clone, Debug)]
pub(super) enum Filter {
    /// Every match has a run of bytes.
    Run(Run),
    /// Every match begins a line, with one of these bytes.
    First(Bytes),
}

/// At least so many bytes in a row, all of them in the set.
#[derive(Clone, Debug)]
pub(super) struct Run {
    bytes: Bytes,
    least: usize,
}

impl Filter {
    /// `None`: every line may match.
    pub(super) fn of(hir: &Hir) -> Option<Self> {
        let run = Parts::of(hir).best.filter(|run| run.least > 0);
        let starts = hir.properties().look_set_prefix();
        if starts.contains(Look::Start) || starts.contains(Look::StartLF) {
            let is_good = |run: &Run| run.worth() >= WORTH;
            let first = First::of(hir);
            if !first.may_be_empty && !run.as_ref().is_some_and(is_good) {
                return Some(Self::First(first.bytes));
            }
        }
        run.map(Self::Run)
    }

    /// A byte of the next line that may match. `from` begins a line.
    pub(super) fn next(&self, text: &[u8], from: usize) -> Option<usize> {
        match self {
            Self::Run(run) => run.next(text, from),
            Self::First(bytes) => {
                let begins = |at: &usize| text.get(*at).is_some_and(|byte| bytes.has(*byte));
                let breaks = memchr::memchr_iter(b'\n', text.get(from..)?);
                let mut lines = std::iter::once(from).chain(breaks.map(|at| from + at + 1));
                lines.find(begins)
            }
        }
    }
}

impl Run {
    /// How many bytes it saves to look at.
    fn worth(&self) -> u64 {
        self.least as u64 * u64::from(1_000_u32.saturating_sub(self.bytes.commonness()))
    }

    fn next(&self, text: &[u8], from: usize) -> Option<usize> {
        let mut last = from.checked_add(self.least.checked_sub(1)?)?;
        loop {
            // Mostly this is all that is looked at of a window.
            while !self.bytes.has(*text.get(last)?) {
                last += self.least;
            }
            let start = last + 1 - self.least;
            let others = text.get(start..last)?;
            match others.iter().rposition(|byte| !self.bytes.has(*byte)) {
                None => return Some(start),
                Some(at) => last = start + at + self.least,
            }
        }
    }

    fn better(self, other: Self) -> Self {
        if other.worth() > self.worth() {
            other
        } else {
            self
        }
    }
}

/// What is known of the matches of a part of a pattern.
struct Parts {
    /// All bytes that a match may have, and how many it has at least.
    whole: Run,
    /// The best run that every match has.
    best: Option<Run>,
}

impl Parts {
    fn of(hir: &Hir) -> Self {
        match hir.kind() {
            HirKind::Empty | HirKind::Look(_) => Self::only(Bytes::none(), 0),
            HirKind::Literal(literal) => Self::only(Bytes::of(&literal.0), literal.0.len()),
            HirKind::Class(class) => {
                let least = hir.properties().minimum_len().unwrap_or(0);
                Self::only(Bytes::of_class(class), least)
            }
            HirKind::Capture(group) => Self::of(&group.sub),
            HirKind::Repetition(times) => {
                let sub = Self::of(&times.sub);
                let least = sub.whole.least.saturating_mul(times.min as usize);
                let whole = Self::only(sub.whole.bytes, least);
                whole.with_best(sub.best.filter(|_| times.min > 0))
            }
            HirKind::Alternation(all) => Self::of_choice(all),
            HirKind::Concat(all) => Self::of_sequence(all),
        }
    }

    fn only(bytes: Bytes, least: usize) -> Self {
        let whole = Run { bytes, least };
        Self {
            best: Some(whole.clone()),
            whole,
        }
    }

    fn with_best(self, other: Option<Run>) -> Self {
        let best = match (self.best, other) {
            (Some(best), Some(other)) => Some(best.better(other)),
            (best, other) => best.or(other),
        };
        Self { best, ..self }
    }

    fn of_choice(all: &[Hir]) -> Self {
        let union = |one: Run, other: Run| Run {
            bytes: one.bytes.and(&other.bytes),
            least: one.least.min(other.least),
        };
        let parts: Vec<Self> = all.iter().map(Self::of).collect();
        let best = parts.iter().map(|part| part.best.clone());
        let best = best
            .reduce(|one, other| Some(union(one?, other?)))
            .flatten();
        let whole = parts.into_iter().map(|part| part.whole).reduce(union);
        let whole = whole.unwrap_or(Run {
            bytes: Bytes::none(),
            least: 0,
        });
        Self::only(whole.bytes, whole.least).with_best(best)
    }

    /// A run may be that of any parts beside each other.
    fn of_sequence(all: &[Hir]) -> Self {
        let parts: Vec<Self> = all.iter().map(Self::of).collect();
        let mut best: Option<Run> = None;
        let mut offer = |run: Run| {
            best = Some(match best.take() {
                Some(best) => best.better(run),
                None => run,
            });
        };
        let mut whole = None;
        for (at, part) in parts.iter().enumerate() {
            if let Some(run) = &part.best {
                offer(run.clone());
            }
            let mut together = Run {
                bytes: Bytes::none(),
                least: 0,
            };
            for next in parts.get(at..).unwrap_or_default() {
                together = Run {
                    bytes: together.bytes.and(&next.whole.bytes),
                    least: together.least.saturating_add(next.whole.least),
                };
                offer(together.clone());
            }
            whole = whole.or(Some(together));
        }
        let whole = whole.unwrap_or(Run {
            bytes: Bytes::none(),
            least: 0,
        });
        Self { whole, best }
    }
}

/// The bytes that a match may begin with.
struct First {
    bytes: Bytes,
    may_be_empty: bool,
}

impl First {
    fn of(hir: &Hir) -> Self {
        let may_be_empty = hir.properties().minimum_len() == Some(0);
        let bytes = match hir.kind() {
            HirKind::Empty | HirKind::Look(_) => Bytes::none(),
            HirKind::Literal(literal) => Bytes::of(literal.0.get(..1).unwrap_or_default()),
            HirKind::Class(class) => Bytes::of_class(class),
            HirKind::Capture(group) => Self::of(&group.sub).bytes,
            HirKind::Repetition(times) => Self::of(&times.sub).bytes,
            HirKind::Alternation(all) => {
                let all = all.iter().map(|one| Self::of(one).bytes);
                all.fold(Bytes::none(), |one, other| one.and(&other))
            }
            HirKind::Concat(all) => {
                let mut bytes = Bytes::none();
                for one in all.iter().map(Self::of) {
                    bytes = bytes.and(&one.bytes);
                    if !one.may_be_empty {
                        break;
                    }
                }
                bytes
            }
        };
        Self {
            bytes,
            may_be_empty,
        }
    }
}

#[cfg(test)]
mod tests {
    use regex_automata::nfa::thompson::pikevm::PikeVM;

    use super::*;

    /// The lines that the filter leaves.
    fn left(pattern: &str, text: &str) -> Option<Vec<usize>> {
        let filter = Filter::of(&regex_syntax::parse(pattern).unwrap())?;
        let (mut lines, mut from) = (Vec::new(), 0);
        while let Some(at) = filter.next(text.as_bytes(), from) {
            lines.push(memchr::memchr_iter(b'\n', &text.as_bytes()[..at]).count());
            let rest = memchr::memchr(b'\n', &text.as_bytes()[at..]);
            from = rest.map_or(text.len(), |rest| at + rest + 1);
        }
        Some(lines)
    }

    #[test]
    fn lines_that_may_match_are_left() {
        for (pattern, text, lines) in [
            ("[0-9]{3}", "12\n345\n6\n1 789\n", vec![1, 3]),
            (r"[0-9]{4}[-/]", "2026\n2026-\n----\n", vec![1]),
            (r"\w+[xy]g\b", "xg\naxg\ngg\n", vec![0, 1, 2]),
            (r"^\S+$", " a\na b\n\n c\nd", vec![1, 4]),
            (r"^\s*[0-9]{5}", "  12\n 12345\nx\n", vec![1]),
            (r"\b[А-Я]{3}\b", "Абв\nАБВ\nабв", vec![1]),
            ("(ab|cde)[0-9]", "ab1\nab\n1\ncde2", vec![0, 3]),
        ] {
            assert_eq!(left(pattern, text), Some(lines), "{pattern}");
        }
        for pattern in ["a*", r"\b", "^", "a|", "(x[0-9]*)?"] {
            assert_eq!(left(pattern, "a"), None, "{pattern}");
        }
    }

    #[test]
    fn no_line_that_matches_is_left_out() {
        let atoms = [
            "a",
            "b",
            "é",
            ".",
            "[ab]",
            "[^a]",
            r"\w",
            r"\s",
            r"\W",
            "^",
            "$",
            r"\b",
            r"\B",
            "(a|bb)",
            r"\A",
            r"\z",
            "(?m)^",
            "(?i)[a-k]",
            "(ab|é*)",
            "[é-я]",
        ];
        let ends = ["", "", "", "*", "+", "?", "{2}"];
        let mut random = fastrand::Rng::with_seed(8);
        let mut checked = 0;
        for _ in 0..5_000 {
            let part = |random: &mut fastrand::Rng| {
                let (atom, end) = (random.choice(atoms).unwrap(), random.choice(ends).unwrap());
                format!("{atom}{end}")
            };
            let pattern: String = (0..random.usize(1..5)).map(|_| part(&mut random)).collect();
            let Ok(exact) = PikeVM::new(&pattern) else {
                continue;
            };
            let mut cache = exact.create_cache();
            let text: String = (0..random.usize(..20))
                .map(|_| {
                    *random
                        .choice(&['a', 'b', 'é', ' ', '\n', '\r', '\u{212A}'])
                        .unwrap()
                })
                .collect();
            let Some(left) = left(&pattern, &text) else {
                continue;
            };
            for (number, line) in text.split('\n').enumerate() {
                let line = line.strip_suffix('\r').unwrap_or(line);
                if exact.is_match(&mut cache, line) {
                    assert!(left.contains(&number), "{pattern} on {text:?}: {left:?}");
                    checked += 1;
                }
            }
        }
        assert!(checked > 1_000, "{checked}");
    }
}
