//! The changes of a workspace over HTTP.
//!
//! `GET …/changes` is the timeline, `…/changes/compare?from=&to=` what differs between two points, and
//! `…/changes/versions?path=` the versions of a file. `POST …/changes/undo`, `…/redo` and `…/restore` take JSON.

use common::workspace::{
    CHANGES, Comparison, ConflictChoice, FileVersion, OriginKind, Refused, RestoreRequest,
    Timeline, TimelineChange, UndoRequest, Undone, Versions,
};
use serde_json::Value;

use super::{
    answer::{Answer, refused},
    request::{Request, wrong_method},
};
use crate::{
    ChangeOrigin, FilePath, OnConflict, TIMELINE_CHANGES, UndoError, Workspace, WorkspaceError,
    timeline,
};

/// The most bytes of a request's body: the ids of as many answers as a conversation may have.
pub(super) const BODY_BYTES: u64 = 1_000_000;

/// The most answers of one undo.
const ANSWERS: usize = 10_000;

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    Timeline { before: Option<u64> },
    Compare { from: u64, to: Option<u64> },
    Versions { path: FilePath },
    Undo,
    Redo,
    Restore,
}

impl Asked {
    /// Whether its request has a body.
    pub(super) const fn has_body(&self) -> bool {
        match self {
            Self::Timeline { .. } | Self::Compare { .. } | Self::Versions { .. } => false,
            Self::Undo | Self::Redo | Self::Restore => true,
        }
    }
}

/// What follows [`CHANGES`] in a path; `None`: it is another path.
pub(super) fn below(rest: &str) -> Option<&str> {
    let below = rest.strip_prefix(CHANGES)?;
    match below {
        "" => Some(below),
        _ => below.strip_prefix('/'),
    }
}

/// What a request asks for; `below` is what follows [`CHANGES`] in its path.
pub(super) fn asked(below: &str, request: &Request<'_>) -> Result<Asked, Answer> {
    let number = |name: &str| match request.parameter(name) {
        None => Ok(None),
        Some(text) => text.parse().map(Some).map_err(|_| {
            let text = format!("`{name}` is not the number of a change.");
            Answer::error(Refused::Unreadable, &text)
        }),
    };
    let missing = |name: &str| {
        let text = format!("The parameter `{name}` is missing.");
        Answer::error(Refused::Unreadable, &text)
    };
    let (asked, method) = match below {
        "" => {
            let before = number("before")?;
            (Asked::Timeline { before }, "GET")
        }
        "compare" => {
            let from = number("from")?.ok_or_else(|| missing("from"))?;
            let to = number("to")?;
            (Asked::Compare { from, to }, "GET")
        }
        "versions" => {
            let path = request.parameter("path").ok_or_else(|| missing("path"))?;
            let path = FilePath::parse(path).map_err(|error| refused(&error.into()))?;
            (Asked::Versions { path }, "GET")
        }
        "undo" => (Asked::Undo, "POST"),
        "redo" => (Asked::Redo, "POST"),
        "restore" => (Asked::Restore, "POST"),
        _ => {
            let text =
                "There is `changes`, and below it compare, versions, undo, redo and restore.";
            return Err(Answer::error(Refused::NotFound, text));
        }
    };
    if request.method == method {
        Ok(asked)
    } else {
        Err(wrong_method(method))
    }
}

/// The answer; `body` is that of the request.
pub(super) fn respond(
    workspace: &Workspace<'_>,
    asked: &Asked,
    body: &[u8],
) -> Result<Answer, WorkspaceError> {
    let ok = |body: Value| Answer::new(200).json(&body);
    Ok(match asked {
        Asked::Timeline { before } => ok(timeline_of(workspace, *before)?.to_json()),
        Asked::Compare { from, to } => match workspace.compare(*from, *to)? {
            Some(timeline::Comparison { changes, more }) => {
                ok(Comparison { changes, more }.to_json())
            }
            None => Answer::error(
                Refused::NotFound,
                "What stood there then is no longer stored: choose a later change.",
            ),
        },
        Asked::Versions { path } => {
            let version = |version: timeline::FileVersion| FileVersion {
                since: version.since,
                until: version.until,
                hash: version.hash.to_string(),
                size: version.size,
                at: version.at,
            };
            let versions = workspace.versions(path)?.into_iter().map(version);
            ok(Versions {
                versions: versions.collect(),
            }
            .to_json())
        }
        Asked::Undo | Asked::Redo => match json(body).and_then(UndoRequest::from_json) {
            Some(request) => undone(workspace, asked, &request)?,
            None => unreadable("{\"answers\": [\"id of a message\"], \"onConflict\": \"keep\"}"),
        },
        Asked::Restore => match json(body).and_then(RestoreRequest::from_json) {
            Some(request) => {
                let version =
                    workspace.restore(&FilePath::parse(&request.path)?, request.behind)?;
                ok(Undone {
                    version,
                    ..Undone::default()
                }
                .to_json())
            }
            None => unreadable("{\"path\": \"a file\", \"behind\": 3}"),
        },
    })
}

