//! The door: which requests are let in at all, on loopback too. A browser sends what any page asks it to send, so a server
//! that only its owner can reach is still within reach of every page that the owner opens.
//!
//! - [`host`], [`origin`]: the two names of a request, read strictly.
//! - [`policy`]: which names are the server's own, from the settings and the place where it listens.
//! - [`facts`]: as much of a request as is looked at. [`admission`]: the decision. [`refusal`]: its words.
//!
//! Nothing here looks at a request's URL: a local runtime makes it from headers, and a client can write a whole address
//! where the path belongs.

pub mod admission;
pub mod facts;
pub mod host;
pub mod origin;
pub mod policy;
pub mod refusal;

pub use admission::admit;
pub use facts::Facts;
pub use host::Host;
pub use origin::Origin;
pub use policy::{Names, Place, Policy, PolicyError};
pub use refusal::Refusal;
