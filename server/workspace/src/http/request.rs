//! Reads requests and plans their handling.

use common::workspace::{AFTER, ALL, FILES, Refused, TEXT};
use percent_encoding::percent_decode_str;

use super::{
    answer::{Answer, refused},
    archive_kind, changes,
    coding::Coding,
    condition::Tags,
    draft,
};
use crate::{ArchiveKind, Expect, FilePath, Workspace, WorkspaceError};

/// The relevant fields of a request.
#[derive(Clone, Copy, Debug, Default)]
pub struct Request<'a> {
    /// The method.
    pub method: &'a str,
    /// The path after the instance, without its leading `/`, still percent-encoded.
    pub rest: &'a str,
    /// The header `If-Match`.
    pub if_match: Option<&'a str>,
    /// The header `If-None-Match`.
    pub if_none_match: Option<&'a str>,
    /// The header `If-Range`.
    pub if_range: Option<&'a str>,
    /// The header `Range`.
    pub range: Option<&'a str>,
    /// The header `If-Unmodified-Since`.
    pub if_unmodified_since: Option<&'a str>,
    /// The header `Content-Range`.
    pub content_range: Option<&'a str>,
    /// The header `Content-Encoding`.
    pub content_encoding: Option<&'a str>,
    /// The announced length of the body.
    pub length: Option<u64>,
    /// The query parameters, decoded.
    pub query: &'a [(String, String)],
}

impl Request<'_> {
    /// A query parameter.
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        let mut pairs = self.query.iter();
        pairs
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }
}

/// How to handle a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Plan {
    /// Send this response.
    Answer(Answer),
    /// Call [`super::respond`].
    Respond(Task),
    /// Read at most `limit` bytes of the body and call [`super::respond_to_body`]. If there are more, send `too_large`.
    ReadBody {
        /// The operation.
        task: Task,
        /// The maximum number of bytes.
        limit: u64,
        /// The response when there are more.
        too_large: Answer,
    },
    /// Send an archive of the workspace.
    SendArchive(ArchiveKind),
    /// Send the headers of an archive.
    SendArchiveHeaders(ArchiveKind),
    /// Import an archive.
    TakeArchive,
}

