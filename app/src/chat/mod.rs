//! A conversation: the `use_chat` hook and its views.
//!
//! [`use_chat`] turns what the client machine shows into signals and what the person does into inputs; it decides
//! nothing. [`driver`] runs the machine's effects.

mod about;
mod announcer;
mod attachments;
mod branch_line;
mod clear_button;
mod composer;
mod connection_pill;
mod context_words;
mod conversation_menu;
mod delivery_line;
mod demo_note;
pub(crate) mod driver;
mod earlier_line;
mod empty_state;
mod error_bubble;
mod file_changes;
mod first_message;
mod fresh_name;
mod header;
mod jump_to_latest;
mod left_out;
mod message_actions;
mod message_details;
#[cfg(feature = "hydrate")]
mod message_edit;
mod message_list;
mod message_row;
mod new_tools;
mod offered;
mod part_data;
mod part_file;
mod part_reasoning;
mod part_source;
mod part_text;
mod part_tool;
mod pin_button;
mod problem_notice;
mod reader;
mod recall;
mod rows;
mod setup_banner;
mod shortened;
mod suggest;
mod tasks;
mod unconfirmed;
mod use_chat;
#[cfg(any(feature = "hydrate", test))]
mod view_change;

pub(crate) use about::ask_models;
#[cfg(feature = "hydrate")]
pub(crate) use about::is_busy;
pub(crate) use about::{about_of, change_about};
pub(crate) use announcer::Announcer;
pub(crate) use attachments::{Attachments, Way};
pub(crate) use clear_button::ClearButton;
pub(crate) use composer::Composer;
pub(crate) use connection_pill::ConnectionPill;
pub(crate) use context_words::{PartSize, PartText, context_parts, context_words};
pub(crate) use conversation_menu::ConversationMenu;
pub(crate) use demo_note::{DemoNote, provide_model_kind};
pub(crate) use earlier_line::EarlierLine;
pub(crate) use empty_state::EmptyState;
pub(crate) use error_bubble::ErrorBubble;
pub(crate) use first_message::{First, FirstMessage, provide_first_message};
pub(crate) use fresh_name::fresh_name;
pub(crate) use header::Header;
pub(crate) use jump_to_latest::JumpToLatest;
pub(crate) use message_list::MessageList;
pub(crate) use new_tools::NewTools;
pub(crate) use offered::{
    ModelEntry, dollars, effort_words, model_entries, model_name, short_name, tokens_in_short,
};
#[cfg(feature = "hydrate")]
pub(crate) use part_tool::Changes;
pub(crate) use problem_notice::ProblemNotice;
pub(crate) use reader::{ReadOnlyNote, is_read_only, provide_reader};
pub use rows::{PartHandle, RowHandle};
pub(crate) use setup_banner::SetupBanner;
pub(crate) use tasks::{ComposerTools, TaskLine};
#[cfg(feature = "hydrate")]
pub(crate) use unconfirmed::UnconfirmedNotices;
pub(crate) use use_chat::use_agent;
pub use use_chat::{
    Calling, Facts, Hooks, MethodCall, ToolCall, UseChat, UseChatOptions, use_chat,
};
