//! The types that a directory and its clients share. A directory is the list of one person's conversations; it uses
//! the wire protocol of agents.
//!
//! - [`summary`]: one conversation of the list.
//! - [`list`]: the synced state: the newest part of the list.
//! - [`call`]: the methods that clients call, and their results.
//! - [`push`]: the reports of conversations to their directory.
//! - [`settings`]: what a person wants in all conversations.
//! - [`search`]: a search in titles and messages.
//! - [`title`]: titles and other short texts that people read in one line.

pub mod call;
pub mod list;
pub mod push;
pub mod search;
pub mod settings;
pub mod summary;
pub mod title;

pub use call::{Call, CallProblem, Deleted, DeletedAll, Page, PageWanted};
pub use list::ListState;
pub use settings::Settings;
pub use summary::{ConversationState, Summary, TitleBy};
