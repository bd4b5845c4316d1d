//! What the list offers. No I/O.

use common::{models::OfferedModels, state::Effort};

use super::wanted::Wanted;
use crate::{
    chat::offered::{effort_words, facts_of, shown_name},
    commands::{Argument, COMMANDS, Command, Offered, best},
};

/// At most so many entries are in sight.
const MOST: usize = 50;

/// Something to choose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// What is written for it.
    pub(super) name: String,
    /// What may stand after it.
    pub(super) argument: &'static str,
    /// What it is, in a line.
    pub(super) words: String,
    /// What choosing it does.
    pub(super) choice: Choice,
}

/// What choosing an entry does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Choice {
    /// Runs a command, or writes its name where something has to stand after it.
    Command(&'static Command),
    /// Runs a command with this.
    Value(&'static Command, String),
    /// Mentions the file at this path.
    File(String),
}

/// What there is to offer from.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Shelf {
    pub(super) offered: Offered,
    /// The paths of the files; `None`: not known yet.
    pub(super) files: Option<Vec<String>>,
    /// The models; `None`: not known yet.
    pub(super) models: Option<Result<OfferedModels, String>>,
}

/// The entries for what a text asks for.
pub(super) fn entries(wanted: &Wanted, shelf: &Shelf) -> Vec<Entry> {
    match wanted {
        Wanted::Nothing => Vec::new(),
        Wanted::Commands(query) => commands(query, shelf.offered),
        Wanted::Values(command, _) if !shelf.offered.has(command) => Vec::new(),
        Wanted::Values(command, query) => values(command, query, shelf),
        Wanted::Files { query, .. } => {
            let paths = shelf.files.as_deref().unwrap_or_default();
            let paths = best(query, paths, |path| (*path).clone(), MOST).into_iter();
            paths
                .map(|path| Entry {
                    name: path.clone(),
                    argument: "",
                    words: String::new(),
                    choice: Choice::File(path.clone()),
                })
                .collect()
        }
    }
}

/// Why there are no entries; `None`: there is nothing to say.
pub(super) fn why_empty(wanted: &Wanted, shelf: &Shelf) -> Option<String> {
    let is_for_models = |command: &Command| command.argument == Argument::Model;
    match (wanted, &shelf.models) {
        (Wanted::Files { .. }, _) if shelf.offered == Offered::WithoutConversation => None,
        (Wanted::Files { .. }, _) if shelf.files.is_none() => Some("Looking for files…".to_owned()),
        (Wanted::Files { .. }, _) => Some("No file is called like this.".to_owned()),
        (Wanted::Values(command, _), None) if is_for_models(command) => {
            Some("Looking for models…".to_owned())
        }
        (Wanted::Values(command, _), Some(Err(why))) if is_for_models(command) => Some(why.clone()),
        (Wanted::Nothing | Wanted::Commands(_) | Wanted::Values(..), _) => None,
    }
}

/// The one with this name first, then those whose name begins like this, then those whose words have it.
fn commands(query: &str, offered: Offered) -> Vec<Entry> {
    let commands = COMMANDS.iter().filter(|command| offered.has(command));
    let named = commands.filter_map(|command| Some((command.slash?, command)));
    let (mut begins, others): (Vec<_>, Vec<_>) =
        named.partition(|(name, _)| name.starts_with(query));
    begins.sort_by_key(|(name, _)| *name != query);
    let has = |command: &Command| command.words.to_lowercase().contains(query);
    let others = others
        .into_iter()
        .filter(|(name, command)| query.len() > 1 && (name.contains(query) || has(command)));
    let entry = |(name, command): (&str, &'static Command)| Entry {
        name: format!("/{name}"),
        argument: command.argument.words(),
        words: command.words.to_owned(),
        choice: Choice::Command(command),
    };
    begins.into_iter().chain(others).map(entry).collect()
}

