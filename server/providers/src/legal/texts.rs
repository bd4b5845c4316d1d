//! Rules for blank texts.

use super::{LeftOut, Target};
use crate::{Content, ModelMessage, ModelRequest};

/// The replacement for a user message without text or files.
const EMPTY_MESSAGE: &str = "(This message is empty.)";

/// The replacement for an empty answer between two user messages.
const NO_ANSWER: &str = "(I gave no answer.)";

/// The replacement for an empty output.
const NO_OUTPUT: &str = "(The output is empty.)";

/// Replaces or drops messages without text.
pub(super) fn no_blanks(request: &mut ModelRequest, _: &Target<'_>, _: &mut Vec<LeftOut>) {
    let mut kept: Vec<ModelMessage> = Vec::with_capacity(request.messages.len());
    let mut messages = std::mem::take(&mut request.messages).into_iter().peekable();
    while let Some(mut message) = messages.next() {
        match &mut message {
            ModelMessage::System(text) if is_blank(text) => continue,
            ModelMessage::System(_) => {}
            ModelMessage::User(user) => {
                user.content
                    .retain(|content| !matches!(content, Content::Text(text) if is_blank(text)));
                if user.content.is_empty() {
                    user.content.push(Content::Text(EMPTY_MESSAGE.to_owned()));
                }
            }
            ModelMessage::Assistant(said) => {
                // The end is unchanged: an answer that was cut off continues directly after it.
                if is_blank(&said.text) {
                    said.text.clear();
                }
                if said.text.is_empty() && said.tool_calls.is_empty() {
                    let is_user = |message: Option<&ModelMessage>| {
                        matches!(message, Some(ModelMessage::User(_)))
                    };
                    if !is_user(kept.last()) || !is_user(messages.peek()) {
                        continue;
                    }
                    said.text = NO_ANSWER.to_owned();
                }
            }
            ModelMessage::Tool(tool) => {
                if is_blank(&tool.output) {
                    tool.output = NO_OUTPUT.to_owned();
                }
            }
        }
        kept.push(message);
    }
    request.messages = kept;
}

fn is_blank(text: &str) -> bool {
    text.trim().is_empty()
}
