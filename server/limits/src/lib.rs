//! Limits on the use of shared resources by one caller.
//!
//! - [`work`]: limits computing before other work gets its turn.
//! - [`bucket`]: rates. [`callers`]: a bucket per caller.
//! - [`at_once`]: limits simultaneous operations of a person.
//! - [`requests`], [`conversations`], [`frames`]: limits of requests, new conversations, and frames of a connection.

mod at_once;
mod bucket;
mod callers;
mod conversations;
mod frames;
mod requests;
mod work;

pub use at_once::AtOnce;
pub use bucket::{Bucket, Empty, Rate};
pub use callers::{Caller, Callers};
pub use conversations::{NewConversations, TooManyConversations};
pub use frames::{FrameLimits, FrameRefusal, Sent};
pub use requests::{Ask, RequestRates, Requests, TooMany};
pub use work::Work;
