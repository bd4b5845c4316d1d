//! The inputs and effects of the client machine.

mod effect;
mod error;
mod input;
mod shared_row;
mod status;
mod view;

pub use effect::Effect;
pub use error::ChatError;
pub use input::{Call, Fetched, Input};
pub(in crate::client) use shared_row::MessageGuard;
pub use shared_row::SharedRow;
pub use status::{Connection, Identity, Run, Status};
pub use view::{Delivery, Earlier, Load, MessageChange, Row, Snapshot, ViewChange};
