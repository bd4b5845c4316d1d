//! The responses to requests.

use common::{
    http::{ErrorBody, Header},
    workspace::{self, CaseTwin, Entry, EntryKind, File, LeftOut, NearLimit, Refused, Unpacked},
};
use serde_json::{Value, json};

use super::condition::tag;
use crate::{
    ArchiveError, ArchiveKind, CaseTwins, Deleted, FilePath, Found, Imported, Kind, Listing, Made,
    Stat, Turned, What, WorkspaceError, Written,
};

/// A response, no larger than the file limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: Vec<Header>,
    /// The body; empty for `HEAD`, 204 and 304.
    pub body: Vec<u8>,
    /// A note for the log that must not reach the client.
    pub log: Option<String>,
    /// The answers whose changes were undone or redone.
    pub turned: Vec<Turned>,
}

impl Answer {
    pub(super) fn new(status: u16) -> Self {
        Self {
            status,
            headers: vec![Header::new("Cache-Control", "no-cache")],
            body: Vec::new(),
            log: None,
            turned: Vec::new(),
        }
    }

    pub(super) fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push(Header::new(name, value));
        self
    }

    pub(super) fn json(self, body: &Value) -> Self {
        let mut answer = self.header("Content-Type", "application/json");
        answer.body = body.to_string().into_bytes();
        answer
    }

    pub(super) fn error(why: Refused, text: &str) -> Self {
        Self::new(why.status()).json(&ErrorBody::new(text).to_json())
    }
}

/// The response to a failed operation.
#[must_use]
pub fn refused(error: &WorkspaceError) -> Answer {
    let why = match error {
        WorkspaceError::Path(_) | WorkspaceError::Pattern { .. } | WorkspaceError::Root => {
            Refused::Unreadable
        }
        WorkspaceError::NotFound { .. }
        | WorkspaceError::NoVersion { .. }
        | WorkspaceError::NotThen { .. } => Refused::NotFound,
        WorkspaceError::IsDirectory { .. }
        | WorkspaceError::NotDirectory { .. }
        | WorkspaceError::IntoItself { .. }
        | WorkspaceError::Edit(_)
        | WorkspaceError::NotInEncoding { .. }
        | WorkspaceError::Binary { .. } => Refused::Conflict,
        // In both cases the client's expectation was wrong.
        WorkspaceError::Changed(_) | WorkspaceError::Exists { .. } | WorkspaceError::Overtaken => {
            Refused::Unexpected
        }
        WorkspaceError::TooLarge { .. } => Refused::TooLarge,
        WorkspaceError::Full { .. } => Refused::Full,
        WorkspaceError::Archive(error) => of_archive(error),
        WorkspaceError::Store(error) => {
            let words = error
                .fault
                .words()
                .unwrap_or("The store failed. Try again.");
            let answer = Answer::new(error.fault.status()).json(&ErrorBody::new(words).to_json());
            return Answer {
                log: Some(error.to_string()),
                ..answer
            };
        }
    };
    if let WorkspaceError::Changed(changed) = error {
        let mut body = ErrorBody::new(error.to_string()).to_json();
        if let (Some(fields), Some(diff)) = (body.as_object_mut(), &changed.diff) {
            fields.insert("diff".to_owned(), diff.as_str().into());
        }
        let answer = Answer::new(why.status()).json(&body);
        return match &changed.current {
            Some(hash) => answer.header("ETag", tag(hash)),
            None => answer,
        };
    }
    Answer::error(why, &error.to_string())
}

const fn of_archive(error: &ArchiveError) -> Refused {
    match error {
        ArchiveError::TooLarge { .. }
        | ArchiveError::TooManyEntries { .. }
        | ArchiveError::Bomb { .. } => Refused::TooLarge,
        ArchiveError::NotZip | ArchiveError::Unsupported { .. } | ArchiveError::Damaged { .. } => {
            Refused::Unreadable
        }
        ArchiveError::GivenUp | ArchiveError::Partly { .. } => Refused::Conflict,
    }
}

/// The response to an unpacked archive; an error when no file could be stored.
#[must_use]
pub fn imported(imported: &Imported) -> Answer {
    let unpacked = unpacked(imported);
    let came = imported.files + imported.unchanged;
    let made_directories = imported.directories > 0 && imported.skipped.is_empty();
    if came > 0 || made_directories {
        return Answer::new(200).json(&unpacked.to_json());
    }
    let text = if imported.skipped.is_empty() {
        "No file was stored: the archive is empty."
    } else {
        "No file was stored: all entries of the archive were skipped; `skipped` has the reasons."
    };
    let mut body = unpacked.to_json();
    if let Some(fields) = body.as_object_mut() {
        fields.insert("error".to_owned(), text.into());
    }
    Answer::new(Refused::NothingCameIn.status()).json(&body)
}

