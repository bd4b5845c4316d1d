//! Notes for the model about files that the user changed back: once, at the end of what it has seen.
//!
//! A note is stored with the first request that has it. Later requests repeat it in the same place, since vendors keep what
//! they have read of a request. When its message goes, a note goes with it and is made anew.

use std::collections::HashSet;

use common::message::{Message, Part};
use providers::demo::NOTE_PREFIX;
use sql::{Sql, SqlError};
use store::{ModelNote, Store};
use workspace::{FilePath, TurnedBack};

/// The maximum number of files that a note names for each way.
const NAMED: usize = 20;

/// The notes of a model call; a new one is stored. `answer`: what there is of the answer that is continued. `earlier`: the ids of
/// all messages before it, also of those that are summarised.
pub(super) fn of_call<S: Sql>(
    store: &Store<S>,
    transcript: &[Message],
    answer: Option<&Message>,
    earlier: &HashSet<String>,
) -> Result<Vec<ModelNote>, SqlError> {
    let Some(last) = answer.or(transcript.last()) else {
        return Ok(Vec::new());
    };
    let mut notes = store.model_notes()?;
    let known = notes.len();
    let is_there =
        |id: &str| earlier.contains(id) || answer.is_some_and(|answer| answer.id.as_str() == id);
    notes.retain(|note| is_there(note.message.as_str()));
    let is_stale = notes.len() < known;
    let reported = notes.iter().map(|note| note.until).max().unwrap_or(0);
    let turned = store
        .workspace(common::time::Timestamp::default())
        .turned_back(reported, is_there)?;
    let is_new = turned.is_some();
    if let Some(turned) = turned {
        notes.push(ModelNote {
            message: last.id.clone(),
            steps: answer.map(steps_of),
            until: turned.until,
            text: words(&turned),
        });
    }
    if is_stale || is_new {
        store.put_model_notes(&notes)?;
    }
    Ok(notes)
}

/// How many steps of a message have begun.
fn steps_of(message: &Message) -> usize {
    let is_step = |part: &&Part| matches!(part, Part::StepStart);
    message.parts.iter().filter(is_step).count()
}

fn words(turned: &TurnedBack) -> String {
    let ways = [
        ("The user undid what you had changed in", &turned.undone),
        ("The user made your undone changes again in", &turned.redone),
        ("The user put back an earlier version of", &turned.restored),
        ("The user kept what you had drafted in", &turned.kept),
        (
            "The user dropped what you had drafted in, or a part of it:",
            &turned.dropped,
        ),
    ];
    let ways = ways.into_iter().filter(|(_, paths)| !paths.is_empty());
    let ways: Vec<String> = ways
        .map(|(what, paths)| format!("{what} {}.", named(paths)))
        .collect();
    format!(
        "{NOTE_PREFIX}, not written by the user: {} Read these files again before you rely on what you know of them.]",
        ways.join(" ")
    )
}

/// The first files by name.
fn named(paths: &[FilePath]) -> String {
    let named: Vec<String> = paths
        .iter()
        .take(NAMED)
        .map(|path| format!("`{path}`"))
        .collect();
    let more = match paths.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more files"),
    };
    format!("{}{more}", named.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_names_the_files_by_what_became_of_them() {
        let path = |path: &str| FilePath::parse(path).unwrap();
        let few = TurnedBack {
            until: 3,
            undone: vec![path("a.txt"), path("b.txt")],
            redone: Vec::new(),
            restored: vec![path("c.txt")],
            ..TurnedBack::default()
        };
        assert_eq!(
            words(&few),
            "[Note of Coder, not written by the user: The user undid what you had changed in `a.txt`, `b.txt`. The user put \
             back an earlier version of `c.txt`. Read these files again before you rely on what you know of them.]"
        );
        let many = TurnedBack {
            redone: (0..23).map(|n| path(&format!("{n}.txt"))).collect(),
            ..TurnedBack::default()
        };
        assert!(words(&many).contains("`19.txt` and 3 more files. Read"));
    }
}