fn json(body: &[u8]) -> Option<Value> {
    serde_json::from_slice(body).ok()
}

fn unreadable(wanted: &str) -> Answer {
    let text =
        format!("The body cannot be read, so nothing was changed. It is JSON such as {wanted}.");
    Answer::error(Refused::Unreadable, &text)
}

fn timeline_of(workspace: &Workspace<'_>, before: Option<u64>) -> Result<Timeline, WorkspaceError> {
    let steps = workspace.timeline(before)?;
    let is_full = steps.len() == TIMELINE_CHANGES;
    let next = steps
        .last()
        .filter(|_| is_full)
        .map(|step| step.change.number);
    let change = |step: timeline::TimelineChange| {
        let (kind, answer) = match step.change.origin {
            ChangeOrigin::User => (OriginKind::User, None),
            ChangeOrigin::Answer(answer) => (OriginKind::Answer, Some(answer)),
            ChangeOrigin::Undo(answer) => (OriginKind::Undo, Some(answer)),
            ChangeOrigin::Redo(answer) => (OriginKind::Redo, Some(answer)),
        };
        TimelineChange {
            number: step.change.number,
            kind,
            answer,
            at: step.change.at,
            paths: step.paths.iter().map(ToString::to_string).collect(),
            touched: step.touched,
        }
    };
    Ok(Timeline {
        changes: steps.into_iter().map(change).collect(),
        next,
    })
}

fn undone(
    workspace: &Workspace<'_>,
    asked: &Asked,
    request: &UndoRequest,
) -> Result<Answer, WorkspaceError> {
    if request.answers.len() > ANSWERS {
        let text = format!("At most {ANSWERS} answers can be undone at once.");
        return Ok(Answer::error(Refused::Unreadable, &text));
    }
    let on_conflict = match request.on_conflict {
        None => OnConflict::Refuse,
        Some(ConflictChoice::Keep) => OnConflict::Keep,
        Some(ConflictChoice::Replace) => OnConflict::Replace,
    };
    let answers: Vec<&str> = request.answers.iter().map(String::as_str).collect();
    let outcome = match (asked, answers.as_slice()) {
        (Asked::Redo, [answer]) => workspace.redo(answer, on_conflict),
        (Asked::Redo, _) => {
            let text = "A redo takes the id of one answer.";
            return Ok(Answer::error(Refused::Unreadable, text));
        }
        _ => workspace.undo(&answers, on_conflict),
    };
    let said = |version, answers, kept: Vec<FilePath>| Undone {
        version,
        answers,
        kept: kept.iter().map(ToString::to_string).collect(),
    };
    Ok(match outcome {
        Ok(undone) => {
            let body = said(undone.version, undone.answers, undone.kept);
            Answer::new(200).json(&body.to_json())
        }
        Err(UndoError::Workspace(error)) => return Err(error),
        Err(error) => {
            let text = format!("{}.", capitalised(&error.to_string()));
            let mut answer = Answer::error(Refused::Conflict, &text);
            if let UndoError::Conflict(places) = error {
                let mut body = said(0, Vec::new(), places).to_json();
                if let (Some(body), Ok(Value::Object(error))) =
                    (body.as_object_mut(), serde_json::from_slice(&answer.body))
                {
                    body.extend(error);
                }
                answer.body = body.to_string().into_bytes();
            }
            answer
        }
    })
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(chars).collect()
}
