//! A newer version of the page: an open page finds out that the server serves another build, and makes way for it.
//!
//! The server says which build it serves on every connection, and at `/version`, where a page asks when a piece of it is
//! gone. What is written and not sent yet is kept in the browser, so a reload loses nothing.

mod decision;

use decision::{Situation, Step};
use leptos::prelude::*;

use crate::{
    chat::driver,
    components::{Button, ButtonKind},
};

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
        driver::ask_for_build(Callback::new(move |build| self.serves(build)));
    }

    /// Whether the user is to be offered the newer page; reloads where nobody is interrupted.
    fn decide(self) -> bool {
        let busy = self.busy.get();
        let Some(served) = self.served.get() else {
            return false;
        };
        let own = driver::own_build();
        let reloaded_for = driver::reloaded_for();
        let situation = Situation {
            own: own.as_deref(),
            served: Some(&served),
            reloaded_for: reloaded_for.as_deref(),
            is_busy: busy.conversation || busy.uploads,
            is_writing: driver::is_writing(),
        };
        match situation.step() {
            Step::Stay => false,
            Step::Offer => true,
            // What cannot be noted could be repeated for ever.
            Step::Reload if driver::note_reload(&served) => {
                driver::reload();
                false
            }
            Step::Reload => true,
        }
    }
}

/// Follows what the server serves, and offers a newer page in a line.
#[component]
pub(crate) fn UpdateNotice() -> impl IntoView {
    let update = Update::of_page();
    let is_offered = RwSignal::new(false);
    let hidden = driver::times_hidden();
    Effect::new(move || {
        // A page that nobody looks at may be reloaded after what was written is sent or taken away.
        hidden.track();
        is_offered.set(update.is_some_and(Update::decide));
    });
    let reload = Callback::new(|()| driver::reload());
    view! {
        <Show when=move || is_offered.get()>
            <section class="setup" role="status" aria-label="New version">
                <p>
                    "A new version is ready. "
                    <Button kind=ButtonKind::Plain on_press=reload>
                        "Reload"
                    </Button>
                </p>
            </section>
        </Show>
    }
}
