//! Compiled regular expressions and globs that can be interrupted: a search takes byte after byte, counts its work
//! and continues where it stopped. No pattern takes more work per byte than its size.

use std::fmt;

use limits::Work;
use regex_automata::{
    Input,
    hybrid::{CacheError, LazyStateID, dfa},
    nfa::thompson::{self, NFA, WhichCaptures, pikevm},
};
use regex_syntax::hir::{Class, Hir, HirKind};

/// The maximum size of a compiled pattern, in bytes.
const COMPILED_BYTES: usize = 1_000_000;

/// The maximum number of parts in a pattern, each counted as often as it is repeated. A Unicode class such as `\w`
/// has hundreds.
const PARTS: u64 = 20_000;

/// The size of the state cache, in bytes; a larger pattern gets the minimum it needs.
const CACHE_BYTES: usize = 1_000_000;

/// Units of work per byte whose next state is cached.
const BYTE_UNITS: u64 = 2;

/// Units of work per text, for its beginning and end.
const TEXT_UNITS: u64 = 64;

/// Units of work per state of the pattern when the next state must be computed.
const STATE_UNITS: u64 = 30;

/// Units of work per state of the pattern and byte in a search that cannot be interrupted.
const UNBROKEN_STATE_UNITS: u64 = 10;

/// The maximum work of a search that cannot be interrupted.
const UNBROKEN_UNITS: u64 = 2 * Work::SLICE;

/// A compiled pattern with its state cache.
pub(super) struct Pattern {
    nfa: NFA,
    dfa: dfa::DFA,
    cache: dfa::Cache,
    /// The engine for Unicode word boundaries, which the others do not support.
    slow: Option<(pikevm::PikeVM, pikevm::Cache)>,
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pattern({} states)", self.nfa.states().len())
    }
}

/// The position of a search in a text.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Scan {
    at: usize,
    /// The state; `None` before the start.
    state: Option<LazyStateID>,
}

impl Scan {
    /// A position inside the match or directly after it, once one was found.
    pub(super) const fn at(&self) -> usize {
        self.at
    }
}

/// The result of a search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The text contains a match.
    Match,
    /// The text contains no match.
    NoMatch,
    /// The work is used up: continue with the same scan.
    Unfinished,
    /// The text is too long for this pattern and was not searched.
    TooLong,
}

impl Pattern {
    /// Compiles a parsed expression.
    ///
    /// # Errors
    /// When it is too large.
    pub(super) fn compile(hir: &Hir) -> Result<Self, String> {
        let too_large = "it is too large: use fewer or smaller repetitions and choices";
        if parts(hir) > PARTS {
            return Err(too_large.to_owned());
        }
        let nfa = thompson::Compiler::new()
            .configure(
                thompson::Config::new()
                    .nfa_size_limit(Some(COMPILED_BYTES))
                    .which_captures(WhichCaptures::Implicit)
                    .utf8(false),
            )
            .build_from_hir(hir)
            .map_err(|error| {
                error
                    .size_limit()
                    .map_or_else(|| error.to_string(), |_| too_large.to_owned())
            })?;
        let dfa = dfa::Builder::new()
            .configure(
                dfa::Config::new()
                    .unicode_word_boundary(true)
                    .cache_capacity(CACHE_BYTES)
                    .skip_cache_capacity_check(true),
            )
            .build_from_nfa(nfa.clone())
            .map_err(|error| error.to_string())?;
        Ok(Self {
            cache: dfa.create_cache(),
            slow: None,
            dfa,
            nfa,
        })
    }

