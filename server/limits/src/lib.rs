//! How much one caller may take of what all share.
//!
//! - [`work`]: how much is computed before others have their turn.
//! - [`bucket`]: how much there may be of something within a time. [`callers`]: a bucket for each caller.
//! - [`at_once`]: how many things of one person run at the same time.
//! - [`requests`]: how often somebody may ask. [`conversations`]: how many somebody may begin. [`frames`]: how much a connection may send.

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
