//! All commands.

use crate::appearance::Theme;

/// A command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Command {
    /// What is written after `/` in the composer; `None`: the palette alone has it.
    pub(crate) slash: Option<&'static str>,
    /// The label that a person searches for.
    pub(crate) words: &'static str,
    /// What may stand after its name.
    pub(crate) argument: Argument,
    /// What it does.
    pub(crate) action: Action,
}

/// What may stand after the name of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Argument {
    /// Nothing.
    None,
    /// A title, or nothing.
    Title,
    /// A repository of GitHub.
    Repository,
    /// An issue of GitHub.
    Issue,
    /// A model, or nothing.
    Model,
    /// How much the model is to reason.
    Effort,
    /// What Coder may do without asking.
    Mode,
    /// What a summary should keep, or nothing.
    Keep,
}

/// What a command does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// Goes to a page.
    Go(&'static str),
    /// Presses the first thing in sight that a selector finds; nothing where there is none.
    Press(&'static str),
    /// Puts the focus on the first thing that a selector finds.
    Focus(&'static str),
    /// Chooses colours.
    Colours(Theme),
    /// Shows the shortcuts.
    Shortcuts,
    /// Something with the conversation on the page.
    Conversation(Deed),
}

/// What can be done with the conversation on the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Deed {
    /// Opens or closes its files.
    Files,
    /// Shows who changed its files.
    History,
    /// Undoes the file changes of its last answer that still stand.
    Undo,
    /// Makes those changes again that were undone last.
    Redo,
    /// Asks for a repository of GitHub to be opened.
    Import,
    /// Asks for an issue of GitHub to be worked on.
    Issue,
    /// Gives it a title.
    Rename,
    /// Chooses its model.
    Model,
    /// Chooses how much the model reasons.
    Effort,
    /// Chooses what may be done without asking.
    Mode,
    /// Says what the model gets, in tokens.
    Context,
    /// Summarises it for the model.
    Compact,
    /// Stops the running answer.
    Stop,
    /// Saves it as a zip file.
    Export,
    /// Empties it, after a question.
    Clear,
}

/// All commands, in the order in which they are offered.
pub(crate) const COMMANDS: &[Command] = &[
    slash("new", "New conversation", Action::Go("/")),
    command("Write a message", Action::Focus(".composer-field")),
    deed("files", "Files: open or close", Deed::Files),
    deed("history", "Files: history of changes", Deed::History),
    deed(
        "undo",
        "Undo the file changes of the last answer",
        Deed::Undo,
    ),
    deed(
        "redo",
        "Redo the file changes that were undone last",
        Deed::Redo,
    ),
    deed("import", "Open a repository of GitHub", Deed::Import).with(Argument::Repository),
    deed("issue", "Work on an issue of GitHub", Deed::Issue).with(Argument::Issue),
    deed("rename", "Rename this conversation", Deed::Rename).with(Argument::Title),
    deed("model", "Choose the model", Deed::Model).with(Argument::Model),
    deed("effort", "Choose how much the model reasons", Deed::Effort).with(Argument::Effort),
    deed(
        "mode",
        "Choose what Coder may do without asking",
        Deed::Mode,
    )
    .with(Argument::Mode),
    deed(
        "context",
        "Say what the model gets, in tokens",
        Deed::Context,
    ),
    deed(
        "compact",
        "Summarise this conversation for the model",
        Deed::Compact,
    )
    .with(Argument::Keep),
    deed("stop", "Stop the running answer", Deed::Stop),
    deed(
        "export",
        "Export this conversation as a zip file",
        Deed::Export,
    ),
    deed("clear", "Clear this conversation", Deed::Clear),
    command("Conversations: search", Action::Focus(".sidebar-filter")),
    command("Conversations: show", Action::Press(".panel-button")),
    command("Conversations: hide", Action::Press(".sidebar-close")),
    slash("settings", "Settings", Action::Go("/settings")),
    command("Colours: as the system", Action::Colours(Theme::System)),
    command("Colours: light", Action::Colours(Theme::Light)),
    command("Colours: dark", Action::Colours(Theme::Dark)),
    slash("doctor", "Connection check", Action::Go("/doctor")),
    slash("help", "Keyboard shortcuts", Action::Shortcuts),
];

/// Which commands there are at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Offered {
    /// On a page without a conversation.
    WithoutConversation,
    /// To somebody who may only read the conversation.
    ToReaders,
    /// With a conversation.
    All,
}

impl Offered {
    /// Whether there is this command.
    pub(crate) const fn has(self, command: &Command) -> bool {
        match (command.action, self) {
            (
                Action::Go(_)
                | Action::Press(_)
                | Action::Focus(_)
                | Action::Colours(_)
                | Action::Shortcuts,
                _,
            )
            | (Action::Conversation(_), Self::All) => true,
            (Action::Conversation(_), Self::WithoutConversation) => false,
            (Action::Conversation(deed), Self::ToReaders) => {
                matches!(deed, Deed::Files | Deed::History | Deed::Context)
            }
        }
    }
}

impl Command {
    /// The command with this name.
    pub(crate) fn named(name: &str) -> Option<&'static Self> {
        let is_named = |command: &&Self| command.slash.is_some_and(|slash| slash == name);
        COMMANDS.iter().find(is_named)
    }

    const fn with(self, argument: Argument) -> Self {
        Self { argument, ..self }
    }
}

impl Argument {
    /// What the list shows in its place; in square brackets: it may be left out.
    pub(crate) const fn words(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Title => "[title]",
            Self::Repository => "owner/name",
            Self::Issue => "number",
            Self::Model => "[name]",
            Self::Effort => "level",
            Self::Mode => "ask, auto-edit or review",
            Self::Keep => "[what to keep]",
        }
    }

    /// Whether one of a few words stands there, so that the list offers them at once.
    #[cfg(feature = "hydrate")]
    pub(crate) const fn is_word(self) -> bool {
        match self {
            Self::None
            | Self::Title
            | Self::Repository
            | Self::Issue
            | Self::Model
            | Self::Keep => false,
            Self::Effort | Self::Mode => true,
        }
    }
}

const fn command(words: &'static str, action: Action) -> Command {
    Command {
        slash: None,
        words,
        argument: Argument::None,
        action,
    }
}

const fn slash(name: &'static str, words: &'static str, action: Action) -> Command {
    Command {
        slash: Some(name),
        ..command(words, action)
    }
}

const fn deed(name: &'static str, words: &'static str, deed: Deed) -> Command {
    slash(name, words, Action::Conversation(deed))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assert_unique(mut words: Vec<&str>) {
        let count = words.len();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), count);
    }

    #[test]
    fn no_two_commands_have_the_same_words_or_name() {
        assert_unique(COMMANDS.iter().map(|command| command.words).collect());
        assert_unique(
            COMMANDS
                .iter()
                .filter_map(|command| command.slash)
                .collect(),
        );
        for command in COMMANDS {
            let name = command.slash.unwrap_or("a");
            assert!(name.bytes().all(|byte| byte.is_ascii_lowercase()), "{name}");
        }
    }

    #[test]
    fn readers_and_the_start_page_have_fewer() {
        let count = |offered: Offered| {
            let commands = COMMANDS.iter().filter(|command| offered.has(command));
            commands.count()
        };
        assert_eq!(count(Offered::All), COMMANDS.len());
        assert_eq!(count(Offered::ToReaders), COMMANDS.len() - 12);
        assert_eq!(count(Offered::WithoutConversation), COMMANDS.len() - 15);
    }
}
