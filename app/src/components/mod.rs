//! Views that know nothing of conversations.

mod button;
mod copy_button;
mod markdown;
mod question;

pub(crate) use button::{Button, ButtonKind};
pub(crate) use copy_button::CopyButton;
pub(crate) use markdown::{Markdown, MarkdownSource, safe_href};
pub(crate) use question::Question;
