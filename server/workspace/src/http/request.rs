//! Reads requests and plans their handling.

use common::workspace::{AFTER, ALL, FILES, Refused};
use percent_encoding::percent_decode_str;

use super::{
    answer::{self, Answer, refused},
    archive_kind, changes,
    coding::{Coding, CodingError},
    condition::{Part, Tags, tag},
};
use crate::{
    ArchiveKind, Expect, FilePath, FileStat, Find, Found, Ignored, What, Workspace, WorkspaceError,
};

/// At most so many paths are listed at once.
const MOST_PATHS: usize = 5_000;

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
    /// Call [`respond`].
    Respond(Task),
    /// Read at most `limit` bytes of the body and call [`respond_to_body`]. If there are more, send `too_large`.
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
    path: FilePath,
    /// Whether the path ends with `/`.
    is_directory: bool,
    action: Action,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Action {
    Get(Get),
    Put(Put),
    Delete(Expect),
    Changes(changes::Asked),
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Put {
    expect: Expect,
    coding: Coding,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Get {
    with_body: bool,
    known: Option<Tags>,
    wanted: Option<Tags>,
    range: Option<String>,
    if_range: Option<Tags>,
    after: Option<FilePath>,
    /// Whether all files below a directory are asked for.
    all: bool,
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
            Ok(asked) => plan_of_changes(asked, request.length),
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

fn plan_of_changes(asked: changes::Asked, length: Option<u64>) -> Plan {
    let has_body = asked.has_body();
    let task = Task {
        path: FilePath::root(),
        is_directory: true,
        action: Action::Changes(asked),
    };
    if !has_body {
        return Plan::Respond(task);
    }
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

/// The response to a request without a body.
pub fn respond(workspace: &Workspace<'_>, task: &Task) -> Answer {
    respond_to_body(workspace, task, &[])
}

/// The response to a request with this body.
pub fn respond_to_body(workspace: &Workspace<'_>, task: &Task, body: &[u8]) -> Answer {
    match done(workspace, task, body) {
        Ok(answer) => answer,
        // The expected file does not exist (RFC 9110 §13.1.1).
        Err(error @ WorkspaceError::NotFound { .. }) if task.expects_something() => {
            Answer::error(Refused::Unexpected, &error.to_string())
        }
        Err(error) => refused(&error),
    }
}

impl Task {
    fn expects_something(&self) -> bool {
        match &self.action {
            Action::Get(get) => get.wanted.is_some(),
            Action::Put(Put { expect, .. }) | Action::Delete(expect) => {
                matches!(expect, Expect::File | Expect::Content(_))
            }
            Action::Changes(_) => false,
        }
    }
}

fn done(workspace: &Workspace<'_>, task: &Task, body: &[u8]) -> Result<Answer, WorkspaceError> {
    let path = &task.path;
    match &task.action {
        Action::Put(Put { expect, .. }) if task.is_directory => {
            workspace.expected(path, expect)?;
            Ok(answer::directory_made(
                path,
                &workspace.make_directory(path)?,
            ))
        }
        Action::Put(Put { expect, coding }) => {
            let limit = workspace.limits().file_bytes;
            let unpacked;
            let body = if *coding == Coding::Identity {
                body
            } else {
                unpacked = match coding.unpack(body, limit) {
                    Ok(unpacked) => unpacked,
                    Err(CodingError::TooLarge) => {
                        let (path, size) = (path.clone(), limit + 1);
                        return Err(WorkspaceError::TooLarge { path, size, limit });
                    }
                    Err(CodingError::Damaged) => {
                        let text =
                            "The body does not match its Content-Encoding, so nothing was changed.";
                        return Ok(Answer::error(Refused::Unreadable, text));
                    }
                };
                &unpacked
            };
            let written = workspace.write(path, body, expect)?;
            // The user wrote it, so it is confirmed.
            if path.is_instructions() {
                workspace.confirm(&written.hash)?;
            }
            Ok(answer::written(&written))
        }
        Action::Changes(asked) => changes::respond(workspace, asked, body),
        Action::Delete(expect) => Ok(answer::deleted(workspace.delete(path, expect)?)),
        Action::Get(get) => {
            let mut answer = match workspace.stat(path)?.what {
                What::Directory if get.all => answer::paths(path, &all_below(workspace, path)?),
                What::Directory => answer::listing(&workspace.list(path, get.after.as_ref())?),
                What::File(_) if task.is_directory => {
                    return Err(WorkspaceError::NotDirectory { path: path.clone() });
                }
                What::File(file) => get_file(workspace, path, get, &file)?,
            };
            if !get.with_body && !answer.body.is_empty() {
                let length = answer.body.len().to_string();
                answer = answer.header("Content-Length", length);
                answer.body.clear();
            }
            Ok(answer)
        }
    }
}

fn all_below(workspace: &Workspace<'_>, path: &FilePath) -> Result<Found, WorkspaceError> {
    workspace.find(&Find {
        glob: "**".to_owned(),
        under: path.clone(),
        limit: MOST_PATHS,
        after: None,
        ignored: Ignored::LeftOut,
    })
}

fn get_file(
    workspace: &Workspace<'_>,
    path: &FilePath,
    get: &Get,
    file: &FileStat,
) -> Result<Answer, WorkspaceError> {
    let tagged = |answer: Answer| answer.header("ETag", tag(&file.hash));
    if get
        .wanted
        .as_ref()
        .is_some_and(|wanted| !wanted.have(&file.hash))
    {
        let text = format!("{path} has changed since.");
        return Ok(tagged(Answer::error(Refused::Unexpected, &text)));
    }
    if get
        .known
        .as_ref()
        .is_some_and(|known| known.have(&file.hash))
    {
        return Ok(tagged(Answer::new(304)));
    }
    let fits = get
        .if_range
        .as_ref()
        .is_none_or(|tags| tags.have(&file.hash));
    let whole = 0..file.size;
    // Ranges apply to GET only (RFC 9110 §14.2).
    let range = get.range.as_deref().filter(|_| fits && get.with_body);
    let (status, bytes) = match Part::parse(range, file.size) {
        Part::Whole => (200, whole),
        Part::Bytes(bytes) => (206, bytes),
        Part::Nothing => {
            let text = format!("{path} has {} bytes.", file.size);
            let answer = Answer::error(Refused::NoSuchRange, &text);
            return Ok(answer.header("Content-Range", format!("bytes */{}", file.size)));
        }
    };
    let mut answer = answer::of_file(tagged(Answer::new(status)), path, file.kind);
    if status == 206 {
        let range = format!("bytes {}-{}/{}", bytes.start, bytes.end - 1, file.size);
        answer = answer.header("Content-Range", range);
    }
    if get.with_body {
        answer.body = workspace.read_bytes(path, bytes)?;
    } else {
        answer = answer.header("Content-Length", (bytes.end - bytes.start).to_string());
    }
    Ok(answer)
}
