//! The client machine in virtual time. Every step also checks that the view, told only the changes, shows the same,
//! and that nothing is waited for without a deadline.

mod approvals;
mod chat;
mod link;
mod random;
mod resume;
mod sync;
mod world;

use world::World;
