//! The history of the files: who changed what, newest first, and what can be undone. No I/O.

use common::{
    time::Timestamp,
    workspace::{Comparison, ConflictChoice, OriginKind, Timeline, TimelineChange},
};

/// The most paths that a step names.
const NAMED_PATHS: usize = 3;

/// The history while it is looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct History {
    /// The changes as far as they are loaded.
    changes: Vec<TimelineChange>,
    /// Before which change there are more.
    pub(crate) next: Option<u64>,
    /// Whether a list is on its way.
    pub(crate) is_loading: bool,
    /// What is being undone or redone, or asked about.
    pub(crate) reversal: Reversing,
    /// The step whose changes are shown, by its last change.
    pub(crate) compared: Option<(u64, Compared)>,
    /// What went wrong.
    pub(crate) problem: Option<String>,
    /// What was done, in words.
    pub(crate) done: Option<String>,
}

/// Changes of one origin with no other between them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Step {
    /// The first change.
    pub(crate) first: u64,
    /// The last change.
    pub(crate) last: u64,
    /// What made them.
    pub(crate) kind: OriginKind,
    /// When the last one was made.
    pub(crate) at: Timestamp,
    /// Some of the paths that they touched.
    pub(crate) paths: Vec<String>,
    /// Whether they touched others, too.
    pub(crate) has_more: bool,
    /// What can be done about it.
    pub(crate) way: Option<Reversal>,
}

/// Something to undo or redo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reversal {
    /// Which way.
    pub(crate) way: Way,
    /// The answers whose changes are meant.
    pub(crate) answers: Vec<String>,
}

/// Back or forth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// Changes are undone.
    Undo,
    /// What was undone is redone.
    Redo,
}

/// How far an undo or a redo is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Reversing {
    /// There is none.
    #[default]
    Idle,
    /// It is on its way.
    Running(Reversal),
    /// The user is asked what is to stay at these places, which were changed since.
    Asking(Reversal, Vec<String>),
}

/// What a step changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Compared {
    /// It is being looked up.
    Looking,
    /// This.
    Found(Comparison),
    /// It could not be found, for this reason.
    Failed(String),
}

/// The server's answer to an undo or a redo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reversed {
    /// It was done; these places stay as they are.
    Done(Vec<String>),
    /// Nothing was done: these places were changed since.
    Conflict(Vec<String>),
    /// Nothing was done, for this reason.
    Failed(String),
}

/// What happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Input {
    /// The history was opened, or something changed in the workspace.
    Changed,
    /// The user wants older changes.
    More,
    /// A list came (before this change), or did not.
    Listed(Option<u64>, Result<Timeline, String>),
    /// The user shows or hides what a step changed.
    Toggled(Step),
    /// What a step changed came, or did not.
    Compared(u64, Result<Comparison, String>),
    /// The user undoes or redoes something.
    Reverse(Reversal),
    /// The server's answer.
    Reversed(Reversed),
    /// The user said what is to stay; `None`: nothing is to be done.
    Chosen(Option<ConflictChoice>),
    /// The user has seen the problem.
    Dismissed,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    /// List changes: those before this one, or the newest.
    List(Option<u64>),
    /// Find what changed between two points; the second names the step.
    Compare(u64, u64),
    /// Undo or redo.
    Reverse(Reversal, Option<ConflictChoice>),
}

