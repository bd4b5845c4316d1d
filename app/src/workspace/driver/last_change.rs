//! The undo and the redo of what was done last, without the drawer.

use common::workspace::Timeline;

use super::{get_changes, reverse};
use crate::workspace::history::{self, Reversed, Way};

/// How it went.
pub(crate) struct ReversedLast {
    /// In words.
    pub(crate) words: String,
    /// Whether the person has to choose in the history what stays.
    pub(crate) asks: bool,
}

/// Undoes the changes of the latest answer whose changes stand, or makes those again that were undone last. `base` is where the
/// conversation is.
pub(crate) async fn reverse_last(base: &str, way: Way) -> ReversedLast {
    let reported = |words: String| ReversedLast { words, asks: false };
    let timeline = match get_changes(base, "", Timeline::from_json).await {
        Ok(timeline) => timeline,
        Err(why) => return reported(why),
    };
    let Some(reversal) = history::latest(timeline, way) else {
        return reported(match way {
            Way::Undo => "No file change of an answer is left to undo.".to_owned(),
            Way::Redo => "No file change was undone that could be made again.".to_owned(),
        });
    };
    match reverse(base, reversal, None).await {
        Ok(Reversed::Done(kept)) => reported(history::done_words(way, &kept)),
        Ok(Reversed::Conflict(places)) => ReversedLast {
            words: format!(
                "Nothing has been done: since then the same lines were changed in {}. Choose in the history what stays there.",
                places.join(", ")
            ),
            asks: true,
        },
        Ok(Reversed::Failed(why)) | Err(why) => reported(why),
    }
}
