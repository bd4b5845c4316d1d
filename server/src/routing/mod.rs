//! Routes requests to agents: every decision of the router, as pure functions (protocol §1.3). Nothing here names the
//! platform; `edge::router` carries the decisions out.
//!
//! - [`decision`]: the decision on a request.
//! - [`hook`]: hooks. [`options`]: all options of the router.
//! - [`own`]: the object for a directory's only name.
//! - [`cors`], [`retry`], [`placement`], [`reserved`]: CORS headers, retries, placement of objects, and headers that
//!   clients must not send.

pub mod cors;
pub mod decision;
pub mod hook;
pub mod options;
mod own;
pub mod placement;
pub mod reserved;
pub mod retry;

use common::http::Header;
pub use cors::{AnsweredBy, Cors};
pub use decision::{Decision, RequestKind, Route, Target, decide, find_binding};
pub use hook::{Hook, HookAnswer};
pub use options::RouteOptions;
pub use own::object_for;
pub use placement::{Jurisdiction, LocationHint, Placement};
pub use reserved::is_reserved;
pub use retry::{AfterFailure, ObjectError, Retry};
