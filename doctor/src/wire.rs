//! The lines of JSON between the machine and the script with network access. Each is an object with one key.

use common::{
    doctor::{Effect, Page},
    frame::{Place, Wanted},
};
use serde::Deserialize;
use serde_json::{Value, json};

/// A line of the standard input.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Line {
    /// The response to the last `fetch`; without one, the status is `null` and the body is the error's code.
    Answered { status: Option<u16>, body: String },
    /// The connection is open.
    Opened {},
    /// The connection could not be opened, or it ended.
    Closed { code: u16, reason: String },
    /// A text frame arrived.
    Received(String),
    /// The outcome of a check that the script runs itself, to be printed like the others.
    Own(Own),
}

/// The outcome of a check that only a terminal runs.
#[derive(Debug, Deserialize)]
pub(crate) struct Own {
    pub(crate) title: String,
    pub(crate) millis: u64,
    /// `null` when the check passed.
    pub(crate) finding: Option<OwnFinding>,
}

/// The finding of such a check.
#[derive(Debug, Deserialize)]
pub(crate) struct OwnFinding {
    pub(crate) seen: String,
    pub(crate) cause: String,
    pub(crate) fix: String,
}

/// The line that requests an effect from the script; `None` for effects without a script part. `place` is the agent's
/// path.
pub(crate) fn line_of(effect: &Effect, place: &str) -> Option<Value> {
    match effect {
        Effect::Fetch(page) => Some(json!({"fetch": path_of(*page, place)})),
        Effect::Open => Some(json!({"open": place})),
        Effect::Transmit(frame) => Some(json!({"transmit": frame})),
        Effect::Close => Some(json!({"close": null})),
        Effect::WakeAt(_) | Effect::Show => None,
    }
}

fn path_of(page: Page, place: &str) -> String {
    if let Some(path) = page.path() {
        return path.to_owned();
    }
    let wanted = Wanted {
        last: 1,
        place: Place::End,
    };
    format!("{place}/get-messages?{}", wanted.query())
}
