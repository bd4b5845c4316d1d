//! What keeps this deployment from answering, for whoever runs it.

use std::sync::Arc;

use leptos::prelude::*;

use crate::{api::Backend, components::CopyButton};

/// Shows the server's words; a command between backticks can be copied.
#[component]
pub(crate) fn SetupBanner() -> impl IntoView {
    let problem = SharedValue::new(|| {
        use_context::<Arc<dyn Backend>>().and_then(|backend| backend.setup_problem())
    });
    problem.into_inner().map(|text| {
        let pieces = pieces(&text).into_iter().map(piece).collect_view();
        view! {
            <section class="setup" aria-label="Setup">
                <p>{pieces}</p>
            </section>
        }
    })
}

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

fn piece(piece: Piece<'_>) -> AnyView {
    match piece {
        Piece::Words(words) => words.to_owned().into_any(),
        Piece::Command(command) => {
            let command = command.to_owned();
            view! {
                <span class="command">
                    <code>{command.clone()}</code>
                    <CopyButton label="Copy" content=Signal::stored(command) />
                </span>
            }
            .into_any()
        }
    }
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
