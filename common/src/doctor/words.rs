//! The texts of titles, causes and fixes, from `words.json`.

use serde_json::Value;

use super::{Cause, Check, CheckOutcome};

/// The text of the file.
pub(super) const FILE: &str = include_str!("words.json");

/// The parsed texts.
#[derive(Debug)]
pub struct Words(Value);

impl Words {
    /// Reads the file.
    #[must_use]
    pub fn read() -> Self {
        Self(serde_json::from_str(FILE).unwrap_or_default())
    }

    /// The title of a check.
    #[must_use]
    pub fn title(&self, check: Check) -> &str {
        self.text(&["checks", check.key()])
    }

    /// The description of a cause and its fix. Commands and names are in backticks.
    #[must_use]
    pub fn cause_and_fix(&self, cause: Cause) -> (&str, &str) {
        let text = |place| {
            let both = self
                .0
                .get("causes")
                .and_then(|causes| causes.get(cause.key()));
            both.and_then(|both| both.get(place)?.as_str())
        };
        (text(0).unwrap_or_default(), text(1).unwrap_or_default())
    }

    /// The outcome of a check in a report; see [`line`].
    #[must_use]
    pub fn line(&self, check: Check, outcome: &CheckOutcome) -> String {
        let (millis, found) = match outcome {
            CheckOutcome::Waiting
            | CheckOutcome::Running
            | CheckOutcome::Skipped
            | CheckOutcome::NotAsked => (None, None),
            CheckOutcome::Passed { millis } => (Some(*millis), None),
            CheckOutcome::Failed { millis, finding } => {
                let (cause, fix) = self.cause_and_fix(finding.cause);
                (Some(*millis), Some([&*finding.seen, cause, fix]))
            }
        };
        line(self.title(check), outcome.word(), millis, found)
    }

    fn text(&self, path: &[&str]) -> &str {
        path.iter()
            .try_fold(&self.0, |value, key| value.get(key))
            .and_then(Value::as_str)
            .unwrap_or_default()
    }
}

/// All outcomes as text, to send to somebody who can help. It contains no URL query, key or message.
#[must_use]
pub fn report(address: &str, outcomes: &[CheckOutcome]) -> String {
    let words = Words::read();
    let mut text = format!("Connection check of {address}\n");
    for (check, outcome) in Check::ALL.into_iter().zip(outcomes) {
        text.push_str(&words.line(check, outcome));
        text.push('\n');
    }
    text
}

/// The outcome of one check in a report, without a final line break. `found`: the evidence, the cause and the fix;
/// empty ones are omitted.
#[must_use]
pub fn line(title: &str, outcome: &str, millis: Option<u64>, found: Option<[&str; 3]>) -> String {
    let mut text = format!("[{outcome}] {title}");
    if let Some(millis) = millis {
        text.push_str(&format!(" ({millis} ms)"));
    }
    for (head, words) in ["Seen", "Cause", "Fix"]
        .iter()
        .zip(found.unwrap_or_default())
    {
        if !words.is_empty() {
            text.push_str(&format!("\n    {head}: {words}"));
        }
    }
    text
}
