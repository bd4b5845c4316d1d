//! Summaries: what the model gets in the place of earlier messages, and the request for one.

use common::message::{Message, Role};
use providers::{ModelMessage, UserMessage, demo::SUMMARISE_PREFIX};
use store::Summary;

use super::size::TOKEN_BYTES;

/// The most tokens of a summary, with what a model thinks before it writes one.
pub const SUMMARY_TOKENS: u32 = 8_192;

/// What a summary has to keep. Its beginning is [`SUMMARISE_PREFIX`].
const ASK: &str = "Earlier messages will no longer be shown to you: you will get your summary in their place. So write down \
                   everything that is needed to carry on, under these headings:\n\n\
                   ## Rules\nEvery rule, wish and limit that the user has stated and not taken back, word for word, as a list.\n\
                   ## Goals\nWhat the user wants, and why.\n\
                   ## Decisions\nWhat was decided, with the reason.\n\
                   ## Files\nEvery file that matters, by its path, with what was done to it and how it stands.\n\
                   ## Open steps\nWhat is left to do, and where the work stands right now.\n\
                   ## Facts\nNames, values, commands, errors and findings that will be needed again.\n\n\
                   Keep what an earlier summary says where it still holds. Write in the language of the user. Invent nothing. \
                   Call no tools. Answer with the summary alone.";

/// How a summary begins. It is a note, which the demo model knows by its first words.
const BEGINNING: &str = "[Note of Coder, not written by the user: The earlier messages of this conversation were summarised. Its \
                         rules still hold. Read files again before you rely on what you knew of them.]\n\n";

/// How many bytes a request for a summary may take: it begins with the bytes of the requests before, and needs little room for
/// the answer.
pub(super) const fn most(window: usize) -> usize {
    window.saturating_mul(TOKEN_BYTES) / 4 * 3
}

/// The request for a summary of the conversation. `keep`: what the user wants kept.
pub(super) fn ask(keep: Option<&str>) -> ModelMessage {
    let keep = keep.map_or_else(String::new, |keep| {
        format!("\n\nThe user asks to keep above all: {keep}")
    });
    ModelMessage::user(format!("{SUMMARISE_PREFIX}. {ASK}{keep}"))
}

/// What the model gets in the place of the messages that a summary covers.
pub(super) fn message(summary: &Summary) -> ModelMessage {
    ModelMessage::user(text(summary))
}

/// Its text. Pinned messages stay as they were written.
pub(crate) fn text(summary: &Summary) -> String {
    let pinned = summary
        .pinned
        .iter()
        .filter(|message| !message.is_left_out());
    let pinned: String = pinned.map(word_for_word).collect();
    let pins = if pinned.is_empty() {
        String::new()
    } else {
        format!("\n\nThe user has pinned these messages, word for word:{pinned}")
    };
    let text = summary.text.trim();
    format!("{BEGINNING}<summary>\n{text}\n</summary>{pins}")
}

/// Whether a message stands in the place of earlier ones.
pub(super) fn is_summary(user: &UserMessage) -> bool {
    user.origin.is_none() && user.texts().any(|text| text.starts_with(BEGINNING))
}

fn word_for_word(message: &Message) -> String {
    let by = match message.role {
        Role::User => "user",
        Role::Assistant => "assistant",
        Role::System => "system",
    };
    let text = message.text_or_names();
    format!("\n\n<pinned by=\"{by}\">\n{text}\n</pinned>")
}

#[cfg(test)]
mod tests {
    use common::{id::MessageId, time::Timestamp};
    use providers::demo::NOTE_PREFIX;
    use store::Position;

    use super::*;

    fn text_of(message: &ModelMessage) -> String {
        match message {
            ModelMessage::User(user) => user.text(),
            ModelMessage::System(_) | ModelMessage::Assistant(_) | ModelMessage::Tool(_) => {
                panic!("{message:?}")
            }
        }
    }

    #[test]
    fn the_model_gets_the_summary_and_pinned_messages_word_for_word() {
        let message_of =
            |id: &str, text: &str| Message::text(MessageId::from(id), Role::User, text);
        let mut left_out = message_of("b", "secret");
        left_out.set_left_out(true);
        let mut summary = Summary {
            position: Position::new(4),
            message: MessageId::from("m"),
            at: Timestamp::default(),
            text: "## Rules\n- Use tabs.\n".to_owned(),
            pinned: Vec::new(),
        };
        let plain = text_of(&message(&summary));
        assert!(plain.starts_with(NOTE_PREFIX));
        assert!(
            plain.ends_with("<summary>\n## Rules\n- Use tabs.\n</summary>"),
            "{plain}"
        );
        summary.pinned = vec![message_of("a", "Never use spaces.\n"), left_out];
        let pinned = text_of(&message(&summary));
        let end = "word for word:\n\n<pinned by=\"user\">\nNever use spaces.\n\n</pinned>";
        assert!(
            pinned.starts_with(&plain) && pinned.ends_with(end),
            "{pinned}"
        );
    }

    #[test]
    fn a_summary_is_asked_for_with_what_the_user_wants_kept() {
        assert!(text_of(&ask(None)).starts_with(SUMMARISE_PREFIX));
        assert!(text_of(&ask(Some("the names"))).ends_with("to keep above all: the names"));
    }
}
