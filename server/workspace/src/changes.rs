//! What clients ask of the history, over HTTP and in calls: both have the same requests, answers and refusals.

use common::workspace::{
    CompareRequest, Comparison, ConflictChoice, DraftChoice, DraftDecided, DraftRequest,
    RestoreRequest, UndoRequest, Undone,
};
use serde_json::Value;
use thiserror::Error;

use super::{
    Choice, Decided, DraftError, FilePath, OnConflict, Portion, UndoError, Workspace,
    WorkspaceError, timeline, undo,
};

/// The maximum number of answers of one undo.
const ANSWERS: usize = 10_000;

/// The maximum number of files that a decision about the draft names.
const CHOICES: usize = 10_000;

/// A request about the history, or about the draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ask {
    /// Undo what answers changed.
    Undo(UndoRequest),
    /// Redo what was undone of an answer.
    Redo(UndoRequest),
    /// Put a file back as it was.
    Restore(RestoreRequest),
    /// Find what an answer changed, or what differs between two points.
    Compare(CompareRequest),
    /// Find out what waits in the draft.
    Draft,
    /// Make changes of the draft in the files.
    KeepDraft(DraftRequest),
    /// Take changes out of the draft.
    DropDraft(DraftRequest),
    /// Undo what the answers of the shown branch changed, and redo what those of another one did.
    Switch(SwitchRequest),
}

/// The answers of two branches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SwitchRequest {
    /// The answers of the branch that is left.
    pub left: Vec<String>,
    /// The answers of the branch that is entered.
    pub entered: Vec<String>,
    /// What happens where the same lines were changed since; `None`: nothing is changed, and the places are named.
    pub on_conflict: Option<ConflictChoice>,
}

/// The result of a request.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    /// What the caller gets.
    pub body: Value,
    /// The answers whose changes were undone or redone.
    pub turned: Vec<Turned>,
}

/// An answer whose changes were undone or redone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turned {
    /// The id of its message.
    pub answer: String,
    /// Whether they are undone now.
    pub is_undone: bool,
}

