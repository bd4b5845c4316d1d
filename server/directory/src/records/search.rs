//! The search in titles and message texts.

use common::{
    directory::{
        search::{Found, Hit, MAX_FOUND, MAX_QUERY_CHARS, Piece, SearchWanted, Snippet},
        title::one_line,
    },
    id::MessageId,
};
use sql::{Sql, SqlError, SqlRow, SqlValue};

use super::{COLUMNS, Kept, LIVES, Records, kept};

/// The maximum number of words in a query; the rest is ignored.
const MAX_TERMS: usize = 8;

/// The number of characters in the units of the index.
const INDEXED_CHARS: usize = 3;

/// The maximum number of messages found, newest first.
const MAX_MESSAGES: i64 = 400;

/// The number of newest messages that are scanned for words too short for the index.
const LOOKED_THROUGH: i64 = 1_000;

/// The maximum number of excerpts per conversation.
const MAX_SNIPPETS: usize = 3;

/// The number of characters in an excerpt before its first hit, and after it.
const BEFORE_HIT: usize = 40;
const BEHIND_HIT: usize = 120;

/// The messages found, by conversation, newest first.
#[derive(Default)]
struct Matches {
    /// The id of each conversation's row, with the ids of its newest rows of `texts`.
    of: Vec<(i64, Vec<i64>)>,
    is_complete: bool,
}

impl<S: Sql> Records<S> {
    /// Searches. No query is an error.
    pub(crate) fn search(&self, wanted: &SearchWanted) -> Result<Found, SqlError> {
        let limit = wanted.limit.and_then(|limit| usize::try_from(limit).ok());
        let limit = limit.unwrap_or(MAX_FOUND).clamp(1, MAX_FOUND);
        let terms = terms(&wanted.query);
        if terms.is_empty() {
            return Ok(Found {
                hits: Vec::new(),
                is_complete: true,
            });
        }
        let mut ids = self.titled(&terms, limit)?;
        let mut matches = self.matches(&terms)?;
        let mut is_complete = matches.is_complete && ids.len() <= limit;
        ids.truncate(limit);
        for (id, _) in &matches.of {
            if !ids.contains(id) {
                ids.push(*id);
            }
        }
        is_complete &= ids.len() <= limit;
        ids.truncate(limit);
        let mut hits = Vec::with_capacity(ids.len());
        for id in ids {
            let at = matches.of.iter().position(|(of, _)| *of == id);
            let texts = at.map(|at| matches.of.swap_remove(at).1);
            let Some(kept) = self.by_id(id)? else {
                continue;
            };
            let mut snippets = Vec::new();
            for text in texts.unwrap_or_default() {
                snippets.extend(self.snippet(text, &terms)?);
            }
            hits.push(Hit {
                conversation: kept.summary(),
                snippets,
            });
        }
        Ok(Found { hits, is_complete })
    }

