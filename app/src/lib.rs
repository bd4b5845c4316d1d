//! The page: rendered by the Worker, taken over by the browser.
//!
//! - [`App`], [`shell`]: the routes, and the HTML document around them.
//! - [`api`]: what server rendering needs from the server.
//! - [`chat`]: the `use_chat` hook and the views of a conversation. Only its driver names the browser.
//! - `workspace`: the files of a conversation, beside it.
//! - `documents`: pages without a script, for the server alone: signing in, the account.
//! - `update`: a newer version of the page.
//! - `pages`: one file a route. `components`: views that know nothing of conversations.

#![expect(
    unreachable_pub,
    reason = "the component macro makes public items of private components"
)]

pub mod api;
mod app;
pub mod chat;
mod components;
#[cfg(not(feature = "hydrate"))]
pub mod documents;
mod pages;
mod shell;
mod update;
mod workspace;

pub use app::App;
#[cfg(feature = "hydrate")]
pub use app::when_ready;
pub use shell::{Assets, shell};
