//! Views that know nothing of conversations.

mod answer_field;
mod button;
mod copy_button;
pub(crate) mod dynamic;
mod erased;
#[cfg(feature = "hydrate")]
pub(crate) mod late;
mod markdown;
pub(crate) mod node;
mod outside_link;
mod question;

pub(crate) use answer_field::AnswerField;
pub(crate) use button::{Button, ButtonKind};
pub(crate) use copy_button::CopyButton;
pub(crate) use erased::Erase;
pub(crate) use markdown::{MarkdownSource, markdown, nodes as markdown_nodes};
pub(crate) use outside_link::outside_link;
pub(crate) use question::Question;
