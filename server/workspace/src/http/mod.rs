//! The workspace over HTTP: requests in, answers out; the edge moves the bytes.
//!
//! - [`request`]: what is asked for, and whether it has a body. [`condition`]: entity tags and ranges. [`answer`]: what is
//!   said, also about what was refused.
//!
//! Files are under `…/files/{path}`, the whole as a zip file at `…/archive.zip`. What pages of other origins could do
//! without asking first, such as POST, changes nothing.

mod answer;
mod condition;
mod request;

pub use answer::{Answer, archive_headers, cut_off, imported, refused};
use common::workspace::{ARCHIVE, FILES};
pub use request::{Plan, Request, Task, plan, respond, respond_to_body};

/// Whether what follows the instance in a path is the workspace's.
#[must_use]
pub fn is_workspace(rest: &str) -> bool {
    let file = rest.strip_prefix(FILES);
    rest == ARCHIVE || file.is_some_and(|file| file.is_empty() || file.starts_with('/'))
}
