//! A newer version of the page: an open page finds out that the server serves another build, and makes way for it.
//!
//! The server says which build it serves on every connection, and at `/version`, where a page asks when a piece of it is
//! gone. What is written and not sent yet is kept in the browser, so a reload loses nothing.

mod decision;
mod notice;

use leptos::prelude::*;
#[cfg(feature = "hydrate")]
use leptos::task::spawn_local;

use self::decision::{Situation, Step};
#[cfg(feature = "hydrate")]
use crate::browser::console;
use crate::browser::{build, field, location};

pub(crate) use notice::UpdateNotice;

/// What the page knows about newer ones; a context of the whole page.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Update {
    /// The build of the page that the server serves.
    served: RwSignal<Option<String>>,
    /// What a reload would interrupt.
    busy: RwSignal<Busy>,
}

/// What a reload would interrupt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Busy {
    /// An answer is being written, or something is not kept in the browser.
    pub(crate) conversation: bool,
    /// Files are on their way.
    pub(crate) uploads: bool,
    /// Files of a message are.
    pub(crate) attachments: bool,
}

/// Makes the context of the whole page.
pub(crate) fn provide_update() {
    provide_context(Update {
        served: RwSignal::new(None),
        busy: RwSignal::new(Busy::default()),
    });
}

impl Update {
    /// The one of this page.
    pub(crate) fn of_page() -> Option<Self> {
        use_context()
    }

    /// The server serves this build.
    pub(crate) fn serves(self, build: String) {
        if self
            .served
            .with_untracked(|served| served.as_ref() != Some(&build))
        {
            self.served.try_set(Some(build));
        }
    }

    /// Something has begun, or is over, that a reload would interrupt.
    pub(crate) fn note(self, change: impl FnOnce(&mut Busy)) {
        let mut busy = self.busy.get_untracked();
        change(&mut busy);
        if busy != self.busy.get_untracked() {
            self.busy.try_set(busy);
        }
    }

    /// A piece of the page could not be fetched: perhaps the server has those of another build.
    #[cfg(feature = "hydrate")]
    pub(crate) fn piece_is_missing(self) {
        spawn_local(async move {
            match build::served().await {
                Ok(Some(build)) => self.serves(build),
                Ok(None) => console::warn("The server does not say which version it serves."),
                Err(error) => console::warn(&format!("/version: {error}")),
            }
        });
    }

    /// Whether the user is to be offered the newer page; reloads where nobody is interrupted.
    pub(super) fn decide(self) -> bool {
        let busy = self.busy.get();
        let Some(served) = self.served.get() else {
            return false;
        };
        let own = build::own();
        let reloaded_for = build::reloaded_for();
        let situation = Situation {
            own: own.as_deref(),
            served: Some(&served),
            reloaded_for: reloaded_for.as_deref(),
            is_busy: busy.conversation || busy.uploads || busy.attachments,
            is_writing: field::is_writing(),
        };
        match situation.step() {
            Step::Stay => false,
            Step::Offer => true,
            // What cannot be noted could be repeated for ever.
            Step::Reload if build::note_reload(&served) => {
                location::reload();
                false
            }
            Step::Reload => true,
        }
    }
}
