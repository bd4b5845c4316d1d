//! Texts that hold commands between backticks.

/// A piece of a text that may hold commands.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Piece<'a> {
    Words(&'a str),
    Command(&'a str),
}

/// Every second stretch between backticks is a command; one that does not end is no command.
pub(crate) fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((words, (command, after))) = rest
        .split_once('`')
        .and_then(|(words, rest)| Some((words, rest.split_once('`')?)))
    {
        if !words.is_empty() {
            pieces.push(Piece::Words(words));
        }
        pieces.push(Piece::Command(command));
        rest = after;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Words(rest));
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_stand_between_backticks() {
        use Piece::{Command, Words};
        for (text, expected) in [
            ("No key.", vec![Words("No key.")]),
            (
                "Run `a b`, then `c`.",
                vec![
                    Words("Run "),
                    Command("a b"),
                    Words(", then "),
                    Command("c"),
                    Words("."),
                ],
            ),
            ("odd ` one", vec![Words("odd ` one")]),
            ("`a`", vec![Command("a")]),
        ] {
            assert_eq!(pieces(text), expected, "{text}");
        }
    }
}
