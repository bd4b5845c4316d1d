//! Views that know nothing of conversations.

mod alert;
mod answer_field;
mod button;
mod choice;
pub(crate) mod commands;
mod confirm_dialog;
#[cfg(feature = "hydrate")]
mod conflict_question;
mod copy_button;
pub(crate) mod enter_key;
mod growing_text;
mod markdown;
mod near_notice;
mod outside_link;
mod page_title;
mod places;
mod search_list;
mod separator;
mod untrusted;

pub(crate) use alert::Alert;
pub(crate) use answer_field::AnswerField;
pub(crate) use button::{Button, ButtonKind, Icon};
pub(crate) use choice::Choice;
pub(crate) use confirm_dialog::ConfirmDialog;
#[cfg(feature = "hydrate")]
pub(crate) use conflict_question::ConflictQuestion;
pub(crate) use copy_button::CopyButton;
pub(crate) use growing_text::GrowingText;
pub(crate) use markdown::{Markdown, MarkdownSource, provide_image_hosts};
pub(crate) use near_notice::NearNotice;
pub(crate) use outside_link::{NamedLine, OutsideLink};
pub(crate) use page_title::PageTitle;
pub(crate) use places::Places;
pub(crate) use search_list::SearchList;
pub(crate) use separator::{Border, Separator};
pub(crate) use untrusted::Untrusted;
#[cfg(any(feature = "hydrate", test))]
pub(crate) use untrusted::is_hidden;
