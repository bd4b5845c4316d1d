//! The changes of a workspace over HTTP.
//!
//! `GET …/changes` is the timeline, `…/changes/compare?from=&to=` what differs between two points,
//! `…/changes/compare?answer=` what an answer changed, and
//! `…/changes/versions?path=` the versions of a file. `POST …/changes/undo`, `…/redo` and `…/restore` take JSON.

use common::workspace::{
    CHANGES, CompareRequest, FileVersion, OriginKind, Refused, RestoreRequest, Timeline,
    TimelineChange, UndoRequest, Versions,
};
use serde_json::Value;

use super::{
    answer::{Answer, refused},
    request::{Request, wrong_method},
};
use crate::{
    Ask, AskError, ChangeOrigin, FilePath, TIMELINE_CHANGES, Workspace, WorkspaceError, timeline,
};

/// The most bytes of a request's body: the ids of as many answers as a conversation may have.
pub(super) const BODY_BYTES: u64 = 1_000_000;

/// Bodies as examples.
const UNDO: &str = "{\"answers\": [\"id of a message\"], \"onConflict\": \"keep\"}";
const RESTORE: &str = "{\"path\": \"a file\", \"behind\": 3}";

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    Timeline { before: Option<u64> },
    Compare(CompareRequest),
    Versions { path: FilePath },
    Undo,
    Redo,
    Restore,
}

impl Asked {
    /// Whether its request has a body.
    pub(super) const fn has_body(&self) -> bool {
        match self {
            Self::Timeline { .. } | Self::Compare(_) | Self::Versions { .. } => false,
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
            let request = CompareRequest {
                answer: request.parameter("answer").map(str::to_owned),
                from: number("from")?,
                to: number("to")?,
            };
            (Asked::Compare(request), "GET")
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
    let ask = match asked {
        Asked::Timeline { before } => return Ok(ok(timeline_of(workspace, *before)?.to_json())),
        Asked::Versions { path } => return Ok(ok(versions_of(workspace, path)?.to_json())),
        Asked::Compare(request) => Ok(Ask::Compare(request.clone())),
        Asked::Undo => read(body, UndoRequest::from_json, UNDO).map(Ask::Undo),
        Asked::Redo => read(body, UndoRequest::from_json, UNDO).map(Ask::Redo),
        Asked::Restore => read(body, RestoreRequest::from_json, RESTORE).map(Ask::Restore),
    };
    let ask = match ask {
        Ok(ask) => ask,
        Err(unreadable) => return Ok(unreadable),
    };
    answered(workspace, &ask)
}

/// The answer to a request about the history or the draft.
pub(super) fn answered(workspace: &Workspace<'_>, ask: &Ask) -> Result<Answer, WorkspaceError> {
    let error = |why, error: &AskError| Answer::error(why, &error.to_string());
    Ok(match workspace.ask(ask) {
        Ok(done) => Answer {
            turned: done.turned,
            ..Answer::new(200).json(&done.body)
        },
        Err(AskError::Workspace(error)) => return Err(error),
        Err(AskError::Conflict(undone)) => {
            Answer::new(Refused::Conflict.status()).json(&undone.to_json())
        }
        Err(AskError::DraftConflict(decided)) => {
            Answer::new(Refused::Conflict.status()).json(&decided.to_json())
        }
        Err(refusal @ AskError::Unreadable(_)) => error(Refused::Unreadable, &refusal),
        Err(refusal @ AskError::Missing(_)) => error(Refused::NotFound, &refusal),
        Err(refusal @ AskError::Refused(_)) => error(Refused::Conflict, &refusal),
    })
}

fn versions_of(workspace: &Workspace<'_>, path: &FilePath) -> Result<Versions, WorkspaceError> {
    let version = |version: timeline::FileVersion| FileVersion {
        since: version.since,
        until: version.until,
        hash: version.hash.to_string(),
        size: version.size,
        at: version.at,
    };
    let versions = workspace.versions(path)?.into_iter().map(version);
    Ok(Versions {
        versions: versions.collect(),
    })
}

/// Reads a body; `wanted` is an example of one.
pub(super) fn read<T>(
    body: &[u8],
    from_json: impl FnOnce(Value) -> Option<T>,
    wanted: &str,
) -> Result<T, Answer> {
    let json = serde_json::from_slice(body).ok();
    json.and_then(from_json).ok_or_else(|| {
        let text = format!(
            "The body cannot be read, so nothing was changed. It is JSON such as {wanted}."
        );
        Answer::error(Refused::Unreadable, &text)
    })
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
            ChangeOrigin::Undo(answer) | ChangeOrigin::Left(answer) => {
                (OriginKind::Undo, Some(answer))
            }
            ChangeOrigin::Redo(answer) => (OriginKind::Redo, Some(answer)),
            ChangeOrigin::Restore => (OriginKind::Restore, None),
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
