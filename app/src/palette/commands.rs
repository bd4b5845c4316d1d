//! Everything that the palette can do besides going to a conversation or to a file, and every key of the page. A command is
//! added here, a shortcut to [`SHORTCUTS`].

use crate::appearance::Theme;

/// A command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Command {
    /// In words, as a person looks for it.
    pub(crate) words: &'static str,
    /// What it does.
    pub(crate) action: Action,
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
}

/// All commands, in the order in which they are offered.
pub(crate) const COMMANDS: &[Command] = &[
    command("New conversation", Action::Go("/")),
    command("Write a message", Action::Focus(".composer-field")),
    command("Files: open or close", Action::Press(".files-button")),
    command("Conversations: search", Action::Focus(".sidebar-filter")),
    command("Conversations: show", Action::Press(".panel-button")),
    command("Conversations: hide", Action::Press(".sidebar-close")),
    command("Rename this conversation", Action::Press(".title-button")),
    command("Settings", Action::Go("/settings")),
    command("Colours: as the system", Action::Colours(Theme::System)),
    command("Colours: light", Action::Colours(Theme::Light)),
    command("Colours: dark", Action::Colours(Theme::Dark)),
    command("Connection check", Action::Go("/doctor")),
    command("Keyboard shortcuts", Action::Shortcuts),
];

/// The keys of the page, and what they do.
pub(crate) const SHORTCUTS: &[(&str, &str)] = &[
    ("Ctrl K or ⌘ K", "Go to a conversation, a file or a command"),
    ("?", "Show this list"),
    ("Enter", "Send the message"),
    ("Shift Enter", "Break the line"),
    (
        "Ctrl Enter",
        "Say it at the next step of the running answer",
    ),
    ("Escape", "Close what is open; clear the search"),
    (
        "← and →",
        "Move the focused border between two parts of the page",
    ),
];

const fn command(words: &'static str, action: Action) -> Command {
    Command { words, action }
}