    /// The conversations whose titles contain all words, in the order of the list; one more than `limit` shows that
    /// there are more.
    fn titled(&self, terms: &[String], limit: usize) -> Result<Vec<i64>, SqlError> {
        let conditions = " AND instr(folded, ?) > 0".repeat(terms.len());
        let statement = format!(
            "SELECT id FROM conversations WHERE life = ?{conditions}
             ORDER BY archived, pinned DESC, active DESC, name LIMIT ?"
        );
        let most = i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1);
        let mut values = vec![SqlValue::from(LIVES)];
        values.extend(terms.iter().map(|term| SqlValue::from(term.as_str())));
        values.push(most.into());
        let rows = self.sql.run(&statement, &values)?;
        Ok(rows.iter().flatten().map(SqlValue::as_integer).collect())
    }

    /// The messages that contain all words, newest first.
    fn matches(&self, terms: &[String]) -> Result<Matches, SqlError> {
        let is_indexed = |term: &&String| term.chars().count() >= INDEXED_CHARS;
        let (long, short): (Vec<&String>, Vec<&String>) = terms.iter().partition(is_indexed);
        let rest = " AND instr(lower(texts.text), ?) > 0".repeat(short.len());
        let mut values = Vec::new();
        let (from, is_all) = if long.is_empty() {
            let (first, is_all) = self.newest_texts()?;
            values.push(first.into());
            ("texts WHERE texts.id >= ?", is_all)
        } else {
            let phrases = long
                .iter()
                .map(|term| format!("\"{}\"", term.replace('"', "\"\"")));
            values.push(phrases.collect::<Vec<_>>().join(" ").into());
            (
                "found JOIN texts ON texts.id = found.rowid WHERE found MATCH ?",
                true,
            )
        };
        values.extend(short.iter().map(|term| SqlValue::from(term.as_str())));
        values.extend([LIVES.into(), (MAX_MESSAGES + 1).into()]);
        let order = if long.is_empty() {
            "texts.id"
        } else {
            "found.rowid"
        };
        let statement = format!(
            "SELECT texts.id, texts.conversation FROM {from}{rest}
                AND EXISTS (SELECT 1 FROM conversations WHERE id = texts.conversation AND life = ?)
             ORDER BY {order} DESC LIMIT ?"
        );
        let rows = self.sql.run(&statement, &values)?;
        let is_all = is_all && i64::try_from(rows.len()).unwrap_or(i64::MAX) <= MAX_MESSAGES;
        Ok(Matches::of(rows, is_all))
    }

    /// The oldest of the newest rows of `texts` to scan, and whether these are all.
    fn newest_texts(&self) -> Result<(i64, bool), SqlError> {
        let rows = self.sql.run(
            "SELECT id FROM texts ORDER BY id DESC LIMIT 1 OFFSET ?",
            &[LOOKED_THROUGH.into()],
        )?;
        Ok(match rows.first().and_then(|row| row.first()) {
            Some(before) => (before.as_integer().saturating_add(1), false),
            None => (0, true),
        })
    }

    fn by_id(&self, id: i64) -> Result<Option<Kept>, SqlError> {
        let statement = format!("SELECT {COLUMNS} FROM conversations WHERE id = ?");
        let rows = self.sql.run(&statement, &[id.into()])?;
        Ok(rows.into_iter().find_map(kept))
    }

    fn snippet(&self, id: i64, terms: &[String]) -> Result<Option<Snippet>, SqlError> {
        let rows = self
            .sql
            .run("SELECT message, text FROM texts WHERE id = ?", &[id.into()])?;
        let mut values = rows.into_iter().flatten().map(SqlValue::into_text);
        let (Some(message), Some(text)) = (values.next(), values.next()) else {
            return Ok(None);
        };
        Ok(Some(Snippet {
            message: MessageId::new(message),
            pieces: pieces(&text, terms),
        }))
    }
}

impl Matches {
    fn of(rows: Vec<SqlRow>, is_complete: bool) -> Self {
        let mut of: Vec<(i64, Vec<i64>)> = Vec::new();
        for row in rows {
            let mut values = row.iter().map(SqlValue::as_integer);
            let (Some(text), Some(conversation)) = (values.next(), values.next()) else {
                continue;
            };
            match of.iter_mut().find(|(id, _)| *id == conversation) {
                Some((_, texts)) if texts.len() < MAX_SNIPPETS => texts.push(text),
                Some(_) => {}
                None => of.push((conversation, vec![text])),
            }
        }
        Self { of, is_complete }
    }
}

/// The words of a query, in lower case.
fn terms(query: &str) -> Vec<String> {
    let query: String = query.chars().take(MAX_QUERY_CHARS).collect();
    let query = one_line(&query).to_lowercase();
    let mut terms: Vec<String> = Vec::new();
    for term in query.split(' ').filter(|term| !term.is_empty()) {
        if terms.len() < MAX_TERMS && !terms.iter().any(|known| known == term) {
            terms.push(term.to_owned());
        }
    }
    terms
}

