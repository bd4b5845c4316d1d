//! The search. Loaded titles are searched at once; the directory searches all messages.

use common::directory::{
    Summary,
    search::{Found, Hit, MAX_QUERY_CHARS, SearchWanted},
};

/// The query and its results.
#[derive(Clone, Debug, Default)]
pub(crate) struct Search {
    query: String,
    /// The results, of this or of an earlier query.
    found: Option<Result<Found, String>>,
    is_over: bool,
}

/// The progress of a search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Progress {
    /// The directory has not answered.
    Underway,
    /// These are all results.
    Complete,
    /// There are more results than shown.
    Partial,
    /// Messages could not be searched, for this reason.
    Failed(String),
}

impl Search {
    /// The query; empty: no search.
    pub(crate) fn text(&self) -> &str {
        &self.query
    }

    /// Whether there is a query.
    pub(crate) fn is_on(&self) -> bool {
        !self.query.is_empty()
    }

    /// Changes the query.
    pub(super) fn query(&mut self, query: String) -> Option<SearchWanted> {
        let query: String = query.trim().chars().take(MAX_QUERY_CHARS).collect();
        if query == self.query {
            return None;
        }
        self.query = query;
        self.is_over = false;
        self.found = None;
        self.is_on().then(|| SearchWanted {
            query: self.query.clone(),
            limit: None,
        })
    }

    /// Takes the directory's answer.
    pub(super) fn found(&mut self, query: &str, found: Result<Found, String>) {
        if query == self.query {
            self.found = Some(found);
            self.is_over = true;
        }
    }

    /// The progress.
    pub(crate) fn progress(&self) -> Progress {
        match (&self.found, self.is_over) {
            (Some(Ok(found)), true) if found.is_complete => Progress::Complete,
            (Some(Ok(_)), true) => Progress::Partial,
            (Some(Err(words)), true) => Progress::Failed(words.clone()),
            (None, _) | (_, false) => Progress::Underway,
        }
    }

    /// The results to show: the directory's, or until then the loaded titles that match.
    pub(crate) fn hits(&self, rows: &[Summary]) -> Vec<Hit> {
        if let Some(Ok(found)) = &self.found {
            return found.hits.clone();
        }
        let query = self.query.to_lowercase();
        let words: Vec<&str> = query.split_whitespace().collect();
        let matches = |row: &&Summary| {
            let title = row.title.as_deref().unwrap_or(&row.name).to_lowercase();
            words.iter().all(|word| title.contains(word))
        };
        let hit = |row: &Summary| Hit {
            conversation: row.clone(),
            snippets: Vec::new(),
        };
        rows.iter().filter(matches).map(hit).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conversations::testing::row;

    #[test]
    fn titles_at_hand_are_found_at_once_and_messages_later() {
        let rows = [row("Green door", 1), row("Red roof", 2)];
        let mut search = Search::default();
        assert_eq!(search.query("  ".to_owned()), None);
        let wanted = search.query(" DOOR g ".to_owned()).unwrap();
        assert_eq!(wanted.query, "DOOR g");
        assert_eq!(search.query("DOOR g".to_owned()), None, "the same");
        let names = |search: &Search| -> Vec<String> {
            let hits = search.hits(&rows).into_iter();
            hits.map(|hit| hit.conversation.name).collect()
        };
        assert_eq!(
            (names(&search), search.progress()),
            (vec!["Green door".to_owned()], Progress::Underway)
        );
        search.found("other", Ok(Found::default()));
        assert_eq!(search.progress(), Progress::Underway);
        search.found("DOOR g", Err("no".to_owned()));
        assert_eq!(
            (names(&search).len(), search.progress()),
            (1, Progress::Failed("no".to_owned()))
        );
        search.query("x".to_owned());
        let complete = Found {
            hits: Vec::new(),
            is_complete: true,
        };
        search.found("x", Ok(complete));
        assert_eq!(
            (names(&search).len(), search.progress()),
            (0, Progress::Complete)
        );
        assert!(
            search
                .query("é".repeat(1_000))
                .unwrap()
                .query
                .chars()
                .count()
                <= MAX_QUERY_CHARS
        );
    }
}
