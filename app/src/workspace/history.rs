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
    /// The result of the last undo or redo, for the user.
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
            OriginKind::User | OriginKind::Answer | OriginKind::Redo | OriginKind::Restore => {
                Way::Undo
            }
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

/// What is to be undone, or redone, first; `None`: nothing.
pub(crate) fn latest(timeline: Timeline, way: Way) -> Option<Reversal> {
    let mut history = History::default();
    history.listed(None, Ok(timeline));
    let steps = history.steps().into_iter();
    let mut reversals = steps.filter_map(|step| step.way);
    reversals.find(|reversal| reversal.way == way)
}

/// What was done; these paths stay as they are.
pub(crate) fn done_words(way: Way, kept: &[String]) -> String {
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
mod tests;