fn values(command: &'static Command, query: &str, shelf: &Shelf) -> Vec<Entry> {
    let entry = |value: &str, words: String| Entry {
        name: value.to_owned(),
        argument: "",
        words,
        choice: Choice::Value(command, value.to_owned()),
    };
    let some = |values: Vec<(&str, &str)>| {
        let query = query.to_lowercase();
        let fits = values
            .into_iter()
            .filter(|(value, _)| value.starts_with(&query));
        fits.map(|(value, words)| entry(value, words.to_owned()))
            .collect()
    };
    match command.argument {
        Argument::None
        | Argument::Title
        | Argument::Repository
        | Argument::Issue
        | Argument::Keep => Vec::new(),
        Argument::Mode => some(vec![
            ("ask", "Ask before changes"),
            ("auto-edit", "Change files freely"),
            ("review", "Draft for review"),
        ]),
        Argument::Effort => {
            let efforts = Effort::ALL.into_iter();
            let efforts = efforts.map(|effort| (effort.as_str(), effort_words(Some(effort))));
            some(
                std::iter::once(("default", "As the model does by itself"))
                    .chain(efforts)
                    .collect(),
            )
        }
        Argument::Model => {
            let Some(Ok(models)) = &shelf.models else {
                return Vec::new();
            };
            let text =
                |model: &&common::models::OfferedModel| format!("{} {}", model.name, model.id);
            let found = best(query, &models.models, text, MOST).into_iter();
            found
                .map(|model| {
                    entry(
                        &model.id,
                        format!("{} · {}", shown_name(model), facts_of(model)),
                    )
                })
                .collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use common::models::OfferedModel;

    use super::*;

    fn shelf(offered: Offered) -> Shelf {
        let models = ["openai/mini", "google/flash"].map(|id| OfferedModel {
            id: id.to_owned(),
            name: id.replace('/', ": "),
            ..OfferedModel::default()
        });
        Shelf {
            offered,
            files: Some(vec!["src/main.rs".to_owned(), "a b.txt".to_owned()]),
            models: Some(Ok(OfferedModels {
                models: models.to_vec(),
                ..OfferedModels::default()
            })),
        }
    }

    fn names(text: &str, offered: Offered) -> Vec<String> {
        let wanted = Wanted::of(text, text.len());
        let entries = entries(&wanted, &shelf(offered)).into_iter();
        entries.map(|entry| entry.name).collect()
    }

    #[test]
    fn commands_are_found_by_name_then_by_words() {
        assert_eq!(
            names("/re", Offered::All),
            ["/redo", "/rename", "/import", "/effort"]
        );
        assert_eq!(names("/answer", Offered::All), ["/undo", "/stop"]);
        assert_eq!(names("/mode", Offered::All)[..2], ["/mode", "/model"]);
        assert_eq!(names("/s", Offered::All), ["/stop", "/settings"]);
        assert_eq!(
            names("/", Offered::WithoutConversation),
            ["/new", "/settings", "/doctor", "/help"]
        );
        assert_eq!(names("/nothing", Offered::All), [""; 0]);
    }

    #[test]
    fn values_and_files_are_found() {
        assert_eq!(
            names("/mode ", Offered::All),
            ["ask", "auto-edit", "review"]
        );
        assert_eq!(names("/mode au", Offered::All), ["auto-edit"]);
        assert_eq!(names("/mode ", Offered::ToReaders), [""; 0]);
        assert_eq!(
            names("/effort ", Offered::All),
            ["default", "none", "low", "medium", "high"]
        );
        assert_eq!(names("/model flash", Offered::All), ["google/flash"]);
        assert_eq!(names("see @main", Offered::All), ["src/main.rs"]);
        assert_eq!(names("see @\"a b", Offered::All), ["a b.txt"]);
    }

    #[test]
    fn it_says_why_there_is_nothing() {
        let unknown = Shelf {
            files: None,
            models: None,
            ..shelf(Offered::All)
        };
        let failed = Shelf {
            models: Some(Err("Down.".to_owned())),
            ..shelf(Offered::All)
        };
        for (text, shelf, expected) in [
            ("@x", &unknown, Some("Looking for files…")),
            ("@zz", &failed, Some("No file is called like this.")),
            ("/model x", &unknown, Some("Looking for models…")),
            ("/model x", &failed, Some("Down.")),
            ("/mode x", &failed, None),
            ("/zz", &unknown, None),
        ] {
            assert_eq!(
                why_empty(&Wanted::of(text, text.len()), shelf).as_deref(),
                expected,
                "{text}"
            );
        }
    }
}
