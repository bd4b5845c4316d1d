//! What the outputs of the reading tools have in common.

use github::{State, User};
use serde_json::{Value, json};

use crate::{
    ToolDone, ToolFailure,
    tool::{Room, say},
};

/// The most characters of one text, such as the description of an issue, and of one comment.
pub(super) const TEXT_CHARS: usize = 8_000;
pub(super) const COMMENT_CHARS: usize = 3_000;

/// A text cut to some characters; `None`: it is empty.
pub(super) fn text(text: Option<&str>, chars: usize) -> Option<String> {
    let text = text?.trim();
    match text.char_indices().nth(chars) {
        _ if text.is_empty() => None,
        None => Some(text.to_owned()),
        Some((end, _)) => {
            let start = text.get(..end).unwrap_or_default();
            let more = text.chars().count() - chars;
            Some(format!("{start}… ({more} more characters)"))
        }
    }
}

/// The name of an account; GitHub has none for a deleted one.
pub(super) fn login(user: Option<&User>) -> &str {
    user.map_or("ghost", |user| user.login.as_str())
}

/// The state that a model wrote.
pub(super) fn state(written: Option<&str>) -> Result<State, ToolFailure> {
    match written.map(str::to_ascii_lowercase).as_deref() {
        None | Some("open") => Ok(State::Open),
        Some("closed") => Ok(State::Closed),
        Some("all") => Ok(State::All),
        Some(other) => Err(ToolFailure::Explained(format!(
            "The state `{other}` does not exist: it is open, closed or all."
        ))),
    }
}

/// The items that fit, and what is to be said when some do not.
pub(super) fn fitting(room: &mut Room, items: Vec<Value>) -> (Vec<Value>, Option<String>) {
    let all = items.len();
    let fitting: Vec<Value> = items
        .into_iter()
        .take_while(|item| room.takes(item))
        .collect();
    let omitted = all - fitting.len();
    let note = (omitted > 0).then(|| format!("{omitted} more of this page do not fit."));
    (fitting, note)
}

/// An output with one page of a list.
pub(super) fn page(
    mut output: Value,
    name: &str,
    items: Vec<Value>,
    next: Option<u64>,
) -> ToolDone {
    let mut room = Room::of_output();
    let (items, note) = fitting(&mut room, items);
    if let Some(output) = output.as_object_mut() {
        output.insert(name.to_owned(), json!(items));
    }
    say(&mut output, "omitted", note);
    say(
        &mut output,
        "more",
        next.map(|next| format!("There are more: page {next}.")),
    );
    ToolDone::with(output)
}

/// Removes the fields that are null.
pub(super) fn without_nulls(mut value: Value) -> Value {
    if let Some(fields) = value.as_object_mut() {
        fields.retain(|_, value| !value.is_null());
    }
    value
}

/// A number of things with thousands set apart.
pub(super) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_and_that_is_said() {
        assert_eq!(text(Some(" a "), 5).as_deref(), Some("a"));
        assert_eq!(
            text(Some("äöüß"), 3).as_deref(),
            Some("äöü… (1 more characters)")
        );
        assert_eq!((text(Some(" "), 5), text(None, 5)), (None, None));
    }

    #[test]
    fn large_numbers_are_readable() {
        for (number, shown) in [
            (0, "0"),
            (999, "999"),
            (1_000, "1,000"),
            (1_234_567, "1,234,567"),
        ] {
            assert_eq!(count(number), shown);
        }
    }
}