/// The body for an unpacked archive.
#[must_use]
pub fn unpacked(imported: &Imported) -> Unpacked {
    let skipped = imported.skipped.iter().map(|skipped| LeftOut {
        name: skipped.name.clone(),
        reason: skipped.reason.to_string(),
    });
    Unpacked {
        files: imported.files,
        unchanged: imported.unchanged,
        bytes: imported.bytes,
        version: imported.version,
        skipped: skipped.collect(),
        twins: imported.twins.iter().map(twin).collect(),
        names_read_as: imported.names_in.map(str::to_owned),
    }
}

/// The response when the client disconnects during an upload.
#[must_use]
pub fn cut_off() -> Answer {
    Answer::error(
        Refused::Unreadable,
        "The body ended early. Nothing was changed; send it again.",
    )
}

/// The headers of an archive of the workspace.
#[must_use]
pub fn archive_headers(kind: ArchiveKind) -> Vec<Header> {
    let (media_type, ending) = match kind {
        ArchiveKind::Zip => ("application/zip", "zip"),
        ArchiveKind::TarGz => ("application/gzip", "tar.gz"),
    };
    vec![
        Header::new("Content-Type", media_type),
        Header::new(
            "Content-Disposition",
            format!("attachment; filename=\"workspace.{ending}\""),
        ),
        Header::new("Cache-Control", "no-store"),
    ]
}

pub(super) fn listing(listing: &Listing, near: Vec<NearLimit>) -> Answer {
    let listing = workspace::Listing {
        path: listing.path.as_str().to_owned(),
        entries: listing.entries.iter().map(entry).collect(),
        next: listing.next.as_ref().map(|next| next.as_str().to_owned()),
        near,
    };
    Answer::new(200).json(&listing.to_json())
}

pub(super) fn paths(path: &FilePath, found: &Found) -> Answer {
    let paths = workspace::Paths {
        path: path.as_str().to_owned(),
        paths: found
            .files
            .iter()
            .map(|file| file.path.as_str().to_owned())
            .collect(),
        more: found.next.is_some(),
    };
    Answer::new(200).json(&paths.to_json())
}

fn entry(stat: &Stat) -> Entry {
    let kind = match &stat.what {
        What::Directory => EntryKind::Directory,
        What::File(file) => {
            let (lines, encoding) = match file.kind {
                Kind::Text { lines, encoding } => (Some(lines), Some(encoding)),
                Kind::Binary => (None, None),
            };
            EntryKind::File(File {
                size: file.size,
                hash: file.hash.as_str().to_owned(),
                lines,
                encoding: encoding
                    .filter(|encoding| !encoding.is_plain())
                    .map(|encoding| encoding.name()),
            })
        }
    };
    Entry {
        name: stat.path.name().to_owned(),
        version: stat.version,
        modified: stat.modified,
        // In the notation of chmod.
        mode: stat.mode.map(|mode| format!("{mode:o}")),
        kind,
    }
}

pub(super) fn written(written: &Written) -> Answer {
    let status = match written.made {
        Made::NewFile => 201,
        Made::NewVersion | Made::NoChange => 200,
    };
    Answer::new(status)
        .header("ETag", tag(&written.hash))
        .json(&json!({
            "path": written.path.as_str(),
            "hash": written.hash.as_str(),
            "size": written.size,
            "version": written.version,
            "differsByCase": twins(&written.twins),
        }))
}

pub(super) fn directory_made(path: &FilePath, made: &[CaseTwins]) -> Answer {
    Answer::new(201).json(&json!({ "path": path.as_str(), "differsByCase": twins(made) }))
}

pub(super) fn deleted(deleted: Deleted) -> Answer {
    Answer::new(200).json(&json!({
        "files": deleted.files,
        "directories": deleted.directories,
        "version": deleted.version,
    }))
}

fn twins(twins: &[CaseTwins]) -> Value {
    twins.iter().map(|twins| twin(twins).to_json()).collect()
}

fn twin(twins: &CaseTwins) -> CaseTwin {
    CaseTwin {
        made: twins.made.as_str().to_owned(),
        other: twins.other.as_str().to_owned(),
    }
}

/// Files are displayed and never run: a page among them must not act on behalf of its viewer.
pub(super) fn of_file(answer: Answer, path: &FilePath, kind: Kind) -> Answer {
    let kind = match kind {
        Kind::Text { encoding, .. } => format!("text/plain; charset={}", encoding.charset()),
        Kind::Binary => binary_type(path.name()).to_owned(),
    };
    answer
        .header("Content-Type", kind)
        .header("X-Content-Type-Options", "nosniff")
        .header(
            "Content-Security-Policy",
            "sandbox; default-src 'none'; frame-ancestors 'none'",
        )
        // Browsers refuse to show a sandboxed document that has an opener policy.
        .header("Cross-Origin-Opener-Policy", "unsafe-none")
        .header("Accept-Ranges", "bytes")
}

fn binary_type(name: &str) -> &'static str {
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    match ending.to_ascii_lowercase().as_str() {
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "avif" => "image/avif",
        _ => "application/octet-stream",
    }
}
