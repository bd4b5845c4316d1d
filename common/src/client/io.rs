//! The inputs and effects of the client machine.

mod effect;
mod error;
mod input;
mod status;
mod view;

pub use effect::Effect;
pub use error::ChatError;
pub use input::{Call, Fetched, Input};
pub use status::{Connection, Identity, Run, Status};
pub use view::{Delivery, Earlier, Load, Row, Snapshot, ViewChange};