    /// Searches a text for a match until the work is used up.
    pub(super) fn search(&mut self, text: &[u8], scan: &mut Scan, work: &mut Work) -> Verdict {
        let Some(mut state) = self.begun(text, scan, work) else {
            return self.search_unbroken(text, scan, work);
        };
        loop {
            let (rest, whole) = self.known(text, scan.at, &mut state, work);
            scan.at = rest;
            scan.state = Some(state);
            if let Some(verdict) = whole {
                return verdict;
            }
            if work.is_spent() {
                return Verdict::Unfinished;
            }
            let next = match text.get(scan.at) {
                None => self.end_state(state, work),
                Some(byte) => {
                    work.spend(self.state_units());
                    self.dfa.next_state(&mut self.cache, state, *byte)
                }
            };
            let Ok(next) = next else {
                return self.search_unbroken(text, scan, work);
            };
            let is_end = scan.at >= text.len();
            scan.at += 1;
            match next {
                next if next.is_match() => return Verdict::Match,
                next if next.is_quit() => return self.search_unbroken(text, scan, work),
                next if next.is_dead() || is_end => return Verdict::NoMatch,
                next => state = next,
            }
        }
    }

    /// The state at the end of a text, computed once per state and then cached.
    fn end_state(
        &mut self,
        state: LazyStateID,
        work: &mut Work,
    ) -> Result<LazyStateID, CacheError> {
        let before = self.cache.memory_usage();
        let next = self.dfa.next_eoi_state(&mut self.cache, state);
        work.spend(if self.cache.memory_usage() == before {
            TEXT_UNITS
        } else {
            self.state_units()
        });
        next
    }

    /// The state of a scan; `None` when the pattern does not support this kind of search.
    fn begun(&mut self, text: &[u8], scan: &Scan, work: &mut Work) -> Option<LazyStateID> {
        if scan.state.is_some() {
            return scan.state;
        }
        work.spend(TEXT_UNITS);
        let input = Input::new(text);
        self.dfa.start_state_forward(&mut self.cache, &input).ok()
    }

    /// Advances while the next state is cached. Returns the position and the result.
    fn known(
        &self,
        text: &[u8],
        from: usize,
        state: &mut LazyStateID,
        work: &mut Work,
    ) -> (usize, Option<Verdict>) {
        if state.is_match() {
            return (from, Some(Verdict::Match));
        }
        if state.is_dead() {
            return (from, Some(Verdict::NoMatch));
        }
        let most = usize::try_from(work.left() / BYTE_UNITS).unwrap_or(usize::MAX);
        let bytes = text.get(from..).unwrap_or_default();
        let mut at = from;
        let mut verdict = None;
        for byte in bytes.iter().take(most) {
            let next = self.dfa.next_state_untagged(&self.cache, *state, *byte);
            if next.is_tagged() {
                if next.is_match() {
                    verdict = Some(Verdict::Match);
                } else if next.is_dead() {
                    verdict = Some(Verdict::NoMatch);
                }
                break;
            }
            *state = next;
            at += 1;
        }
        work.spend((at - from) as u64 * BYTE_UNITS);
        (at, verdict)
    }

    /// Units of work for a state that must be computed.
    fn state_units(&self) -> u64 {
        (self.nfa.states().len() as u64).saturating_mul(STATE_UNITS) + TEXT_UNITS
    }

    /// Searches a text without interruption if it is short enough.
    fn search_unbroken(&mut self, text: &[u8], scan: &mut Scan, work: &mut Work) -> Verdict {
        let states = self.nfa.states().len() as u64;
        let byte_units = states.saturating_mul(UNBROKEN_STATE_UNITS) + TEXT_UNITS;
        let units = byte_units.saturating_mul(text.len() as u64 + 1);
        work.spend(units);
        if units > UNBROKEN_UNITS {
            return Verdict::TooLong;
        }
        if self.slow.is_none() {
            let built = pikevm::Builder::new().build_from_nfa(self.nfa.clone());
            self.slow = built.ok().map(|slow| {
                let cache = slow.create_cache();
                (slow, cache)
            });
        }
        let Some((slow, cache)) = &mut self.slow else {
            return Verdict::TooLong;
        };
        match slow.find(cache, text) {
            Some(found) => {
                scan.at = found.start();
                Verdict::Match
            }
            None => Verdict::NoMatch,
        }
    }
}

