//! Earlier messages of the user's, to be written again: the arrow keys go through them in an empty field.

use common::message::{Message, Role};
use leptos::{ev::KeyboardEvent, html::Textarea, prelude::*};

use super::{RowHandle, UseChat};
use crate::browser::field;

/// Where the user is in the messages that were sent.
#[derive(Clone, Copy, Debug)]
pub(super) struct Recall {
    chat: Option<UseChat>,
    /// How far back, and the text that was put into the field.
    at: StoredValue<Option<(usize, String)>>,
}

impl Recall {
    pub(super) fn new(chat: Option<UseChat>) -> Self {
        Self {
            chat,
            at: StoredValue::new(None),
        }
    }

    /// Takes a key. Whether it was one for this.
    pub(super) fn press(self, event: &KeyboardEvent, field: NodeRef<Textarea>) -> bool {
        let is_plain =
            !event.shift_key() && !event.ctrl_key() && !event.alt_key() && !event.meta_key();
        let step = match event.key().as_str() {
            "ArrowUp" => Step::Back,
            "ArrowDown" => Step::Forth,
            _ => return false,
        };
        let Some(chat) = self.chat.filter(|_| is_plain && !event.is_composing()) else {
            return false;
        };
        let text = field::text_of(field).unwrap_or_default();
        let at = self.at.get_value().filter(|(_, shown)| *shown == text);
        if at.is_none() && !text.is_empty() {
            return false;
        }
        let sent = chat.messages.with_untracked(|rows| sent(rows));
        let Some(next) = step.from(at.map(|(back, _)| back), sent.len()) else {
            return false;
        };
        let text = next.and_then(|back| sent.into_iter().nth(back));
        let text = text.unwrap_or_default();
        field::replace_text(field, &text);
        self.at.set_value(next.map(|back| (back, text)));
        event.prevent_default();
        true
    }
}

/// What the user has sent, the newest first, each text once in a row.
fn sent(rows: &[RowHandle]) -> Vec<String> {
    let own = rows.iter().rev().filter(|row| row.role == Role::User);
    let mut texts: Vec<String> = own
        .map(|row| row.with_untracked(Message::plain_text))
        .filter(|text| !text.trim().is_empty())
        .collect();
    texts.dedup();
    texts
}

#[derive(Clone, Copy)]
enum Step {
    Back,
    Forth,
}

impl Step {
    /// How far back this leads from there; `Some(None)`: to the empty field. `None`: nowhere.
    fn from(self, at: Option<usize>, count: usize) -> Option<Option<usize>> {
        match (self, at) {
            (Self::Back, None) => (count > 0).then_some(Some(0)),
            (Self::Back, Some(back)) => (back + 1 < count).then_some(Some(back + 1)),
            (Self::Forth, None) => None,
            (Self::Forth, Some(back)) => Some(back.checked_sub(1)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_go_through_what_was_sent() {
        use Step::{Back, Forth};
        for (step, at, count, expected) in [
            (Back, None, 0, None),
            (Back, None, 2, Some(Some(0))),
            (Back, Some(0), 2, Some(Some(1))),
            (Back, Some(1), 2, None),
            (Forth, Some(1), 2, Some(Some(0))),
            (Forth, Some(0), 2, Some(None)),
            (Forth, None, 2, None),
        ] {
            assert_eq!(step.from(at, count), expected);
        }
    }
}
