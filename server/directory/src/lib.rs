//! The directory: the list of one person's conversations. One object a person; it speaks the wire of an agent.
//!
//! Conversations push their summaries to it. It keeps besides what they do not know: which of them are pinned, archived and
//! seen, and which will be deleted.
//!
//! - [`machine`]: `handle(now, input) -> effects`. [`io`]: both of them. [`calls`]: what clients may call.
//! - [`pushed`]: what conversations push. [`deletion`]: conversations are hidden, and deleted for good later.
//! - [`records`]: its rows.
//!
//! Not here: sockets, alarms and the way to conversations (the edge of `server`).

mod calls;
mod deletion;
mod io;
mod machine;
mod pushed;
mod records;

pub use deletion::GRACE;
pub use io::{Answer, Attached, Effect, Input, JobId, Outcome};
pub use machine::Directory;

#[cfg(test)]
mod tests;
