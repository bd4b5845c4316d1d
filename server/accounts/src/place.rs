//! Where a credential has opened connections, noted so that they can be closed.

use super::PersonId;

/// The prefix of a directory's note. Names of conversations are as in URLs, without a slash.
const DIRECTORY: &str = "directory/";

/// Where connections are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place<'a> {
    /// In the conversation with this name.
    Conversation(&'a str),
    /// In the directory of the person with this id.
    Directory(&'a str),
}

impl<'a> Place<'a> {
    /// The note for a person's directory.
    #[must_use]
    pub fn directory(person: &PersonId) -> String {
        format!("{DIRECTORY}{}", person.as_str())
    }

    /// Reads a note.
    #[must_use]
    pub fn of(note: &'a str) -> Self {
        match note.strip_prefix(DIRECTORY) {
            Some(person) => Self::Directory(person),
            None => Self::Conversation(note),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_is_distinguished_from_a_conversation() {
        let note = Place::directory(&PersonId::owner());
        assert_eq!(Place::of(&note), Place::Directory("owner"));
        for name in ["directory", "me", "directory%2Fowner"] {
            assert_eq!(Place::of(name), Place::Conversation(name));
        }
    }
}
