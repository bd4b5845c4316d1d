//! From a request to an agent: every choice of the router, as pure functions (protocol §1.3). Nothing here names the
//! platform; `edge::router` does what is decided here.
//!
//! - [`decision`]: what becomes of a request.
//! - [`hook`]: what a deployer's own code may answer. [`options`]: everything a deployer may set.
//! - [`own`]: which object a directory's only name means.
//! - [`cors`], [`retry`], [`placement`], [`reserved`]: CORS headers, further attempts, where objects live, and the
//!   headers that no client may send.

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
