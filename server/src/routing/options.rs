//! Everything a deployer may set.

use super::{Cors, Placement, Retry};

/// How requests are routed. `Hooks` is the deployer's own code; what it must offer is the edge's to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RouteOptions<Hooks> {
    /// What comes before the agent in every agent path; several segments are joined by `/`.
    pub prefix: &'static str,
    /// What pages of other origins may read.
    pub cors: Cors,
    /// How often a request is tried when its object fails.
    pub retry: Retry,
    /// Where objects live.
    pub placement: Placement,
    /// The deployer's own code.
    pub hooks: Hooks,
}
