//! All commands of the palette besides conversations and files, and all shortcuts of the page. Add a command here, and a
//! shortcut to [`SHORTCUTS`].

use crate::appearance::Theme;

/// A command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Command {
    /// Its label, which the query is matched with.
    pub(crate) words: &'static str,
    /// Its effect.
    pub(crate) action: Action,
}

/// The effect of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// Opens a page.
    Go(&'static str),
    /// Presses the first visible element that matches the selector, if there is one.
    Press(&'static str),
    /// Moves the focus to the first element that matches the selector.
    Focus(&'static str),
    /// Sets the colour scheme.
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

/// The shortcuts of the page, with their effects.
pub(crate) const SHORTCUTS: &[(&str, &str)] = &[
    ("Ctrl K or ⌘ K", "Go to a conversation, a file or a command"),
    ("?", "Show this list"),
    ("Enter", "Send the message"),
    ("Shift Enter", "Start a new line"),
    (
        "Ctrl Enter",
        "Send the message to the running answer, for its next step",
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
