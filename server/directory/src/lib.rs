//! The directory: the list of one person's conversations. There is one object per person; it uses the wire protocol
//! of agents.
//!
//! Conversations report their summaries to it. It adds what they do not know: which are pinned, archived and read,
//! and which will be deleted.
//!
//! - [`machine`]: `handle(now, input) -> effects`. [`io`]: inputs and effects. [`calls`]: the methods for clients.
//! - [`pushed`]: the reports of conversations. [`deletion`]: hides conversations and deletes them later.
//! - [`records`]: the rows.
//!
//! Sockets, alarms and requests to conversations belong to the edge of `server`.

mod calls;
mod deletion;
mod io;
mod machine;
mod pushed;
mod records;

pub use deletion::GRACE;
pub use io::{Attached, DeletionOutcome, Effect, Input, JobId, PushAnswer};
pub use machine::Directory;

#[cfg(test)]
mod tests;