impl History {
    /// Takes an input and says what is to be done.
    pub(crate) fn handle(&mut self, input: Input) -> Vec<Effect> {
        match input {
            Input::Changed => {
                self.is_loading = true;
                vec![Effect::List(None)]
            }
            Input::More => match self.next {
                Some(before) if !self.is_loading => {
                    self.is_loading = true;
                    vec![Effect::List(Some(before))]
                }
                Some(_) | None => Vec::new(),
            },
            Input::Listed(before, listed) => {
                self.listed(before, listed);
                Vec::new()
            }
            Input::Toggled(step) => self.toggled(&step),
            Input::Compared(last, compared) => {
                if let Some((shown, state)) = &mut self.compared
                    && *shown == last
                {
                    *state = match compared {
                        Ok(found) => Compared::Found(found),
                        Err(why) => Compared::Failed(why),
                    };
                }
                Vec::new()
            }
            Input::Reverse(reversal) => self.reverse(reversal, None),
            Input::Reversed(reversed) => self.reversed(reversed),
            Input::Chosen(choice) => match (std::mem::take(&mut self.reversal), choice) {
                (Reversing::Asking(reversal, _), Some(choice)) => {
                    self.reverse(reversal, Some(choice))
                }
                (Reversing::Asking(..), None) => Vec::new(),
                (other @ (Reversing::Idle | Reversing::Running(_)), _) => {
                    self.reversal = other;
                    Vec::new()
                }
            },
            Input::Dismissed => {
                self.problem = None;
                Vec::new()
            }
        }
    }

    fn listed(&mut self, before: Option<u64>, listed: Result<Timeline, String>) {
        self.is_loading = false;
        match listed {
            Ok(timeline) => {
                // A list behind the loaded ones that comes late would leave a gap.
                if before.is_some() && before != self.next {
                    return;
                }
                if before.is_none() {
                    self.changes.clear();
                }
                self.changes.extend(timeline.changes);
                self.next = timeline.next;
            }
            Err(why) => self.problem = Some(why),
        }
    }

    fn toggled(&mut self, step: &Step) -> Vec<Effect> {
        if self
            .compared
            .take()
            .is_some_and(|(shown, _)| shown == step.last)
        {
            return Vec::new();
        }
        self.compared = Some((step.last, Compared::Looking));
        vec![Effect::Compare(step.first.saturating_sub(1), step.last)]
    }

    fn reverse(&mut self, reversal: Reversal, choice: Option<ConflictChoice>) -> Vec<Effect> {
        if matches!(self.reversal, Reversing::Running(_)) {
            return Vec::new();
        }
        self.problem = None;
        self.done = None;
        self.reversal = Reversing::Running(reversal.clone());
        vec![Effect::Reverse(reversal, choice)]
    }

    fn reversed(&mut self, reversed: Reversed) -> Vec<Effect> {
        let Reversing::Running(reversal) = std::mem::take(&mut self.reversal) else {
            return Vec::new();
        };
        match reversed {
            Reversed::Done(kept) => {
                self.done = Some(done_words(reversal.way, &kept));
                self.is_loading = true;
                vec![Effect::List(None)]
            }
            Reversed::Conflict(places) => {
                self.reversal = Reversing::Asking(reversal, places);
                Vec::new()
            }
            Reversed::Failed(why) => {
                self.problem = Some(why);
                Vec::new()
            }
        }
    }

    /// The steps, newest first.
    pub(crate) fn steps(&self) -> Vec<Step> {
        let mut steps: Vec<Step> = Vec::new();
        let mut answer_of_last: Option<&Option<String>> = None;
        for change in &self.changes {
            match steps.last_mut() {
                Some(step)
                    if step.kind == change.kind && answer_of_last == Some(&change.answer) =>
                {
                    step.first = change.number;
                    step.take_paths(change);
                }
                Some(_) | None => {
                    let mut step = Step {
                        first: change.number,
                        last: change.number,
                        kind: change.kind,
                        at: change.at,
                        paths: Vec::new(),
                        has_more: false,
                        way: self.way(change),
                    };
                    step.take_paths(change);
                    steps.push(step);
                }
            }
            answer_of_last = Some(&change.answer);
        }
        steps
    }

    /// What can be done about what made a change: the latest change of the same answer says whether it stands.
    fn way(&self, change: &TimelineChange) -> Option<Reversal> {
        let answer = change.answer.as_ref()?;
        let latest = self
            .changes
            .iter()
            .find(|other| other.answer.as_ref() == Some(answer))?;
        let way = match latest.kind {
            OriginKind::Undo => Way::Redo,
            OriginKind::User | OriginKind::Answer | OriginKind::Redo => Way::Undo,
        };
        // Where its changes are several steps, one button is enough: that of its latest.
        (latest.number == change.number || change.kind == OriginKind::Answer).then(|| Reversal {
            way,
            answers: vec![answer.clone()],
        })
    }

