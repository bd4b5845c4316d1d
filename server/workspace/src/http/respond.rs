//! Carries out requests.

use common::workspace::Refused;

use super::{
    answer::{self, Answer, refused},
    changes,
    coding::{Coding, CodingError},
    condition::{Part, tag},
    draft,
    request::{Action, Get, Put, Task},
};
use crate::{
    Expect, FilePath, FileStat, Find, Found, Ignored, Manner, What, Workspace, WorkspaceError,
};

/// The maximum number of paths in one list of all files.
const MOST_PATHS: usize = 5_000;

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
            Action::Changes(_) | Action::Draft(_) => false,
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
        Action::Put(Put {
            expect,
            coding,
            is_text,
        }) => {
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
            let written = if *is_text {
                let Ok(text) = std::str::from_utf8(body) else {
                    let text = "The body is not UTF-8, so nothing was changed.";
                    return Ok(Answer::error(Refused::Unreadable, text));
                };
                let manner = Manner::default();
                workspace.write_text(path, text, manner, expect)?.written
            } else {
                workspace.write(path, body, expect)?
            };
            // The user wrote it, so it is confirmed.
            if path.is_instructions() {
                workspace.confirm(&written.hash)?;
            }
            Ok(answer::written(&written))
        }
        Action::Changes(asked) => changes::respond(workspace, asked, body),
        Action::Draft(asked) => draft::respond(workspace, asked, body),
        Action::Delete(expect) => Ok(answer::deleted(workspace.delete(path, expect)?)),
        Action::Get(get) => {
            let mut answer = match workspace.stat(path)?.what {
                What::Directory if get.all => answer::paths(path, &all_below(workspace, path)?),
                What::Directory => {
                    let listing = workspace.list(path, get.after.as_ref())?;
                    let near = match (path.is_root(), &get.after) {
                        (true, None) => workspace.near_limits()?,
                        (true, Some(_)) | (false, _) => Vec::new(),
                    };
                    answer::listing(&listing, near)
                }
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
            let answer = answer.header("Content-Range", format!("bytes */{}", file.size));
            return Ok(tagged(answer));
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
