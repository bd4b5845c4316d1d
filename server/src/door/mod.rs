//! The door: decides which requests are admitted, even on loopback. A browser sends requests for any page, so a
//! server that only its owner can reach is still in reach of every page that the owner opens.
//!
//! - [`host`], [`origin`]: the two names in a request, parsed strictly.
//! - [`policy`]: the server's own names, from the settings and the place where it listens.
//! - [`facts`]: the relevant facts about a request. [`admission`]: the decision. [`refusal`]: the response.
//!
//! Nothing here uses a request's URL: a local runtime builds it from headers, and a client can send a whole URL in
//! place of the path.

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
pub use policy::{Listening, Names, Policy, PolicyError};
pub use refusal::Refusal;
