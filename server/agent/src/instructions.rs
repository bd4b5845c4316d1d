//! The system prompt, part by part.

use chrono::DateTime;
use common::{state::MAX_AGENTS_FILE_CHARS, time::Timestamp};
use workspace::{INSTRUCTIONS_FILE, Workspace, WorkspaceError};

/// Who the model is.
const ROLE: &str = "You are Coder, a coding assistant that people chat with in a browser. Answer in markdown and put \
                    code into fenced blocks that name their language. Be precise and brief; say so when you do not know.";

/// How the model works with files. What each tool does is said in its description.
const WORKSPACE: &str = "This conversation has a workspace: files that stay and that the user sees, too. Its paths begin \
                         at its root, as in `src/main.rs`. Look with your tools before you say what is there, read a file \
                         before you change it, and say that something was done only when a tool has said so. When a tool \
                         fails, it says what to do; when the user refuses a call, do not make it again unasked. When a tool says that the user decides \
                         later, continue as if it stays: your tools see it, and a note says what the user decided. A path \
                         after an @ in a message, as in @src/main.rs, is a file that the user means; in quotes it is a \
                         JSON string.";

/// What the model gets beside the conversation, by who says it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Instructions<'i> {
    /// The time of the call. The model gets the day alone: its instructions are the same for as long as can be, since
    /// vendors keep what they have read.
    pub now: Timestamp,
    /// Those of the deployment.
    pub deployment: Option<&'i str>,
    /// The user's, for all of their conversations.
    pub personal: Option<&'i str>,
    /// The user's, kept in a file: see [`standing`].
    pub standing: Option<&'i str>,
    /// What is known about the project.
    pub project_context: Option<&'i str>,
}

impl<'i> Instructions<'i> {
    /// The system prompt, part by part.
    pub(super) fn text(self) -> String {
        let today = format!("It is {} (UTC).", day(self.now));
        let own = [
            ("", Some(ROLE)),
            ("# The workspace", Some(WORKSPACE)),
            ("# Today", Some(&*today)),
            ("", self.deployment),
        ];
        joined(own.into_iter().chain(self.parts_of_users()))
    }

    /// How many bytes the parts have that people wrote: those of the person, of the workspace and of the project.
    pub(super) fn of_users(self) -> [usize; 3] {
        self.parts_of_users()
            .map(|part| joined([part].into_iter()).len())
    }

    fn parts_of_users(self) -> [(&'static str, Option<&'i str>); 3] {
        [
            (
                "# Instructions of the user, for all conversations",
                self.personal,
            ),
            ("# Instructions of the user, from AGENTS.md", self.standing),
            ("# The project", self.project_context),
        ]
    }
}

/// Parts with their headings; those without a text are left out.
fn joined<'p>(parts: impl Iterator<Item = (&'p str, Option<&'p str>)>) -> String {
    let said = parts
        .filter_map(|(heading, text)| text.map(|text| [heading, text]))
        .flatten()
        .filter(|text| !text.is_empty());
    said.collect::<Vec<_>>().join("\n\n")
}

/// The day in UTC, such as `2026-03-01`.
fn day(at: Timestamp) -> String {
    let millis = i64::try_from(at.as_millis()).unwrap_or(0);
    let date = DateTime::from_timestamp_millis(millis).unwrap_or_default();
    date.date_naive().to_string()
}

/// The standing instructions of a workspace: what its `AGENTS.md` says, if there is one that
/// is followed.
///
/// # Errors
/// When a statement fails.
pub fn standing(workspace: &Workspace<'_>) -> Result<Option<String>, WorkspaceError> {
    let Some(text) = workspace.root_instructions()? else {
        return Ok(None);
    };
    let text = text.trim();
    Ok(match text.char_indices().nth(MAX_AGENTS_FILE_CHARS) {
        _ if text.is_empty() => None,
        None => Some(text.to_owned()),
        Some((end, _)) => {
            let start = text.get(..end).unwrap_or_default();
            Some(format!(
                "{start}…\n\n(There is more: read {INSTRUCTIONS_FILE} for the rest.)"
            ))
        }
    })
}

/// What is known about the project: the repository in the workspace, and the notes. What cannot be read is left out.
pub(super) fn project(notes: Option<&str>, workspace: &Workspace<'_>) -> Option<String> {
    let repository = tools::prompt_line(workspace).ok().flatten();
    match (repository, notes) {
        (Some(repository), Some(notes)) => Some(format!("{repository}\n\n{notes}")),
        (Some(repository), None) => Some(repository),
        (None, notes) => notes.map(str::to_owned),
    }
}

#[cfg(test)]
mod tests {
    use store::Store;
    use test_support::MemorySql;
    use workspace::{Expect, FilePath};

    use super::*;

    #[test]
    fn standing_instructions_are_those_of_the_file() {
        let store = Store::open(MemorySql::new()).unwrap();
        let workspace = store.workspace(Timestamp::from_millis(1));
        let path = FilePath::parse("AGENTS.md").unwrap();
        let standing_of = |bytes: &[u8]| {
            workspace.write(&path, bytes, &Expect::Anything).unwrap();
            standing(&workspace).unwrap()
        };
        assert_eq!(standing(&workspace), Ok(None));
        assert_eq!(
            standing_of(b"\n Use tabs. \n").as_deref(),
            Some("Use tabs.")
        );
        assert_eq!(standing_of(b" \n"), None);
        assert_eq!(standing_of(b"\0"), None);
        let long = standing_of("é".repeat(400_000).as_bytes()).unwrap();
        assert!(long.chars().count() < 16_100 && long.ends_with("for the rest.)"));
        workspace.delete(&path, &Expect::Anything).unwrap();
        workspace.make_directory(&path).unwrap();
        assert_eq!(standing(&workspace), Ok(None));
        let instructions = Instructions {
            personal: Some("Answer in German."),
            standing: Some("Use tabs."),
            ..Instructions::default()
        };
        assert!(instructions.text().ends_with(
            "for all conversations\n\nAnswer in German.\n\n# Instructions of the user, from AGENTS.md\n\nUse tabs."
        ));
    }
}
