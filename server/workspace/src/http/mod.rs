//! The HTTP interface of the workspace: requests to responses; the edge moves the bytes.
//!
//! - [`request`]: reads requests. [`respond`](mod@respond): carries them out. [`condition`]: entity tags and ranges. [`coding`]: encoded bodies. [`answer`]:
//!   responses, also to failed operations. [`changes`]: the history, undo and redo. [`draft`]: the draft of the agent.
//!
//! Files are at `…/files/{path}`, archives of all files at `…/archive.zip` and `…/archive.tar.gz`, the history at `…/changes`, the draft
//! at `…/draft`. A
//! request with an unsupported part is refused, so that it does not do something unintended. Requests of pages of other origins
//! do not get here: the door refuses them.

mod answer;
mod changes;
mod coding;
mod condition;
mod draft;
mod request;
mod respond;

pub use answer::{Answer, archive_headers, cut_off, imported, refused, unpacked};
use common::workspace::{ARCHIVE, FILES, TAR_ARCHIVE};
pub use request::{Plan, Request, Task, plan};
pub use respond::{respond, respond_to_body};

use super::ArchiveKind;

/// The kind of archive at a path.
pub(super) fn archive_kind(rest: &str) -> Option<ArchiveKind> {
    match rest {
        ARCHIVE => Some(ArchiveKind::Zip),
        TAR_ARCHIVE => Some(ArchiveKind::TarGz),
        _ => None,
    }
}

/// Whether a path after the instance belongs to the workspace.
#[must_use]
pub fn is_workspace(rest: &str) -> bool {
    let file = rest.strip_prefix(FILES);
    archive_kind(rest).is_some()
        || changes::below(rest).is_some()
        || draft::below(rest).is_some()
        || file.is_some_and(|file| file.is_empty() || file.starts_with('/'))
}
