//! The results of a query in the palette.

use common::directory::Summary;

use crate::{
    commands::{COMMANDS, Command, Offered},
    conversations::shown_title,
};

/// The maximum number of conversations, and of files, that are offered at a time.
const MOST: usize = 20;

/// An entry of the palette.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// Its label.
    pub(super) words: String,
    /// Its effect.
    pub(super) choice: Choice,
}

/// The effect of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Choice {
    /// Opens the conversation with this name.
    Conversation(String),
    /// Opens the file at this path.
    File(String),
    /// Runs a command.
    Command(&'static Command),
}

impl Choice {
    /// The kind of the entry, in a word.
    pub(super) const fn kind(&self) -> &'static str {
        match self {
            Self::Conversation(_) => "Conversation",
            Self::File(_) => "File",
            Self::Command(_) => "Command",
        }
    }
}

/// What has all words of the query, case aside: conversations in the order of the list, then files, then commands. Without a
/// query the commands come first, after the newest conversations.
pub(super) fn entries(
    query: &str,
    conversations: &[Summary],
    files: &[String],
    offered: Offered,
) -> Vec<Entry> {
    let query = query.to_lowercase();
    let words: Vec<&str> = query.split_whitespace().collect();
    let is_found = |entry: &Entry| {
        let text = entry.words.to_lowercase();
        words.iter().all(|word| text.contains(word))
    };
    let most = if words.is_empty() { 5 } else { MOST };
    let conversations = conversations.iter().map(|row| Entry {
        words: shown_title(row.title.as_deref(), &row.name),
        choice: Choice::Conversation(row.name.clone()),
    });
    let files = files.iter().map(|path| Entry {
        words: path.clone(),
        choice: Choice::File(path.clone()),
    });
    let commands = COMMANDS.iter().filter(|command| offered.has(command));
    let commands = commands.map(|command| Entry {
        words: command.words.to_owned(),
        choice: Choice::Command(command),
    });
    let found = conversations.filter(&is_found).take(most);
    let found = found.chain(files.filter(&is_found).take(most));
    found.chain(commands.filter(&is_found)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conversations::testing::row;

    fn found(query: &str) -> Vec<String> {
        let rows: Vec<Summary> = (0..30)
            .map(|at| row(&format!("List {at}"), 30 - at))
            .collect();
        let files = ["src/list.rs".to_owned(), "readme".to_owned()];
        let entries = entries(query, &rows, &files, Offered::All).into_iter();
        entries.map(|entry| entry.words).collect()
    }

    #[test]
    fn all_words_are_looked_for_and_the_kinds_keep_their_order() {
        assert_eq!(found("LIST 7"), ["List 7", "List 17", "List 27"]);
        assert_eq!(found("rs list"), ["src/list.rs"]);
        assert_eq!(found("colours dark"), ["Colours: dark"]);
        assert_eq!(found("nowhere"), [""; 0]);
        assert_eq!(found("list").len(), MOST + 1);
        let all = found("");
        assert_eq!(all.first().map(String::as_str), Some("List 0"));
        assert_eq!(all.len(), 5 + 2 + COMMANDS.len());
    }
}
