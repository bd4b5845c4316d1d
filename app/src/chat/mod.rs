//! A conversation: the `use_chat` hook and its views.
//!
//! [`use_chat`] turns what the client machine shows into signals and what the person does into inputs; it decides
//! nothing. [`driver`] runs the machine's effects and is the only place that names the browser.

mod announcer;
mod clear_button;
mod composer;
mod connection_pill;
mod conversation;
mod conversation_menu;
mod delivery_line;
pub(crate) mod demo_note;
pub(crate) mod driver;
mod earlier_line;
mod earlier_page;
mod empty_state;
mod error_bubble;
mod first_message;
mod fresh_name;
mod header;
mod jump_to_latest;
mod left_out;
mod message_list;
mod message_row;
mod part_data;
mod part_file;
mod part_reasoning;
mod part_source;
mod part_text;
mod part_tool;
mod problem_notice;
pub(crate) mod reader;
mod rows;
pub(crate) mod setup_banner;
mod shortened;
mod tasks;
mod unconfirmed;
mod use_chat;
#[cfg(any(feature = "hydrate", test))]
mod view_change;

pub(crate) use composer::Composer;
pub(crate) use conversation::Conversation;
pub(crate) use earlier_page::EarlierPage;
pub(crate) use empty_state::EmptyState;
pub(crate) use first_message::{FirstMessage, provide_first_message};
pub(crate) use fresh_name::fresh_name;
pub(crate) use header::Header;
pub use rows::{PartHandle, RowHandle};
#[cfg(feature = "hydrate")]
pub(crate) use unconfirmed::UnconfirmedNotices;
pub use use_chat::{
    Calling, Facts, Hooks, MethodCall, ToolCall, UseChat, UseChatOptions, use_chat,
};
