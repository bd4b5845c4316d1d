//! What is written after a `/`.

use super::{Argument, COMMANDS, Command, Offered};

/// A text that is to be sent, read as a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Line {
    /// It is a message.
    Message,
    /// It is a command, with what stands after its name.
    Run(&'static Command, String),
    /// It looks like a command but is not one; the sentence for the user says why.
    Refused(String),
}

/// The name of a command, where a text begins with one: what stands between the `/` and the end or the first space. Paths and
/// comments are no commands, nor are texts of several lines.
pub(crate) fn first_word(text: &str) -> Option<&str> {
    let line = text.strip_prefix('/')?;
    let word = line.split(char::is_whitespace).next()?;
    let is_name = word
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    (is_name && !word.is_empty() && !line.trim_end().contains('\n')).then_some(word)
}

/// Reads a text that is to be sent.
pub(crate) fn read(text: &str, offered: Offered) -> Line {
    let Some(word) = first_word(text) else {
        return Line::Message;
    };
    let name = word.to_ascii_lowercase();
    let rest = text.get(1 + word.len()..).unwrap_or_default().trim();
    let Some(command) = Command::named(&name) else {
        let near =
            near(&name, offered).map_or_else(String::new, |near| format!(" Did you mean /{near}?"));
        return Line::Refused(format!("There is no command /{word}.{near}"));
    };
    if !offered.has(command) {
        let why = match offered {
            Offered::WithoutConversation => "is for a conversation, and there is none yet",
            Offered::ToReaders | Offered::All => "is not for those who only read a conversation",
        };
        return Line::Refused(format!("/{name} {why}."));
    }
    match command.argument {
        Argument::None if !rest.is_empty() => {
            Line::Refused(format!("Nothing can stand after /{name}."))
        }
        Argument::None
        | Argument::Title
        | Argument::Repository
        | Argument::Issue
        | Argument::Model
        | Argument::Effort
        | Argument::Mode
        | Argument::Keep => Line::Run(command, rest.to_owned()),
    }
}

/// The command that was probably meant: the name is longer or shorter, or a letter is another one, or two behind the first.
fn near(name: &str, offered: Offered) -> Option<&'static str> {
    let commands = COMMANDS.iter().filter(|command| offered.has(command));
    let names = commands.filter_map(|command| command.slash);
    let distance_of = |other: &'static str| {
        let is_start = name.len() > 1 && (other.starts_with(name) || name.starts_with(other));
        let distance = if is_start { 0 } else { distance(name, other) };
        (distance, other)
    };
    let nearest = names.map(distance_of).min_by_key(|(distance, _)| *distance);
    let is_near = |(distance, near): &(usize, &str)| {
        let is_same_start = near.bytes().next() == name.bytes().next();
        *distance < name.len() && *distance <= if is_same_start { 2 } else { 1 }
    };
    nearest.filter(is_near).map(|(_, near)| near)
}

/// How many letters have to be put in, taken out or changed to make one of the other (Levenshtein).
fn distance(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (index, letter) in one.bytes().enumerate() {
        let mut next = vec![index + 1];
        for (pair, other) in row.windows(2).zip(other.bytes()) {
            let &[diagonal, above] = pair else { continue };
            let left = next.last().copied().unwrap_or_default();
            let changed = diagonal + usize::from(letter != other);
            next.push(changed.min(above + 1).min(left + 1));
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_comments_and_paragraphs_are_messages() {
        for text in [
            "",
            "/",
            "/ new",
            " /new",
            "a /new",
            "//",
            "/* c */",
            "/usr/bin",
            "/src/main.rs is wrong",
            "/naïve",
            "/new\nand more",
            "/a.rs",
        ] {
            assert_eq!(read(text, Offered::All), Line::Message, "{text}");
        }
    }

    #[test]
    fn a_command_has_what_stands_after_it() {
        for (text, name, rest) in [
            ("/new", "new", ""),
            ("/NEW \n", "new", ""),
            ("/rename", "rename", ""),
            ("/rename  Lists & sets ", "rename", "Lists & sets"),
            ("/mode auto-edit", "mode", "auto-edit"),
        ] {
            let command = Command::named(name).unwrap();
            assert_eq!(
                read(text, Offered::All),
                Line::Run(command, rest.to_owned()),
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_no_command_is_refused_with_the_reason() {
        use Offered::{All, ToReaders, WithoutConversation};
        for (text, offered, expected) in [
            ("/nwe", All, "There is no command /nwe. Did you mean /new?"),
            (
                "/his",
                All,
                "There is no command /his. Did you mean /history?",
            ),
            ("/x", All, "There is no command /x."),
            ("/home is missing", All, "There is no command /home."),
            ("/stop now", All, "Nothing can stand after /stop."),
            (
                "/stop",
                WithoutConversation,
                "/stop is for a conversation, and there is none yet.",
            ),
            (
                "/clear",
                ToReaders,
                "/clear is not for those who only read a conversation.",
            ),
        ] {
            assert_eq!(
                read(text, offered),
                Line::Refused(expected.to_owned()),
                "{text}"
            );
        }
    }
}
