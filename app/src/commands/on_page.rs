//! The conversation on the page, for those who are outside of its views.

use leptos::prelude::*;

use crate::{chat::UseChat, workspace::DrawerState};

/// What is on the page; a context of the whole page.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OnPage {
    /// The conversation.
    pub(crate) conversation: RwSignal<Option<Current>>,
    /// What a command has to say, beside the composer; `None`: nothing.
    pub(crate) said: RwSignal<Option<String>>,
}

/// A conversation on the page.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(
    not(feature = "hydrate"),
    expect(dead_code, reason = "nobody gives a command on the server")
)]
pub(crate) struct Current {
    /// It.
    pub(crate) chat: UseChat,
    /// Its name.
    pub(crate) name: StoredValue<String>,
    /// Its files.
    pub(crate) files: DrawerState,
    /// Whether the reader of the page can only read it.
    pub(crate) is_read_only: bool,
}

/// Makes the context.
pub(crate) fn provide_on_page() {
    provide_context(OnPage {
        conversation: RwSignal::new(None),
        said: RwSignal::new(None),
    });
}

impl OnPage {
    /// That of this page.
    pub(crate) fn of_page() -> Option<Self> {
        use_context()
    }

    /// A conversation is on the page for as long as the current owner lives.
    pub(crate) fn show(self, current: Current) {
        self.conversation.set(Some(current));
        on_cleanup(move || {
            self.conversation.try_set(None);
            self.said.try_set(None);
        });
    }

    /// Says something beside the composer.
    #[cfg(feature = "hydrate")]
    pub(crate) fn say(self, words: impl Into<String>) {
        self.said.try_set(Some(words.into()));
    }

    /// Which commands there are.
    #[cfg(feature = "hydrate")]
    pub(crate) fn offered(self) -> super::Offered {
        match self.conversation.get() {
            None => super::Offered::WithoutConversation,
            Some(current) if current.is_read_only => super::Offered::ToReaders,
            Some(_) => super::Offered::All,
        }
    }
}
