//! Which message of the transcript makes a request fail.

use common::id::MessageId;
use providers::{ModelMessage, ProviderError};

use super::{
    io::{Culprit, CulpritReason},
    prompt::size,
};

/// How much of a message names it.
const EXCERPT_CHARS: usize = 60;

/// The message that a refused request failed by. The vendor names it by its place in the request, which `origin` traces back, or
/// else it is the last one; of a request that is too long it is the longest one.
pub(super) fn culprit(
    error: &ProviderError,
    messages: &[ModelMessage],
    origin: impl Fn(usize) -> Option<MessageId>,
) -> Option<Culprit> {
    let (message, reason) = if let ProviderError::InvalidRequest { index, .. } = error {
        match index.and_then(origin) {
            Some(named) => (named, CulpritReason::Named),
            None => (last(messages)?, CulpritReason::Last),
        }
    } else if let ProviderError::ContextTooLong { .. } = error {
        (longest(messages)?, CulpritReason::Longest)
    } else {
        return None;
    };
    let excerpt = excerpt_of(&message, messages);
    Some(Culprit {
        message,
        excerpt,
        reason,
    })
}

/// The last message of the transcript in a request.
fn last(messages: &[ModelMessage]) -> Option<MessageId> {
    messages.iter().rev().find_map(origin_of).cloned()
}

/// The message of the transcript that takes most of a request.
fn longest(messages: &[ModelMessage]) -> Option<MessageId> {
    let mut sizes: Vec<(&MessageId, usize)> = Vec::new();
    for message in messages {
        let (Some(origin), size) = (origin_of(message), size::of(message)) else {
            continue;
        };
        match sizes.iter_mut().find(|(id, _)| *id == origin) {
            Some((_, sum)) => *sum += size,
            None => sizes.push((origin, size)),
        }
    }
    let largest = sizes.into_iter().max_by_key(|(_, size)| *size);
    largest.map(|(id, _)| id.clone())
}

fn origin_of(message: &ModelMessage) -> Option<&MessageId> {
    match message {
        ModelMessage::System(_) => None,
        ModelMessage::User(user) => user.origin.as_ref(),
        ModelMessage::Assistant(said) => said.origin.as_ref(),
        ModelMessage::Tool(tool) => tool.origin.as_ref(),
    }
}

/// The first words of a message.
fn excerpt_of(id: &MessageId, messages: &[ModelMessage]) -> String {
    let own = messages
        .iter()
        .filter(|message| origin_of(message) == Some(id));
    let words = own.map(|message| match message {
        ModelMessage::User(user) => user.text(),
        ModelMessage::Assistant(said) => said.text.clone(),
        ModelMessage::System(text) => text.clone(),
        ModelMessage::Tool(tool) => tool.output.clone(),
    });
    let words = words.map(|words| words.split_whitespace().collect::<Vec<_>>().join(" "));
    let first = words.into_iter().find(|words| !words.is_empty());
    let first = first.unwrap_or_default();
    match first.char_indices().nth(EXCERPT_CHARS) {
        Some((end, _)) => format!("{}…", first.get(..end).unwrap_or_default().trim_end()),
        None => first,
    }
}

#[cfg(test)]
mod tests {
    use providers::{AssistantMessage, Content, ToolMessage, UserMessage, VendorMessage};

    use super::*;

    fn user(id: &str, text: &str) -> ModelMessage {
        ModelMessage::User(UserMessage {
            content: vec![Content::Text(text.to_owned())],
            origin: Some(id.into()),
        })
    }

    fn conversation() -> Vec<ModelMessage> {
        vec![
            ModelMessage::System("x".repeat(9_000)),
            user("m1", "first"),
            ModelMessage::Assistant(AssistantMessage {
                text: "Let me\n look.".to_owned(),
                origin: Some("a1".into()),
                ..AssistantMessage::default()
            }),
            ModelMessage::Tool(ToolMessage {
                output: "y".repeat(600),
                origin: Some("a1".into()),
                ..ToolMessage::default()
            }),
            user("m2", &"long ".repeat(100)),
        ]
    }

    #[test]
    fn a_message_is_named_by_its_place_or_by_its_length() {
        let messages = conversation();
        let named = |error: &ProviderError| {
            let origin = |index: usize| messages.get(index).and_then(origin_of).cloned();
            culprit(error, &messages, origin)
                .map(|culprit| (culprit.reason, culprit.message.to_string(), culprit.excerpt))
        };
        let invalid = |index| ProviderError::InvalidRequest {
            status: 400,
            index,
            message: VendorMessage::default(),
        };
        let long = format!("{}…", "long ".repeat(12).trim_end());
        let m2 = |reason| Some((reason, "m2".to_owned(), long.clone()));
        assert_eq!(named(&invalid(Some(4))), m2(CulpritReason::Named));
        // The instructions are nobody's message.
        for index in [Some(0), Some(9), None] {
            assert_eq!(named(&invalid(index)), m2(CulpritReason::Last));
        }
        let too_long = ProviderError::ContextTooLong {
            limit: None,
            message: VendorMessage::default(),
        };
        let longest = (
            CulpritReason::Longest,
            "a1".to_owned(),
            "Let me look.".to_owned(),
        );
        assert_eq!(named(&too_long), Some(longest), "with its outputs");
        assert_eq!(named(&ProviderError::Dropped), None);
    }
}
