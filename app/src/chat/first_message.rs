//! The first message of a new conversation on its way from the start page to the conversation's own page.

use common::state::Choices;
use leptos::prelude::*;

/// A first message.
#[derive(Clone, Debug)]
pub(crate) struct First {
    pub(crate) text: String,
    /// Whether files follow, which the page of the conversation uploads before it sends the message.
    pub(crate) has_files: bool,
    /// What was chosen for the conversation; `None`: nothing, so that the person's defaults count.
    pub(crate) choices: Option<Choices>,
}

/// A message that waits for its conversation's page.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FirstMessage(StoredValue<Option<(String, First)>>);

/// Makes the place where it waits.
pub(crate) fn provide_first_message() {
    provide_context(FirstMessage(StoredValue::new(None)));
}

impl FirstMessage {
    /// Leaves a message for the conversation called `name`.
    pub(crate) fn leave(self, name: String, first: First) {
        self.0.set_value(Some((name, first)));
    }

    /// Takes what was left for the conversation called `name`. Something left for another one is forgotten: its
    /// page was never reached.
    pub(crate) fn take(self, name: &str) -> Option<First> {
        let left = self.0.try_update_value(Option::take).flatten();
        left.filter(|(expected, _)| expected == name)
            .map(|(_, first)| first)
    }
}
