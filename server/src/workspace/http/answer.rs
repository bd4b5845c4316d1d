//! What is said to a request.

use serde_json::{Value, json};

use super::condition::tag;
use crate::{
    routing::Header,
    workspace::{
        ArchiveError, ArchiveKind, CaseTwins, Deleted, FilePath, Imported, Kind, Listing, Made,
        Stat, What, WorkspaceError, Written,
    },
};

/// An answer. It is no larger than a file may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: Vec<Header>,
    /// The body; empty for `HEAD`, 204 and 304.
    pub body: Vec<u8>,
    /// What the operator of the Worker should see, and the client should not.
    pub log: Option<String>,
}

impl Answer {
    pub(super) fn new(status: u16) -> Self {
        Self {
            status,
            headers: vec![Header::new("Cache-Control", "no-cache")],
            body: Vec::new(),
            log: None,
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

    pub(super) fn error(status: u16, text: &str) -> Self {
        Self::new(status).json(&json!({ "error": text }))
    }
}

/// The answer to what was refused.
#[must_use]
pub fn refused(error: &WorkspaceError) -> Answer {
    let status = match error {
        WorkspaceError::Path(_) | WorkspaceError::Pattern { .. } | WorkspaceError::Root => 400,
        WorkspaceError::NotFound { .. } | WorkspaceError::NoVersion { .. } => 404,
        WorkspaceError::IsDirectory { .. }
        | WorkspaceError::NotDirectory { .. }
        | WorkspaceError::IntoItself { .. }
        | WorkspaceError::Edit(_)
        | WorkspaceError::NotInEncoding { .. }
        | WorkspaceError::Binary { .. } => 409,
        // Both are refused for what the client expected.
        WorkspaceError::Changed(_) | WorkspaceError::Exists { .. } => 412,
        WorkspaceError::TooLarge { .. } => 413,
        WorkspaceError::Full { .. } => 507,
        WorkspaceError::Archive(error) => of_archive(error),
        WorkspaceError::Store(error) => {
            let words = error
                .fault
                .words()
                .unwrap_or("The store failed. Try again.");
            let answer = Answer::error(error.fault.status(), words);
            return Answer {
                log: Some(error.to_string()),
                ..answer
            };
        }
    };
    Answer::error(status, &error.to_string())
}

const fn of_archive(error: &ArchiveError) -> u16 {
    match error {
        ArchiveError::TooLarge { .. }
        | ArchiveError::TooManyEntries { .. }
        | ArchiveError::Bomb { .. } => 413,
        ArchiveError::NotZip | ArchiveError::Unsupported { .. } | ArchiveError::Damaged { .. } => {
            400
        }
        ArchiveError::GivenUp | ArchiveError::Partly { .. } => 409,
    }
}

/// The answer to an archive that was unpacked. One of which nothing could come in is no success.
#[must_use]
pub fn imported(imported: &Imported) -> Answer {
    let mut fields = imported_fields(imported);
    let came = imported.files + imported.unchanged;
    let made_directories = imported.directories > 0 && imported.skipped.is_empty();
    if came > 0 || made_directories {
        return Answer::new(200).json(&fields);
    }
    if let Some(fields) = fields.as_object_mut() {
        let text = if imported.skipped.is_empty() {
            "No file came in: the archive is empty."
        } else {
            "No file came in: everything in the archive was left out, and `skipped` says why."
        };
        fields.insert("error".to_owned(), text.into());
    }
    Answer::new(422).json(&fields)
}

/// What is said of an archive that was unpacked.
#[must_use]
pub fn imported_fields(imported: &Imported) -> Value {
    let skipped: Vec<Value> = imported
        .skipped
        .iter()
        .map(|skipped| json!({ "name": skipped.name, "reason": skipped.reason.to_string() }))
        .collect();
    let mut fields = json!({
        "files": imported.files,
        "unchanged": imported.unchanged,
        "bytes": imported.bytes,
        "version": imported.version,
        "skipped": skipped,
        "differsByCase": twins(&imported.twins),
    });
    if let (Some(names_in), Some(fields)) = (imported.names_in, fields.as_object_mut()) {
        fields.insert("namesReadAs".to_owned(), names_in.into());
    }
    fields
}

/// The answer when the client left in the middle of an upload.
#[must_use]
pub fn cut_off() -> Answer {
    Answer::error(
        400,
        "The body ended too early. Nothing was changed; send it again.",
    )
}

/// The headers of the workspace as an archive.
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

pub(super) fn listing(listing: &Listing) -> Answer {
    let entries: Vec<Value> = listing.entries.iter().map(entry).collect();
    Answer::new(200).json(&json!({
        "path": listing.path.as_str(),
        "entries": entries,
        "next": listing.next.as_ref().map(FilePath::as_str),
    }))
}

fn entry(stat: &Stat) -> Value {
    let mut entry = json!({
        "name": stat.path.name(),
        "type": "directory",
        "version": stat.version,
        "modified": stat.modified.as_millis(),
    });
    if let (What::File(file), Some(fields)) = (&stat.what, entry.as_object_mut()) {
        fields.insert("type".to_owned(), json!("file"));
        fields.insert("size".to_owned(), json!(file.size));
        fields.insert("hash".to_owned(), json!(file.hash.as_str()));
        // Null for what is no text.
        let lines = match file.kind {
            Kind::Text { lines, .. } => Some(lines),
            Kind::Binary => None,
        };
        fields.insert("lines".to_owned(), json!(lines));
        if let Kind::Text { encoding, .. } = file.kind
            && !encoding.is_plain()
        {
            fields.insert("encoding".to_owned(), json!(encoding.name()));
        }
        // As chmod takes it.
        if let Some(mode) = stat.mode {
            fields.insert("mode".to_owned(), json!(format!("{mode:o}")));
        }
    }
    entry
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
    twins
        .iter()
        .map(|twins| json!({ "path": twins.made.as_str(), "other": twins.other.as_str() }))
        .collect()
}

/// Files are shown and never run: a page among them must not act for the one who looks at it.
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
        // Browsers refuse to show what is in a sandbox and has a policy on its opener.
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
