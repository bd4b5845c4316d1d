//! A tool call: what is asked of which tool, its result, and the user's answer where it waits for one.

mod about;
mod answer_button;
mod approval;
mod ask_user;
mod call;
mod call_view;
mod changes;
mod runs;
mod text;
mod words;

use common::message::Message;

use self::call::is_open_question;
#[cfg(feature = "hydrate")]
pub(crate) use self::changes::Changes;
pub(super) use self::{
    about::duration,
    call_view::CallView,
    changes::{Diff, LineCount, kind},
    runs::Runs,
};

/// Whether a message has a question to the user that waits for a text.
pub(super) fn asks_in_words(message: &Message) -> bool {
    message.calls().any(is_open_question)
}