/// The number of compiled parts, counting repetitions.
fn parts(hir: &Hir) -> u64 {
    let all = |all: &[Hir]| {
        let parts = all.iter().map(parts);
        parts.fold(1_u64, u64::saturating_add)
    };
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => 1,
        HirKind::Literal(literal) => literal.0.len() as u64,
        HirKind::Class(Class::Unicode(class)) => class.ranges().len() as u64,
        HirKind::Class(Class::Bytes(class)) => class.ranges().len() as u64,
        HirKind::Repetition(times) => {
            let most = times.max.unwrap_or(times.min.saturating_add(1)).max(1);
            parts(&times.sub).saturating_mul(u64::from(most))
        }
        HirKind::Capture(group) => parts(&group.sub),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => all(parts),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(source: &str) -> Pattern {
        Pattern::compile(&regex_syntax::parse(source).unwrap()).unwrap()
    }

    /// The result of a search, and the number of slices of this size.
    fn searched(pattern: &mut Pattern, text: &str, units: u64) -> (Verdict, usize) {
        let mut scan = Scan::default();
        let mut slices = 1;
        loop {
            match pattern.search(text.as_bytes(), &mut scan, &mut Work::of(units)) {
                Verdict::Unfinished => slices += 1,
                verdict @ (Verdict::Match | Verdict::NoMatch | Verdict::TooLong) => {
                    return (verdict, slices);
                }
            }
        }
    }

    #[test]
    fn a_search_that_stops_anywhere_finds_what_others_find() {
        let patterns = [
            "a",
            "a+b",
            "^a",
            "b$",
            "^$",
            "",
            r"\bab\b",
            "é+",
            r"\w\s",
            "(?i)K",
            "[^a]",
            "(?m)^b$",
            r"a\b",
            r"(ab|ba)+é",
        ];
        let mut random = fastrand::Rng::with_seed(2);
        for source in patterns {
            let known = regex_automata::nfa::thompson::pikevm::PikeVM::new(source).unwrap();
            let mut known_cache = known.create_cache();
            let mut pattern = pattern(source);
            for _ in 0..300 {
                let text: String = (0..random.usize(..12))
                    .map(|_| {
                        *random
                            .choice(&['a', 'b', 'é', ' ', 'k', '\u{212A}'])
                            .unwrap()
                    })
                    .collect();
                let expected = if known.is_match(&mut known_cache, text.as_str()) {
                    Verdict::Match
                } else {
                    Verdict::NoMatch
                };
                for units in [1, 40, Work::SLICE] {
                    let (verdict, _) = searched(&mut pattern, &text, units);
                    assert_eq!(verdict, expected, "{source} on {text:?} by {units}");
                }
            }
        }
    }

    #[test]
    fn the_worst_pattern_takes_its_size_per_byte_and_can_be_stopped() {
        let mut pattern = pattern("(a?){500}(a|aa)+$b");
        let text = "a".repeat(100_000);
        let (verdict, slices) = searched(&mut pattern, &text, Work::SLICE);
        assert_eq!(verdict, Verdict::NoMatch);
        assert!(slices < 100, "{slices}");
    }

    #[test]
    fn patterns_that_cannot_be_paused_run_only_on_short_texts() {
        let mut pattern = pattern(r"\bé\b");
        assert_eq!(searched(&mut pattern, "a é", Work::SLICE).0, Verdict::Match);
        let long = format!("{}é", "x".repeat(2_000_000));
        assert_eq!(
            searched(&mut pattern, &long, Work::SLICE).0,
            Verdict::TooLong
        );
    }

    #[test]
    fn a_pattern_that_grows_too_large_is_refused() {
        let hir = regex_syntax::parse("((a{100}){100}){100}").unwrap();
        let refused = Pattern::compile(&hir).unwrap_err();
        assert!(refused.contains("too large"), "{refused}");
    }
}
