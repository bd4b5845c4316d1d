//! The options of the router.

use super::{Cors, Placement, Retry};

/// The options of the router. `Hooks` is custom code; the edge defines its interface.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RouteOptions<Hooks> {
    /// The path segments before the agent; several are joined by `/`.
    pub prefix: &'static str,
    /// The CORS policy.
    pub cors: Cors,
    /// The retries when an object fails.
    pub retry: Retry,
    /// The placement of objects.
    pub placement: Placement,
    /// Custom code.
    pub hooks: Hooks,
}
