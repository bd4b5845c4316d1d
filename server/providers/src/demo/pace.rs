//! Cuts an answer into steps, with delays.

use std::time::Duration;

use super::DemoStep;
use crate::ProviderEvent;

/// The delay before the first word.
pub(super) const FIRST: Duration = Duration::from_millis(250);

/// The delays between steps, repeated: uneven like a model's, 30 ms on average.
const PAUSES_MS: [u64; 7] = [24, 36, 20, 33, 28, 40, 29];

/// Models write tokens, so that long words come in pieces.
const MAX_CHARS: usize = 8;

/// The steps of `answer` from byte `from` on. The cuts are the same wherever it starts.
pub(super) fn steps(answer: &str, from: usize) -> impl Iterator<Item = DemoStep> {
    let mut end = 0;
    let unsaid = answer
        .split_inclusive(char::is_whitespace)
        .flat_map(tokens)
        .filter_map(move |token| {
            let start = end;
            end += token.len();
            let rest = token.get(from.saturating_sub(start)..)?;
            (!rest.is_empty()).then(|| rest.to_owned())
        });
    let pauses =
        std::iter::once(FIRST).chain(PAUSES_MS.map(Duration::from_millis).into_iter().cycle());
    unsaid.zip(pauses).map(|(text, after)| DemoStep {
        after,
        event: ProviderEvent::TextDelta(text),
    })
}

/// The pieces of a word.
fn tokens(word: &str) -> impl Iterator<Item = &str> {
    let mut rest = word;
    std::iter::from_fn(move || {
        let cut = rest
            .char_indices()
            .nth(MAX_CHARS)
            .map_or(rest.len(), |(cut, _)| cut);
        let (token, after) = rest.split_at_checked(cut)?;
        rest = after;
        (!token.is_empty()).then_some(token)
    })
}
