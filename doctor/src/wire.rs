//! The lines of JSON between the machine and the script that has the network. Each is an object with one key.

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
    /// The answer to the last `fetch`; the status is `null` when there was none, and the body then is the error's code.
    Answered { status: Option<u16>, body: String },
    /// The connection is open.
    Opened {},
    /// It could not be opened, or it ended.
    Closed { code: u16, reason: String },
    /// A text frame came.
    Received(String),
    /// The outcome of a check that the script makes by itself, to be printed like the others.
    Own(Own),
}

/// The outcome of a check that only a terminal makes.
#[derive(Debug, Deserialize)]
pub(crate) struct Own {
    pub(crate) title: String,
    pub(crate) millis: u64,
    /// `null` when the check passed.
    pub(crate) finding: Option<OwnFinding>,
}

/// What such a check found.
#[derive(Debug, Deserialize)]
pub(crate) struct OwnFinding {
    pub(crate) seen: String,
    pub(crate) cause: String,
    pub(crate) fix: String,
}

/// The line that asks the script for an effect; `None` for those that need no script. `place` is the agent's path.
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