/// The part of a text around its first hit, with all hits marked.
fn pieces(text: &str, terms: &[String]) -> Vec<Piece> {
    let text: Vec<char> = text.chars().collect();
    let folded: Vec<char> = text.iter().map(|c| fold(*c)).collect();
    let terms: Vec<Vec<char>> = terms
        .iter()
        .map(|term| term.chars().map(fold).collect())
        .collect();
    let hit_at = |at: usize| {
        let rest = folded.get(at..).unwrap_or_default();
        let fits = terms.iter().filter(|term| rest.starts_with(term));
        fits.map(Vec::len).max()
    };
    let first = (0..text.len())
        .find(|at| hit_at(*at).is_some())
        .unwrap_or(0);
    let begin = first.saturating_sub(BEFORE_HIT);
    let end = first.saturating_add(BEHIND_HIT).min(text.len());
    let mut marked: Vec<(String, bool)> = Vec::new();
    let mut put = |part: &[char], is_hit: bool| {
        let part: String = part.iter().collect();
        match marked.last_mut() {
            Some((text, was_hit)) if *was_hit == is_hit => text.push_str(&part),
            Some(_) | None => marked.push((part, is_hit)),
        }
    };
    let mut at = begin;
    while at < end {
        let length = hit_at(at).unwrap_or(1).min(end - at);
        let part = text.get(at..at + length).unwrap_or_default();
        put(part, hit_at(at).is_some());
        at += length;
    }
    if begin > 0 {
        marked.insert(0, ("…".to_owned(), false));
    }
    if end < text.len() {
        marked.push(("…".to_owned(), false));
    }
    marked
        .into_iter()
        .map(|(text, is_hit)| Piece {
            text: visible(&text),
            is_hit,
        })
        .collect()
}

/// Folds case one character to one, as the index does.
fn fold(c: char) -> char {
    c.to_lowercase().next().unwrap_or(c)
}

/// White space as spaces, without invisible characters; the ends of a piece stay.
fn visible(piece: &str) -> String {
    let line = one_line(piece);
    let is_space = |c: Option<char>| c.is_some_and(char::is_whitespace);
    let before = if is_space(piece.chars().next()) {
        " "
    } else {
        ""
    };
    let behind = if is_space(piece.chars().next_back()) && !line.is_empty() {
        " "
    } else {
        ""
    };
    format!("{before}{line}{behind}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_its_words() {
        assert_eq!(terms("  Green\n\u{0} DOOR green "), ["green", "door"]);
        assert_eq!(terms(" \u{202e}\t"), [""; 0]);
        assert_eq!(terms(&"x ".repeat(10_000)), ["x"]);
        let many: Vec<String> = (0..100).map(|number| number.to_string()).collect();
        assert_eq!(terms(&many.join(" ")).len(), MAX_TERMS);
        assert_eq!(terms(&"x".repeat(10_000))[0].len(), MAX_QUERY_CHARS);
    }

    #[test]
    fn a_snippet_shows_what_was_searched_for() {
        let show = |text: &str, query: &str| {
            let pieces = pieces(text, &terms(query));
            let show = |piece: &Piece| match piece.is_hit {
                true => format!("[{}]", piece.text),
                false => piece.text.clone(),
            };
            pieces.iter().map(show).collect::<String>()
        };
        assert_eq!(
            show("The green\n door, the Green one", "GREEN door"),
            "The [green] [door], the [Green] one"
        );
        assert_eq!(show("pushSummary()", "summary"), "push[Summary]()");
        assert_eq!(show("Straße, ÄRGER", "ärger"), "Straße, [ÄRGER]");
        assert_eq!(show("日本語のテスト", "本語の"), "日[本語の]テスト");
        assert_eq!(show("nothing of it", "else"), "nothing of it");
        let long = format!("{}door{}", "a ".repeat(9_000), " z".repeat(9_000));
        let shown = show(&long, "door");
        assert!(shown.starts_with("…") && shown.ends_with("…") && shown.contains("[door]"));
        assert!(shown.chars().count() < 200, "{shown}");
    }
}
