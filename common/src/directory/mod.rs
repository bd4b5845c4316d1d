//! What a directory and its clients share. A directory is the list of one person's conversations; it speaks the wire of
//! an agent.
//!
//! - [`summary`]: one conversation of the list.
//! - [`list`]: the synced state: the newest part of the list.
//! - [`call`]: what clients may call, and with what it answers.
//! - [`push`]: what a conversation tells a directory.
//! - [`search`]: a search in titles and messages.
//! - [`title`]: titles and other short texts that people read in one line.

pub mod call;
pub mod list;
pub mod push;
pub mod search;
pub mod summary;
pub mod title;

pub use call::{Call, CallProblem, Deleted, Page, PageWanted};
pub use list::ListState;
pub use summary::{ConversationState, Summary, TitleBy};
