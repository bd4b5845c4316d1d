//! A list in pages, which is read again when one of its rows has changed.

use common::directory::{Page, Summary, list::MAX_LISTED};

/// The progress of reading the pages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Loading {
    /// Everything that is wanted was read.
    #[default]
    Over,
    /// A page is being read.
    Underway,
    /// Reading a page failed, for this reason.
    Failed(String),
}

/// A page to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// The reading that it belongs to.
    pub(crate) turn: u32,
    /// Where it begins; `None`: at the top.
    pub(crate) cursor: Option<String>,
}

/// A list in pages.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pages {
    /// The rows that were read.
    pub(crate) rows: Vec<Summary>,
    /// How far the reading is.
    pub(crate) loading: Loading,
    /// Where the rest begins.
    next: Option<String>,
    /// The rows of an unfinished reading.
    coming: Vec<Summary>,
    /// The number of wanted rows.
    wanted: usize,
    turn: u32,
}

impl Pages {
    /// Whether there is more to read.
    pub(crate) const fn has_more(&self) -> bool {
        self.next.is_some()
    }

    /// Nothing was read; the list begins at `next`.
    pub(crate) fn begin_at(&mut self, next: Option<String>) {
        *self = Self {
            next,
            turn: self.turn.wrapping_add(1),
            ..Self::default()
        };
    }

    /// Whether any row is wanted.
    pub(crate) const fn is_wanted(&self) -> bool {
        self.wanted > 0
    }

    /// Reads one more page.
    pub(crate) fn more(&mut self) -> Wanted {
        self.wanted = self.rows.len() + MAX_LISTED;
        self.coming = self.rows.clone();
        let cursor = self.next.clone();
        self.ask(cursor)
    }

    /// Reads the list again, from `cursor`.
    pub(crate) fn again(&mut self, cursor: Option<String>) -> Wanted {
        self.wanted = self.wanted.max(1);
        self.coming.clear();
        self.ask(cursor)
    }

    /// Handles a page that arrived or failed. Returns the next page to read.
    pub(crate) fn came(&mut self, turn: u32, page: Result<Page, String>) -> Option<Wanted> {
        if turn != self.turn {
            return None;
        }
        match page {
            Err(words) => self.loading = Loading::Failed(words),
            Ok(page) => {
                self.coming.extend(page.conversations);
                self.next = page.next;
                if self.coming.len() < self.wanted && self.next.is_some() {
                    let cursor = self.next.clone();
                    return Some(self.ask(cursor));
                }
                self.rows = std::mem::take(&mut self.coming);
                self.loading = Loading::Over;
            }
        }
        None
    }

    fn ask(&mut self, cursor: Option<String>) -> Wanted {
        self.turn = self.turn.wrapping_add(1);
        self.loading = Loading::Underway;
        Wanted {
            turn: self.turn,
            cursor,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conversations::testing::row;

    fn page(names: &[&str], next: Option<&str>) -> Result<Page, String> {
        Ok(Page {
            conversations: names.iter().map(|name| row(name, 1)).collect(),
            next: next.map(str::to_owned),
        })
    }

    fn names(pages: &Pages) -> Vec<&str> {
        pages.rows.iter().map(|row| row.name.as_str()).collect()
    }

    #[test]
    fn pages_come_one_after_the_other_and_are_read_again_as_one() {
        let mut pages = Pages::default();
        pages.begin_at(Some("1".to_owned()));
        let first = pages.more();
        assert_eq!(first.cursor.as_deref(), Some("1"));
        assert_eq!(pages.came(first.turn, page(&["a"], None)), None);
        assert_eq!((names(&pages), pages.has_more()), (vec!["a"], false));

        pages.wanted = 2;
        let again = pages.again(Some("1".to_owned()));
        assert_eq!(names(&pages), ["a"], "what is there stays until then");
        let second = pages.came(again.turn, page(&["b"], Some("2"))).unwrap();
        assert_eq!(pages.came(again.turn, page(&["z"], None)), None, "late");
        assert_eq!(pages.came(second.turn, page(&["c"], Some("3"))), None);
        assert_eq!((names(&pages), pages.has_more()), (vec!["b", "c"], true));

        let more = pages.more();
        pages.came(more.turn, Err("no".to_owned()));
        assert_eq!(pages.loading, Loading::Failed("no".to_owned()));
        assert_eq!(names(&pages), ["b", "c"]);
        let more = pages.more();
        assert_eq!(more.cursor.as_deref(), Some("3"));
        pages.came(more.turn, page(&["d"], None));
        assert_eq!(names(&pages), ["b", "c", "d"]);
    }
}