/// Why nothing was changed. `Display` is a sentence for the caller.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum AskError {
    /// The request means nothing.
    #[error("{0}")]
    Unreadable(String),
    /// What the request is about is not there.
    #[error("{0}")]
    Missing(&'static str),
    /// There is nothing to undo or redo.
    #[error("{0}")]
    Refused(String),
    /// The same lines were changed since: the caller has to choose.
    #[error("{}", .0.error.as_deref().unwrap_or_default())]
    Conflict(Undone),
    /// The user changed the same lines as the draft: the caller has to choose.
    #[error("{}", .0.error.as_deref().unwrap_or_default())]
    DraftConflict(DraftDecided),
    /// The workspace refused it.
    #[error(transparent)]
    Workspace(#[from] WorkspaceError),
}

impl Ask {
    /// Whether the request may change files.
    #[must_use]
    pub const fn changes_files(&self) -> bool {
        match self {
            Self::Undo(_)
            | Self::Redo(_)
            | Self::Restore(_)
            | Self::Switch(_)
            | Self::KeepDraft(_)
            | Self::DropDraft(_) => true,
            Self::Compare(_) | Self::Draft => false,
        }
    }
}

impl From<UndoError> for AskError {
    fn from(error: UndoError) -> Self {
        let words = sentence(&error.to_string());
        match error {
            UndoError::Workspace(error) => Self::Workspace(error),
            UndoError::Conflict(places) => Self::Conflict(Undone {
                kept: places.iter().map(ToString::to_string).collect(),
                error: Some(words),
                ..Undone::default()
            }),
            UndoError::NothingToUndo | UndoError::NothingToRedo | UndoError::TooOld => {
                Self::Refused(words)
            }
        }
    }
}

impl From<DraftError> for AskError {
    fn from(error: DraftError) -> Self {
        let words = sentence(&error.to_string());
        match error {
            DraftError::Workspace(error) => Self::Workspace(error),
            DraftError::Conflict(places) => Self::DraftConflict(DraftDecided {
                conflicts: places.iter().map(ToString::to_string).collect(),
                error: Some(words),
                ..DraftDecided::default()
            }),
            DraftError::NoDraft
            | DraftError::NotDrafted(_)
            | DraftError::Stale(_)
            | DraftError::NoSuchHunk(_) => Self::Refused(words),
        }
    }
}

impl Workspace<'_> {
    /// Answers a request about the history.
    ///
    /// # Errors
    /// The reason why nothing was changed.
    pub fn ask(&self, ask: &Ask) -> Result<Asked, AskError> {
        match ask {
            Ask::Undo(request) => {
                let answers: Vec<&str> = request.answers.iter().map(String::as_str).collect();
                if answers.len() > ANSWERS {
                    return Err(AskError::Unreadable(format!(
                        "At most {ANSWERS} answers can be undone at once."
                    )));
                }
                self.turn(request, true, |workspace, on_conflict| {
                    if request.is_leaving {
                        workspace.in_both(None, |line| line.leave(&answers, on_conflict))
                    } else {
                        workspace.in_both(Some("undone"), |line| line.undo(&answers, on_conflict))
                    }
                })
            }
            Ask::Redo(request) => match request.answers.as_slice() {
                [answer] => self.turn(request, false, |workspace, on_conflict| {
                    workspace.in_both(Some("redone"), |line| line.redo(answer, on_conflict))
                }),
                _ => Err(AskError::Unreadable(
                    "A redo takes the id of one answer.".to_owned(),
                )),
            },
            Ask::Restore(request) => {
                let path = FilePath::parse(&request.path).map_err(WorkspaceError::from)?;
                let version = self.restore(&path, request.behind)?;
                let undone = Undone {
                    version,
                    ..Undone::default()
                };
                Ok(Asked::of(undone.to_json()))
            }
            Ask::Compare(request) => self.compared(request),
            Ask::Switch(request) => self.switched(request),
            Ask::Draft => Ok(Asked::of(self.draft_listing(None)?.to_json())),
            Ask::KeepDraft(request) => {
                let choices = choices(request)?;
                let on_conflict = on_conflict(request.on_conflict);
                Ok(decided(self.keep_draft(choices.as_deref(), on_conflict)?))
            }
            Ask::DropDraft(request) => {
                let choices = choices(request)?;
                Ok(decided(self.drop_draft(choices.as_deref())?))
            }
        }
    }

    fn switched(&self, request: &SwitchRequest) -> Result<Asked, AskError> {
        let left: Vec<&str> = request.left.iter().map(String::as_str).collect();
        let entered: Vec<&str> = request.entered.iter().map(String::as_str).collect();
        let on_conflict = on_conflict(request.on_conflict);
        let done = self.in_both(None, |line| line.switch(&left, &entered, on_conflict))?;
        let turned = done.answers.iter().map(|answer| Turned {
            answer: answer.clone(),
            is_undone: left.contains(&answer.as_str()),
        });
        Ok(Asked {
            turned: turned.collect(),
            body: body_of(done),
        })
    }

    /// Undoes or redoes; when that is only checked, takes it back again.
    fn turn(
        &self,
        request: &UndoRequest,
        is_undone: bool,
        work: impl FnOnce(&Workspace<'_>, OnConflict) -> Result<undo::Undone, UndoError>,
    ) -> Result<Asked, AskError> {
        let on_conflict = on_conflict(request.on_conflict);
        let done = if request.is_check {
            self.rolled_back(|| work(&self.roomy(), on_conflict))
        } else {
            work(self, on_conflict)
        }?;
        let turned = done.answers.iter().filter(|_| !request.is_check);
        let turned = turned.map(|answer| Turned {
            answer: answer.clone(),
            is_undone,
        });
        Ok(Asked {
            turned: turned.collect(),
            body: body_of(done),
        })
    }

    fn compared(&self, request: &CompareRequest) -> Result<Asked, AskError> {
        let found = match (&request.answer, request.from) {
            (Some(answer), _) => self.compare_answer_in_either(answer)?,
            (None, Some(from)) => self.compare(from, request.to)?,
            (None, None) => {
                return Err(AskError::Unreadable(
                    "Name an `answer`, or with `from` the change to compare with.".to_owned(),
                ));
            }
        };
        let timeline::Comparison { changes, more } = found.ok_or(AskError::Missing(
            "What stood there then is no longer stored: choose a later change.",
        ))?;
        Ok(Asked::of(Comparison { changes, more }.to_json()))
    }
}

impl Asked {
    /// A result that undid and redid nothing.
    const fn of(body: Value) -> Self {
        Self {
            body,
            turned: Vec::new(),
        }
    }
}

/// What a decision names; `None`: everything.
fn choices(request: &DraftRequest) -> Result<Option<Vec<Choice>>, AskError> {
    match (request.files.as_slice(), request.is_all) {
        ([], true) => return Ok(None),
        ([], false) | ([_, ..], true) => {
            return Err(AskError::Unreadable(
                "Name the `files` that are meant, or set `all`.".to_owned(),
            ));
        }
        ([_, ..], false) => {}
    }
    if request.files.len() > CHOICES {
        return Err(AskError::Unreadable(format!(
            "A decision names at most {CHOICES} files."
        )));
    }
    let choice = |file: &DraftChoice| {
        Ok(Choice {
            path: FilePath::parse(&file.path).map_err(WorkspaceError::from)?,
            version: file.version.clone(),
            portion: if file.hunks.is_empty() {
                Portion::Whole
            } else {
                Portion::Hunks(file.hunks.iter().copied().collect())
            },
        })
    };
    let choices: Result<Vec<Choice>, AskError> = request.files.iter().map(choice).collect();
    choices.map(Some)
}

fn decided(decided: Decided) -> Asked {
    let body = DraftDecided {
        version: decided.version,
        left: decided.left,
        conflicts: decided.conflicts.iter().map(ToString::to_string).collect(),
        error: None,
    };
    Asked {
        body: body.to_json(),
        // What is kept counts as done, also where it was undone before.
        turned: decided
            .answers
            .into_iter()
            .map(|answer| Turned {
                answer,
                is_undone: false,
            })
            .collect(),
    }
}

const fn on_conflict(choice: Option<ConflictChoice>) -> OnConflict {
    match choice {
        None => OnConflict::Refuse,
        Some(ConflictChoice::Keep) => OnConflict::Keep,
        Some(ConflictChoice::Replace) => OnConflict::Replace,
    }
}

fn body_of(done: undo::Undone) -> Value {
    Undone {
        version: done.version,
        kept: done.kept.iter().map(ToString::to_string).collect(),
        answers: done.answers,
        error: None,
    }
    .to_json()
}

fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(char::to_uppercase);
    let mut sentence: String = first.into_iter().flatten().chain(chars).collect();
    sentence.push('.');
    sentence
}
