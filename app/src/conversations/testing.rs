//! Conversations for the tests.

use common::{
    directory::{ConversationState, Summary, TitleBy},
    time::Timestamp,
};

/// A conversation whose title is its name, last active at this moment.
pub(crate) fn row(name: &str, active: u64) -> Summary {
    Summary {
        name: name.to_owned(),
        title: Some(name.to_owned()),
        title_by: TitleBy::Start,
        created: Timestamp::from_millis(0),
        active: Timestamp::from_millis(active),
        state: ConversationState::Idle,
        is_unread: false,
        is_pinned: false,
        is_archived: false,
        model: None,
        cost_usd: None,
        last_words: String::new(),
        messages: 2,
    }
}
