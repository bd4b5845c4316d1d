//! The workspace over HTTP: requests in, answers out; the edge moves the bytes.
//!
//! - [`request`]: what is asked for, and whether it has a body. [`condition`]: entity tags and ranges. [`coding`]: bodies that
//!   are packed. [`answer`]: what is said, also about what was refused.
//!
//! Files are under `…/files/{path}`, the whole as a zip file at `…/archive.zip` and as a tar file at `…/archive.tar.gz`. A
//! request that says something that is not understood is refused, so that it does not do something else. What pages of other origins could do
//! without asking first, such as POST, changes nothing.

mod answer;
mod coding;
mod condition;
mod request;

use super::ArchiveKind;
use crate::accounts::Intent;
pub use answer::{Answer, archive_headers, cut_off, imported, imported_fields, refused};
pub use request::{Plan, Request, Task, plan, respond, respond_to_body};

/// What a request with this method is out to do. A method that is not known may change anything.
#[must_use]
pub fn intent(method: &str) -> Intent {
    match method {
        "GET" | "HEAD" | "OPTIONS" => Intent::Reads,
        _ => Intent::ChangesFiles,
    }
}

/// The kind of archive that is at an address.
pub(super) fn archive_kind(rest: &str) -> Option<ArchiveKind> {
    match rest {
        "archive.zip" => Some(ArchiveKind::Zip),
        "archive.tar.gz" => Some(ArchiveKind::TarGz),
        _ => None,
    }
}

/// Whether what follows the instance in a path is the workspace's.
#[must_use]
pub fn is_workspace(rest: &str) -> bool {
    archive_kind(rest).is_some() || rest == "files" || rest.starts_with("files/")
}
