//! The person's conversations, beside every page.
//!
//! - `list`: the state, made of `pages`, later parts of the list, and `search`; `groups`: the list by date. No I/O.
//! - `driver`: runs the effects of that state over the connection to the directory (`docs/directory.md`).
//! - `panel`: whether the list is visible. `sidebar`, `row`, `row_menu`, `rename`, `results`, `toasts`: its views;
//!   `heading`: the title above the page.

mod driver;
mod groups;
mod heading;
mod list;
mod pages;
mod panel;
mod rename;
mod results;
mod row;
mod row_menu;
mod search;
mod sidebar;
#[cfg(test)]
pub(crate) mod testing;
mod toasts;

pub(crate) use driver::{Conversations, provide_conversations};
pub(crate) use heading::{ConversationTitle, listed_title, title_of};
#[cfg(any(feature = "hydrate", test))]
pub(crate) use list::shown_title;
pub(crate) use panel::{PanelButton, Stage, provide_panel};
pub(crate) use sidebar::Sidebar;
