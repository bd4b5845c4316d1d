//! The client machine in virtual time. Every step also checks that the view, told only the changes, shows the same,
//! and that nothing is waited for without a deadline.

mod approvals;
mod calls;
mod chat;
mod earlier;
mod edits;
mod link;
mod notes;
mod outbox;
mod random;
mod resume;
mod state;
mod sync;
mod tools;
mod world;

use world::World;