    /// The undo of a step and of everything that the agent did after it; `None`: that is no more than the step's own.
    pub(crate) fn undo_from(&self, step: &Step) -> Option<Reversal> {
        let mut answers: Vec<String> = Vec::new();
        for change in self
            .changes
            .iter()
            .filter(|change| change.number >= step.first)
        {
            let stands = self
                .way(change)
                .is_some_and(|reversal| reversal.way == Way::Undo);
            if let Some(answer) = change.answer.as_ref().filter(|_| stands)
                && !answers.contains(answer)
            {
                answers.push(answer.clone());
            }
        }
        (step.kind == OriginKind::Answer && answers.len() > 1).then_some(Reversal {
            way: Way::Undo,
            answers,
        })
    }

    /// Whether there is nothing to show, for sure.
    pub(crate) const fn is_empty(&self) -> bool {
        self.changes.is_empty() && !self.is_loading && self.problem.is_none()
    }
}

impl Step {
    fn take_paths(&mut self, change: &TimelineChange) {
        self.has_more |= change.touched > change.paths.len() as u64;
        for path in &change.paths {
            if self.paths.contains(path) {
                continue;
            }
            if self.paths.len() == NAMED_PATHS {
                self.has_more = true;
                return;
            }
            self.paths.push(path.clone());
        }
    }
}