/// An operation on a file or directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    pub(super) path: FilePath,
    /// Whether the path ends with `/`.
    pub(super) is_directory: bool,
    pub(super) action: Action,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Action {
    Get(Get),
    Put(Put),
    Delete(Expect),
    Changes(changes::Asked),
    Draft(draft::Asked),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Put {
    pub(super) expect: Expect,
    pub(super) coding: Coding,
    /// Whether the body is text in UTF-8, whatever the encoding of the file.
    pub(super) is_text: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Get {
    pub(super) with_body: bool,
    pub(super) known: Option<Tags>,
    pub(super) wanted: Option<Tags>,
    pub(super) range: Option<String>,
    pub(super) if_range: Option<Tags>,
    pub(super) after: Option<FilePath>,
    /// Whether all files below a directory are asked for.
    pub(super) all: bool,
}

/// Plans the handling of a request.
pub fn plan(request: &Request<'_>, workspace: &Workspace<'_>) -> Plan {
    if let Err(answer) = understood(request) {
        return Plan::Answer(answer);
    }
    if let Some(kind) = archive_kind(request.rest) {
        return match request.method {
            "GET" => Plan::SendArchive(kind),
            "HEAD" => Plan::SendArchiveHeaders(kind),
            "PUT" => Plan::TakeArchive,
            _ => Plan::Answer(wrong_method("GET, HEAD, PUT")),
        };
    }
    if let Some(below) = changes::below(request.rest) {
        return match changes::asked(below, request) {
            Ok(asked) if asked.has_body() => plan_of_json(Action::Changes(asked), request.length),
            Ok(asked) => plan_of_query(Action::Changes(asked)),
            Err(answer) => Plan::Answer(answer),
        };
    }
    if let Some(below) = draft::below(request.rest) {
        return match draft::asked(below, request) {
            Ok(asked) if asked.has_body() => plan_of_json(Action::Draft(asked), request.length),
            Ok(asked) => plan_of_query(Action::Draft(asked)),
            Err(answer) => Plan::Answer(answer),
        };
    }
    let task = match task(request) {
        Ok(task) => task,
        Err(answer) => return Plan::Answer(answer),
    };
    if !matches!(task.action, Action::Put(_)) || task.is_directory {
        return Plan::Respond(task);
    }
    let limit = workspace.limits().file_bytes;
    let too_large = |size| {
        refused(&WorkspaceError::TooLarge {
            path: task.path.clone(),
            size,
            limit,
        })
    };
    match request.length.filter(|length| *length > limit) {
        Some(length) => Plan::Answer(too_large(length)),
        None => Plan::ReadBody {
            too_large: too_large(limit + 1),
            task,
            limit,
        },
    }
}

/// A request about all files, without a body.
fn plan_of_query(action: Action) -> Plan {
    Plan::Respond(about_all(action))
}

/// A request about all files, with a body of JSON.
fn plan_of_json(action: Action, length: Option<u64>) -> Plan {
    let task = about_all(action);
    let text = format!("The body may have {} bytes.", changes::BODY_BYTES);
    let too_large = Answer::error(Refused::TooLarge, &text);
    if length.is_some_and(|length| length > changes::BODY_BYTES) {
        return Plan::Answer(too_large);
    }
    Plan::ReadBody {
        task,
        limit: changes::BODY_BYTES,
        too_large,
    }
}

fn about_all(action: Action) -> Task {
    Task {
        path: FilePath::root(),
        is_directory: true,
        action,
    }
}

/// Refuses requests with parts that would be ignored against the client's intention.
fn understood(request: &Request<'_>) -> Result<(), Answer> {
    let changes = matches!(request.method, "PUT" | "DELETE");
    if changes && request.content_range.or(request.range).is_some() {
        return Err(Answer::error(
            Refused::Unreadable,
            "Part of a file cannot be written, so nothing was changed. Send the whole file without Content-Range and Range.",
        ));
    }
    if changes && request.if_unmodified_since.is_some() {
        return Err(Answer::error(
            Refused::Unreadable,
            "If-Unmodified-Since is not supported, so nothing was changed. Send If-Match with the tag that was read.",
        ));
    }
    let is_archive = archive_kind(request.rest).is_some();
    match Coding::parse(request.content_encoding) {
        _ if request.method != "PUT" => Ok(()),
        Some(Coding::Identity) => Ok(()),
        Some(Coding::Gzip | Coding::Deflate) if !is_archive => Ok(()),
        Some(_) => Err(wrong_coding(
            "An archive is already compressed: send it without Content-Encoding.",
            "identity",
        )),
        None => Err(wrong_coding(
            "The Content-Encoding is not supported, so nothing was changed. Send the content unencoded, or as gzip or deflate.",
            Coding::ACCEPTED,
        )),
    }
}

fn wrong_coding(text: &str, accepted: &str) -> Answer {
    Answer::error(Refused::WrongCoding, text).header("Accept-Encoding", accepted)
}

fn task(request: &Request<'_>) -> Result<Task, Answer> {
    let written = request.rest.strip_prefix(FILES).unwrap_or_default();
    let is_directory = written.is_empty() || written.ends_with('/');
    let path = read_path(written)?;
    let expect = || match (request.if_match, request.if_none_match) {
        (None, None) => Ok(Expect::Anything),
        (Some(tags), None) => Ok(Tags::parse(tags).into_expect()),
        (None, Some(tags)) if Tags::parse(tags) == Tags::Any => Ok(Expect::Nothing),
        (_, Some(_)) => Err(Answer::error(
            Refused::Unreadable,
            "To change a file, send If-Match with the tag that was read, or If-None-Match: *.",
        )),
    };
    let action = match request.method {
        "GET" | "HEAD" => Action::Get(Get {
            with_body: request.method == "GET",
            known: request.if_none_match.map(Tags::parse),
            wanted: request.if_match.map(Tags::parse),
            range: request.range.map(str::to_owned),
            // A weak tag means that bytes may differ, and dates are never sent: neither can match.
            if_range: request.if_range.map(|tags| {
                let is_strong = tags.trim_start().starts_with('"');
                if is_strong {
                    Tags::parse(tags)
                } else {
                    Tags::These(Vec::new())
                }
            }),
            after: request
                .parameter(AFTER)
                .map(FilePath::parse)
                .transpose()
                .map_err(|error| refused(&error.into()))?,
            all: request.parameter(ALL).is_some(),
        }),
        "PUT" if is_directory && request.length.is_some_and(|length| length > 0) => {
            return Err(Answer::error(
                Refused::Unreadable,
                "A path that ends with / is a directory, which has no content. Leave out the / or the body.",
            ));
        }
        "PUT" => Action::Put(Put {
            expect: expect()?,
            coding: Coding::parse(request.content_encoding).unwrap_or(Coding::Identity),
            is_text: request.parameter(TEXT).is_some(),
        }),
        "DELETE" => Action::Delete(expect()?),
        _ => return Err(wrong_method("GET, HEAD, PUT, DELETE")),
    };
    Ok(Task {
        path,
        is_directory,
        action,
    })
}

fn read_path(written: &str) -> Result<FilePath, Answer> {
    let decoded = percent_decode_str(written).decode_utf8().map_err(|_| {
        Answer::error(
            Refused::Unreadable,
            "The path is not UTF-8. Encode it as UTF-8, with % and two hex digits per byte.",
        )
    })?;
    FilePath::parse(&decoded).map_err(|error| refused(&error.into()))
}

pub(super) fn wrong_method(allowed: &str) -> Answer {
    Answer::error(
        Refused::WrongMethod,
        &format!("The supported methods are {allowed}."),
    )
    .header("Allow", allowed)
}
