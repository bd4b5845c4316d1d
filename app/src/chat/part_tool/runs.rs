//! Runs of calls that went well. Three or more of them are one line until the reader wants to see them.

use std::collections::BTreeSet;

use common::message::{Message, Part, ToolState};
use leptos::prelude::*;

use super::call::is_question;
use crate::chat::{RowHandle, message_details::Ending};

/// So many calls are folded.
const MANY: usize = 3;

/// Calls that follow each other, with nothing else to see between them but thoughts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Run {
    /// The first and the last part.
    first: usize,
    last: usize,
    calls: usize,
    /// Whether no more calls can come in.
    is_closed: bool,
}

/// The runs of a message, and which of them the reader has opened.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Runs {
    runs: Memo<Vec<Run>>,
    /// By their first parts.
    opened: RwSignal<BTreeSet<usize>>,
}

impl Runs {
    /// Those of this message.
    pub(crate) fn of(row: RowHandle) -> Self {
        Self {
            runs: Memo::new(move |_| row.with(runs_of)),
            opened: RwSignal::new(BTreeSet::new()),
        }
    }

    /// Whether the part is folded away.
    pub(crate) fn hides(self, part: usize) -> bool {
        let run = self.folded(|run| (run.first..=run.last).contains(&part));
        run.is_some_and(|run| !self.opened.with(|opened| opened.contains(&run.first)))
    }

    /// How many calls there are in the run that begins with this part and is folded, or was.
    pub(super) fn begun_by(self, part: usize) -> Option<usize> {
        self.folded(|run| run.first == part).map(|run| run.calls)
    }

    pub(super) fn is_opened(self, first: usize) -> bool {
        self.opened.with(|opened| opened.contains(&first))
    }

    /// Opens or closes the run that begins with this part.
    pub(super) fn toggle(self, first: usize) {
        self.opened.update(|opened| {
            if !opened.remove(&first) {
                opened.insert(first);
            }
        });
    }

    /// The reader has opened a call: it stays in sight.
    pub(super) fn keep_in_sight(self, part: usize) {
        let run = self.runs.with_untracked(|runs| {
            let mut runs = runs.iter();
            let run = runs.find(|run| (run.first..=run.last).contains(&part));
            run.map(|run| run.first)
        });
        if let Some(first) = run {
            self.opened.update(|opened| {
                opened.insert(first);
            });
        }
    }

    fn folded(self, is_it: impl Fn(&Run) -> bool) -> Option<Run> {
        let is_folded = |run: &&Run| run.calls >= MANY && run.is_closed && is_it(run);
        self.runs.with(|runs| runs.iter().find(is_folded).copied())
    }
}

/// What a part is for the run around it.
enum Kind {
    Call,
    /// It is not seen, or is folded away with the calls around it.
    Between,
    /// It ends the run.
    Other,
}

fn kind(part: &Part) -> Kind {
    match part {
        Part::Tool(call) => {
            let is_done = matches!(
                call.state,
                ToolState::OutputAvailable {
                    preliminary: false,
                    ..
                }
            );
            if is_done && !is_question(call) {
                Kind::Call
            } else {
                Kind::Other
            }
        }
        Part::Text(text) if text.text.trim().is_empty() => Kind::Between,
        Part::Data(data) if data.name != "notice" => Kind::Between,
        Part::Reasoning(_) | Part::StepStart | Part::Other(_) => Kind::Between,
        Part::Text(_)
        | Part::File(_)
        | Part::SourceUrl(_)
        | Part::SourceDocument(_)
        | Part::Data(_) => Kind::Other,
    }
}

fn runs_of(message: &Message) -> Vec<Run> {
    let mut runs = Vec::new();
    let mut current: Option<Run> = None;
    for (index, part) in message.parts.iter().enumerate() {
        match (kind(part), &mut current) {
            (Kind::Call, Some(run)) => {
                run.last = index;
                run.calls += 1;
            }
            (Kind::Call, None) => {
                current = Some(Run {
                    first: index,
                    last: index,
                    calls: 1,
                    is_closed: false,
                });
            }
            (Kind::Between, _) => {}
            (Kind::Other, _) => runs.extend(current.take().map(|run| Run {
                is_closed: true,
                ..run
            })),
        }
    }
    let is_closed = Ending::of(message) == Ending::Whole;
    runs.extend(current.map(|run| Run { is_closed, ..run }));
    runs
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn calls_that_went_well_make_runs() {
        let call = |state: &str| {
            json!({"type": "tool-read", "toolCallId": "c", "state": state, "input": {},
                "output": 1, "errorText": "no"})
        };
        let (done, failed) = (call("output-available"), call("output-error"));
        let step = json!({"type": "step-start"});
        let thought = json!({"type": "reasoning", "text": "Hm."});
        let text = json!({"type": "text", "text": "So."});
        let parts = json!([step, done, step, thought, done, failed, done, text, done]);
        let message = |metadata: serde_json::Value| -> Message {
            let message =
                json!({"id": "a", "role": "assistant", "metadata": metadata, "parts": parts});
            serde_json::from_value(message).unwrap()
        };
        let run = |first, last, calls, is_closed| Run {
            first,
            last,
            calls,
            is_closed,
        };
        let mut expected = [run(1, 4, 2, true), run(6, 6, 1, true), run(8, 8, 1, false)];
        assert_eq!(runs_of(&message(json!(null))), expected, "it may go on");
        expected[2].is_closed = true;
        assert_eq!(runs_of(&message(json!({"finishReason": "stop"}))), expected);
    }
}