fn done_words(way: Way, kept: &[String]) -> String {
    let done = match way {
        Way::Undo => "The changes are undone.",
        Way::Redo => "The changes are made again.",
    };
    if kept.is_empty() {
        return done.to_owned();
    }
    format!("{done} These stay as they are: {}.", kept.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(
        number: u64,
        kind: OriginKind,
        answer: Option<&str>,
        paths: &[&str],
    ) -> TimelineChange {
        TimelineChange {
            number,
            kind,
            answer: answer.map(str::to_owned),
            at: Timestamp::from_millis(number),
            paths: paths.iter().map(|path| (*path).to_owned()).collect(),
            touched: paths.len() as u64,
        }
    }

    fn history(changes: Vec<TimelineChange>) -> History {
        let mut history = History::default();
        assert_eq!(history.handle(Input::Changed), [Effect::List(None)]);
        let timeline = Timeline {
            changes,
            next: None,
        };
        history.handle(Input::Listed(None, Ok(timeline)));
        history
    }

    fn undo(answers: &[&str]) -> Reversal {
        Reversal {
            way: Way::Undo,
            answers: answers.iter().map(|answer| (*answer).to_owned()).collect(),
        }
    }

    #[test]
    fn changes_of_one_origin_are_a_step() {
        let history = history(vec![
            change(6, OriginKind::User, None, &["mine"]),
            change(5, OriginKind::Answer, Some("b"), &["x", "y"]),
            change(4, OriginKind::Answer, Some("b"), &["z", "q"]),
            change(3, OriginKind::Undo, Some("a"), &["x"]),
            change(2, OriginKind::Answer, Some("a"), &["x"]),
        ]);
        let steps = history.steps();
        let said: Vec<_> = steps
            .iter()
            .map(|step| (step.first, step.last, step.paths.join(" "), step.has_more))
            .collect();
        let said_of = |first, last, paths: &str, more| (first, last, paths.to_owned(), more);
        assert_eq!(
            said,
            [
                said_of(6, 6, "mine", false),
                said_of(4, 5, "x y z", true),
                said_of(3, 3, "x", false),
                said_of(2, 2, "x", false),
            ]
        );
        let ways: Vec<_> = steps
            .iter()
            .map(|step| step.way.as_ref().map(|way| way.way))
            .collect();
        assert_eq!(
            ways,
            [None, Some(Way::Undo), Some(Way::Redo), Some(Way::Redo)]
        );
        assert_eq!(history.undo_from(&steps[1]), None, "a is undone already");
    }

    #[test]
    fn everything_from_a_step_on_can_be_undone() {
        let history = history(vec![
            change(4, OriginKind::Answer, Some("c"), &["x"]),
            change(3, OriginKind::User, None, &["x"]),
            change(2, OriginKind::Answer, Some("b"), &["x"]),
            change(1, OriginKind::Answer, Some("a"), &["x"]),
        ]);
        let steps = history.steps();
        assert_eq!(history.undo_from(&steps[0]), None);
        assert_eq!(history.undo_from(&steps[2]), Some(undo(&["c", "b"])));
        assert_eq!(history.undo_from(&steps[3]), Some(undo(&["c", "b", "a"])));
    }

    #[test]
    fn a_conflict_is_asked_about_and_the_answer_is_sent() {
        let mut history = history(vec![change(1, OriginKind::Answer, Some("a"), &["x"])]);
        let reversal = undo(&["a"]);
        let effects = history.handle(Input::Reverse(reversal.clone()));
        assert_eq!(effects, [Effect::Reverse(reversal.clone(), None)]);
        assert_eq!(
            history.handle(Input::Reverse(reversal.clone())),
            [],
            "one at a time"
        );
        history.handle(Input::Reversed(Reversed::Conflict(vec!["x".to_owned()])));
        assert_eq!(
            history.reversal,
            Reversing::Asking(reversal.clone(), vec!["x".to_owned()])
        );
        let keep = Some(ConflictChoice::Keep);
        assert_eq!(
            history.handle(Input::Chosen(keep)),
            [Effect::Reverse(reversal.clone(), keep)]
        );
        let done = history.handle(Input::Reversed(Reversed::Done(vec!["x".to_owned()])));
        assert_eq!(done, [Effect::List(None)]);
        assert_eq!(
            history.done.as_deref(),
            Some("The changes are undone. These stay as they are: x.")
        );

        history.handle(Input::Reverse(reversal));
        history.handle(Input::Reversed(Reversed::Conflict(vec!["x".to_owned()])));
        assert_eq!(history.handle(Input::Chosen(None)), []);
        assert_eq!(history.reversal, Reversing::Idle);
    }

    #[test]
    fn lists_are_joined_and_a_late_one_leaves_no_gap() {
        let mut history = history(vec![change(9, OriginKind::User, None, &["x"])]);
        history.next = Some(9);
        assert_eq!(history.handle(Input::More), [Effect::List(Some(9))]);
        assert_eq!(history.handle(Input::More), [], "it is on its way");
        let older = Timeline {
            changes: vec![change(8, OriginKind::User, None, &["y"])],
            next: None,
        };
        history.handle(Input::Listed(Some(9), Ok(older.clone())));
        assert_eq!(history.steps().len(), 1);
        assert_eq!(history.steps()[0].paths, ["x", "y"]);
        history.handle(Input::Listed(Some(9), Ok(older)));
        assert_eq!(history.changes.len(), 2);
        history.handle(Input::Changed);
        history.handle(Input::Listed(None, Err("offline".to_owned())));
        assert_eq!(
            (history.changes.len(), history.problem.as_deref()),
            (2, Some("offline"))
        );
    }

    #[test]
    fn what_a_step_changed_is_shown_and_hidden() {
        let mut history = history(vec![change(3, OriginKind::User, None, &["x"])]);
        let step = history.steps().remove(0);
        assert_eq!(
            history.handle(Input::Toggled(step.clone())),
            [Effect::Compare(2, 3)]
        );
        history.handle(Input::Compared(3, Ok(Comparison::default())));
        let found = Compared::Found(Comparison::default());
        assert_eq!(history.compared, Some((3, found)));
        assert_eq!(history.handle(Input::Toggled(step)), []);
        assert_eq!(history.compared, None);
        history.handle(Input::Compared(3, Ok(Comparison::default())));
        assert_eq!(history.compared, None, "it came too late");
    }
}
