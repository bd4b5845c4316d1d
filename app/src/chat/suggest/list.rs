//! Whether the list is in sight, and what is chosen in it. No I/O.

use super::wanted::Wanted;

/// The list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct List {
    /// What the text asks for.
    pub(super) wanted: Wanted,
    /// Which entry is chosen.
    pub(super) chosen: usize,
    view: View,
}

/// Whether it is in sight.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum View {
    #[default]
    Shown,
    /// Until the text changes.
    Hidden,
    /// Until the text asks for something else.
    Dismissed,
}

/// What a key does to the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key {
    /// The next entry, round and round.
    Next,
    /// The one before.
    Previous,
    /// Takes the entry and does what it says.
    Take,
    /// Writes the entry into the text.
    Complete,
    /// Closes the list.
    Dismiss,
    /// Moves the cursor away from what the list is for.
    Leave,
}

impl List {
    /// Whether it is in sight, as long as there is something to show.
    pub(super) fn is_shown(&self) -> bool {
        self.view == View::Shown && self.wanted != Wanted::Nothing
    }

    /// The text was changed.
    pub(super) fn written(&mut self, wanted: Wanted) {
        if wanted == self.wanted && self.view != View::Hidden {
            return;
        }
        if self.view != View::Dismissed || !wanted.goes_on(&self.wanted) {
            self.view = View::Shown;
        }
        self.chosen = 0;
        self.wanted = wanted;
    }

    /// Goes to the entry before or after this one.
    pub(super) fn step(&mut self, key: Key, count: usize) {
        let at = self.chosen.min(count.saturating_sub(1));
        self.chosen = match key {
            Key::Next if count > 0 => (at + 1) % count,
            Key::Previous if count > 0 => (at + count - 1) % count,
            Key::Next | Key::Previous | Key::Take | Key::Complete | Key::Dismiss | Key::Leave => at,
        };
    }

    /// The user closes it.
    pub(super) fn dismiss(&mut self) {
        self.view = View::Dismissed;
    }

    /// The cursor is no longer where the list is for.
    pub(super) fn hide(&mut self) {
        if self.view == View::Shown {
            self.view = View::Hidden;
        }
    }
}

impl Key {
    /// What a key without Ctrl, Alt and the command key does; `None`: it is not one of the list's.
    pub(super) fn of(key: &str, has_shift: bool) -> Option<Self> {
        Some(match (key, has_shift) {
            ("ArrowDown", false) => Self::Next,
            ("ArrowUp", false) => Self::Previous,
            ("Enter", false) => Self::Take,
            ("Tab", false) => Self::Complete,
            ("Escape", _) => Self::Dismiss,
            ("ArrowLeft" | "ArrowRight" | "Home" | "End" | "PageUp" | "PageDown", _) => Self::Leave,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn commands(query: &str) -> Wanted {
        Wanted::Commands(query.to_owned())
    }

    #[test]
    fn what_was_closed_stays_closed_for_this_word() {
        let mut list = List::default();
        assert!(!list.is_shown());
        list.written(commands(""));
        assert!(list.is_shown());
        list.dismiss();
        list.written(commands("n"));
        assert!(!list.is_shown());
        list.written(Wanted::Nothing);
        list.written(commands(""));
        assert!(list.is_shown());
        list.hide();
        assert!(!list.is_shown());
        list.written(commands(""));
        assert!(list.is_shown());
    }

    #[test]
    fn the_choice_goes_round_and_starts_anew_with_another_text() {
        let mut list = List::default();
        list.written(commands(""));
        list.step(Key::Previous, 3);
        assert_eq!(list.chosen, 2);
        list.step(Key::Next, 3);
        list.step(Key::Next, 3);
        assert_eq!(list.chosen, 1);
        list.step(Key::Next, 0);
        assert_eq!(list.chosen, 0);
        list.step(Key::Next, 3);
        list.written(commands(""));
        assert_eq!(list.chosen, 1);
        list.written(commands("n"));
        assert_eq!(list.chosen, 0);
    }

    #[test]
    fn keys_with_shift_belong_to_the_text() {
        assert_eq!(Key::of("Enter", false), Some(Key::Take));
        assert_eq!(Key::of("Enter", true), None);
        assert_eq!(Key::of("Tab", true), None);
        assert_eq!(Key::of("a", false), None);
    }
}
