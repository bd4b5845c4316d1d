//! The draft of the agent over HTTP.
//!
//! `GET …/draft` is what waits, `GET …/draft?path=` what waits of one file. `POST …/draft/keep` and `…/draft/drop` take JSON.

use common::workspace::{DRAFT, DRAFT_PATH, DraftRequest, Refused};

use super::{
    answer::{Answer, refused},
    changes::{answered, read},
    request::{Request, wrong_method},
};
use crate::{Ask, FilePath, Workspace, WorkspaceError};

/// A body as an example.
const DECISION: &str = "{\"files\": [{\"path\": \"a file\"}]} or {\"all\": true}";

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    List { path: Option<FilePath> },
    Keep,
    Drop,
}

impl Asked {
    /// Whether its request has a body.
    pub(super) const fn has_body(&self) -> bool {
        match self {
            Self::List { .. } => false,
            Self::Keep | Self::Drop => true,
        }
    }
}

/// What follows [`DRAFT`] in a path; `None`: it is another path.
pub(super) fn below(rest: &str) -> Option<&str> {
    let below = rest.strip_prefix(DRAFT)?;
    match below {
        "" => Some(below),
        _ => below.strip_prefix('/'),
    }
}

/// What a request asks for; `below` is what follows [`DRAFT`] in its path.
pub(super) fn asked(below: &str, request: &Request<'_>) -> Result<Asked, Answer> {
    let (asked, method) = match below {
        "" => {
            let path = request.parameter(DRAFT_PATH).map(FilePath::parse);
            let path = path.transpose().map_err(|error| refused(&error.into()))?;
            (Asked::List { path }, "GET")
        }
        "keep" => (Asked::Keep, "POST"),
        "drop" => (Asked::Drop, "POST"),
        _ => {
            let text = "There is `draft`, and below it keep and drop.";
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
    let ask = match asked {
        Asked::List { path } => {
            let draft = workspace.draft_listing(path.as_ref())?;
            return Ok(Answer::new(200).json(&draft.to_json()));
        }
        Asked::Keep => read(body, DraftRequest::from_json, DECISION).map(Ask::KeepDraft),
        Asked::Drop => read(body, DraftRequest::from_json, DECISION).map(Ask::DropDraft),
    };
    match ask {
        Ok(ask) => answered(workspace, &ask),
        Err(unreadable) => Ok(unreadable),
    }
}
