//! When an open page makes way for a newer one.

/// What is known when it has to be decided.
#[derive(Clone, Copy, Debug)]
pub(super) struct Situation<'a> {
    /// The build that this page was made of; `None`: it does not know, as a page of another application.
    pub(super) own: Option<&'a str>,
    /// The build that the server serves now; `None`: it has not said.
    pub(super) served: Option<&'a str>,
    /// The build for which this tab was reloaded last.
    pub(super) reloaded_for: Option<&'a str>,
    /// Whether something is under way that a reload would interrupt: an answer that is read as it comes, or an upload.
    pub(super) is_busy: bool,
    /// Whether the user is writing.
    pub(super) is_writing: bool,
}

/// What to do about a newer page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// There is none.
    Stay,
    /// Let the user choose the moment.
    Offer,
    /// Reload by itself: nobody is interrupted, and what is not sent yet is kept in the browser.
    Reload,
}

impl Situation<'_> {
    /// The step. A tab reloads by itself once for each build: when it gets the old page again, a cache is in the way, and
    /// reloading for ever would not help.
    pub(super) fn step(self) -> Step {
        let (Some(own), Some(served)) = (self.own, self.served) else {
            return Step::Stay;
        };
        if own == served {
            Step::Stay
        } else if self.is_busy || self.is_writing || self.reloaded_for == Some(served) {
            Step::Offer
        } else {
            Step::Reload
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const IDLE: Situation<'_> = Situation {
        own: Some("old"),
        served: Some("new"),
        reloaded_for: None,
        is_busy: false,
        is_writing: false,
    };

    #[test]
    fn a_page_stays_until_the_server_names_another_build() {
        for situation in [
            Situation {
                served: None,
                ..IDLE
            },
            Situation {
                served: Some("old"),
                ..IDLE
            },
            Situation { own: None, ..IDLE },
        ] {
            assert_eq!(situation.step(), Step::Stay, "{situation:?}");
        }
    }

    #[test]
    fn an_idle_page_reloads_and_others_offer_it() {
        assert_eq!(IDLE.step(), Step::Reload);
        for situation in [
            Situation {
                is_busy: true,
                ..IDLE
            },
            Situation {
                is_writing: true,
                ..IDLE
            },
        ] {
            assert_eq!(situation.step(), Step::Offer, "{situation:?}");
        }
    }

    #[test]
    fn a_tab_reloads_by_itself_once_for_each_build() {
        let again = Situation {
            reloaded_for: Some("new"),
            ..IDLE
        };
        assert_eq!(again.step(), Step::Offer);
        let next = Situation {
            reloaded_for: Some("new"),
            served: Some("newer"),
            ..IDLE
        };
        assert_eq!(next.step(), Step::Reload);
    }
}
