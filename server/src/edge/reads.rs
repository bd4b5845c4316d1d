//! Plain requests for a conversation: for its transcript and its files. Its object responds, or [`super::unstored`] when
//! nothing is stored.

use std::rc::Rc;

use accounts::Intent;
use common::{
    agent_path,
    frame::{Excerpt, WHOLE_MESSAGE, Wanted},
    http::ErrorBody,
    id::MessageId,
    message::Message,
};
use portable::{With, whole};
use sql::{Sql, SqlError};
use store::{Audience, Position, Span, Store};
use worker::{Method, Request, Response, ResponseBuilder, Result, Url};
use workspace::{Turned, Workspace, WorkspaceError, http};

use super::policy;

/// The object of a plain request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked<'u> {
    /// The archive of the conversation.
    Export(With),
    /// Import of an archive into the conversation.
    Import,
    /// Deletion of the conversation.
    Delete,
    /// The workspace; with the rest of the path.
    Workspace(&'u str),
    /// The transcript.
    Transcript(Audience),
    /// Nothing that exists.
    Other,
}

impl<'u> Asked<'u> {
    pub(super) fn of(method: &Method, url: &'u Url) -> Self {
        let rest = agent_path::after_instance(url.path(), policy::PREFIX);
        match (method, rest) {
            (Method::Get, Some("export.zip")) => {
                let mut pairs = url.query_pairs();
                let versions = pairs.any(|(key, value)| key == "versions" && value == "1");
                return Self::Export(if versions {
                    With::Versions
                } else {
                    With::Files
                });
            }
            (Method::Put, Some("import")) => return Self::Import,
            (Method::Delete, Some("")) => return Self::Delete,
            _ => {}
        }
        if let Some(rest) = rest.filter(|rest| http::is_workspace(rest)) {
            return Self::Workspace(rest);
        }
        if !url.path().trim_end_matches('/').ends_with("/get-messages") {
            return Self::Other;
        }
        let mut pairs = url.query_pairs();
        Self::Transcript(
            if pairs.any(|(key, value)| key == "include" && value == "growing") {
                Audience::Page
            } else {
                Audience::Client
            },
        )
    }
}

impl Asked<'_> {
    /// The intents of the request.
    pub(super) fn intents(self, method: &str) -> &'static [Intent] {
        match self {
            Self::Workspace(_) if Intent::of_files_request(method) == Intent::ChangesFiles => {
                &[Intent::ChangesFiles]
            }
            Self::Import | Self::Delete => &[Intent::Changes, Intent::ChangesFiles],
            Self::Workspace(_) | Self::Export(_) | Self::Transcript(_) | Self::Other => {
                &[Intent::Reads]
            }
        }
    }
}

/// The owner of the files of a conversation.
pub(super) trait HasFiles: 'static {
    /// Calls `work` with the files.
    fn with_workspace<T>(
        &self,
        work: impl FnOnce(&Workspace<'_>) -> std::result::Result<T, WorkspaceError>,
    ) -> std::result::Result<T, WorkspaceError>;

    /// Takes in that changes of answers were undone or redone.
    fn turned(self: &Rc<Self>, turned: Vec<Turned>);
}

/// The transcript as JSON, or the requested part of it. With `whole` and the id of a message: that message as text.
/// `growing`: the unfinished answer.
pub(super) fn transcript<S: Sql>(
    store: &Store<S>,
    request: &Request,
    audience: Audience,
    growing: Option<(Position, &Message)>,
) -> Result<Response> {
    let failed = |error: SqlError| worker::Error::RustError(error.to_string());
    let url = request.url()?;
    let wanted = match Wanted::from_query(url.query_pairs()) {
        Ok(wanted) => wanted,
        Err(error) => return refused(400, &error.to_string()),
    };
    let etag = store.etag().map_err(failed)?;
    let response = ResponseBuilder::new()
        .with_header("ETag", &etag)?
        .with_header("Cache-Control", "no-cache")?;
    let known = request.headers().get("If-None-Match")?;
    // A compressing proxy may have turned the tag into a weak one (RFC 9110 §8.8.1).
    if known.is_some_and(|known| known.trim_start_matches("W/") == etag) {
        return Ok(response.with_status(304).empty());
    }
    if let Some((_, id)) = url.query_pairs().find(|(name, _)| name == WHOLE_MESSAGE) {
        return match store.message(&MessageId::from(&*id)).map_err(failed)? {
            Some(message) => Ok(response
                .with_header("Content-Type", "text/plain; charset=utf-8")?
                .fixed(whole(&message).into_bytes())),
            None => refused(404, "There is no such message in this conversation."),
        };
    }
    let audience = match &wanted {
        Some(_) => Audience::Page,
        None => audience,
    };
    let span = match &wanted {
        None => Some(Span::ALL),
        Some(wanted) => store.span(wanted).map_err(failed)?,
    };
    let Some(span) = span else {
        return refused(
            404,
            "The message that these come before is gone. Go back to the newest messages.",
        );
    };
    let messages = store.transcript_json(audience, span, growing);
    let mut json = messages.map_err(failed)?;
    if wanted.is_some() {
        let earlier = store.count_before(span.start).map_err(failed)?;
        json = Excerpt::encode(&json, earlier);
    }
    Ok(response
        .with_header("Content-Type", "application/json")?
        .fixed(json.into_bytes()))
}

/// The response when no conversation has this name.
pub(super) fn no_conversation() -> Result<Response> {
    refused(404, "There is no conversation of this name.")
}

fn refused(status: u16, words: &str) -> Result<Response> {
    let words = ErrorBody::new(words).to_json();
    ResponseBuilder::new().with_status(status).from_json(&words)
}

/// The response to an unknown request.
pub(super) fn not_implemented() -> Result<Response> {
    Response::error("Not implemented", 404)
}
