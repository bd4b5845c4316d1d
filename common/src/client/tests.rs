//! The client machine in virtual time. Every step also checks that the view, updated by the effects alone, shows the
//! same as the machine, and that every wait has a deadline.

mod approvals;
mod calls;
mod chat;
mod earlier;
mod edits;
mod link;
mod notes;
mod outbox;
mod queue;
mod random;
mod resume;
mod state;
mod sync;
mod tools;
mod world;

use world::World;
