//! Views that know nothing of conversations.

mod answer_field;
pub(crate) mod button;
mod copy_button;
pub(crate) mod dynamic;
mod effect;
mod erased;
pub(crate) mod field;
#[cfg(feature = "hydrate")]
pub(crate) mod late;
mod markdown;
pub(crate) mod node;
pub(crate) mod outside_link;
mod question;

pub(crate) use answer_field::answer_field;
pub(crate) use button::{ButtonKind, button};
pub(crate) use copy_button::copy_button;
pub(crate) use effect::effect;
pub(crate) use erased::Erase;
pub(crate) use markdown::{MarkdownSource, markdown, nodes as markdown_nodes, provide_image_hosts};
pub(crate) use outside_link::outside_link;
pub(crate) use question::Question;
