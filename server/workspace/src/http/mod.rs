//! The workspace over HTTP: requests in, answers out; the edge moves the bytes.
//!
//! - [`request`]: what is asked for, and whether it has a body. [`condition`]: entity tags and ranges. [`coding`]: bodies that
//!   are packed. [`answer`]: what is said, also about what was refused. [`changes`]: the past, undo and redo.
//!
//! Files are under `…/files/{path}`, the whole as a zip file at `…/archive.zip` and as a tar file at `…/archive.tar.gz`. A
//! request that says something that is not understood is refused, so that it does not do something else. Pages of other
//! origins get as far as here with nothing: the door refuses them.

mod answer;
mod changes;
mod coding;
mod condition;
mod request;

pub use answer::{Answer, archive_headers, cut_off, imported, refused, unpacked};
use common::workspace::{ARCHIVE, FILES, TAR_ARCHIVE};
pub use request::{Plan, Request, Task, plan, respond, respond_to_body};

use super::ArchiveKind;

/// The kind of archive that is at an address.
pub(super) fn archive_kind(rest: &str) -> Option<ArchiveKind> {
    match rest {
        ARCHIVE => Some(ArchiveKind::Zip),
        TAR_ARCHIVE => Some(ArchiveKind::TarGz),
        _ => None,
    }
}

/// Whether what follows the instance in a path is the workspace's.
#[must_use]
pub fn is_workspace(rest: &str) -> bool {
    let file = rest.strip_prefix(FILES);
    archive_kind(rest).is_some()
        || changes::below(rest).is_some()
        || file.is_some_and(|file| file.is_empty() || file.starts_with('/'))
}
