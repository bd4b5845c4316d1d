//! The page: rendered by the Worker, taken over by the browser.
//!
//! - [`App`], [`shell`]: the routes, and the HTML document around them.
//! - [`api`]: what server rendering needs from the server.
//! - [`chat`]: the `use_chat` hook and the views of a conversation.
//! - `palette`: by a few letters to a conversation, a file or a command; the shortcuts. `commands`: all commands.
//! - `appearance`: light or dark.
//! - `conversations`: the list of the person's conversations, on every page.
//! - `workspace`: the files of a conversation, beside it. `doctor`: the connection check.
//! - `documents`: pages without a script, for the server alone: signing in, the account.
//! - `update`: a newer version of the page. `piece`: views whose code is fetched when it is needed.
//! - `pages`: one file a route. `components`: views that know nothing of conversations.
//! - `browser`: what the browser offers; nothing else names it.

#![expect(
    unreachable_pub,
    reason = "the component macro makes public items of private components"
)]

pub mod api;
mod app;
mod appearance;
mod browser;
pub mod chat;
mod commands;
mod components;
mod conversations;
mod doctor;
#[cfg(not(feature = "hydrate"))]
pub mod documents;
mod pages;
mod palette;
#[cfg(feature = "hydrate")]
mod piece;
mod shell;
mod update;
mod workspace;

pub use app::App;
#[cfg(feature = "hydrate")]
pub use app::when_ready;
pub use shell::{Assets, shell};
