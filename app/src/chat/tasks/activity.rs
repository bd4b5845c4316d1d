//! The line that says what a turn waits for and since when.

use std::time::Duration;

use common::{
    client::{Run, Status},
    state::{Activity, RunStatus, RunSummary},
    time::Timestamp,
};
use leptos::prelude::*;

use crate::{browser::clock, chat::UseChat};

/// A wait is shown once it has lasted this long: most are over before.
const SHOWN_AFTER: Duration = Duration::from_secs(2);

/// What a turn waits for. A screen reader hears each change, but not the counting.
#[component]
pub(super) fn ActivityLine(
    /// The conversation.
    chat: UseChat,
) -> impl IntoView {
    let run = Memo::new(move |_| {
        chat.facts.with(|facts| {
            let run = facts.state.as_ref()?.get("run")?;
            RunSummary::from_json(run)
        })
    });
    let wait = Memo::new(move |_| {
        let says_something = chat.run.with(|run| *run == Run::Writing);
        let is_running = matches!(chat.status.get(), Status::Submitted | Status::Streaming);
        run.get()
            .filter(|_| is_running && !says_something)
            .and_then(Wait::of)
    });
    let now = RwSignal::new(Timestamp::default());
    tick(wait, now);
    let is_long =
        move || wait.with(|wait| wait.as_ref().is_some_and(|wait| wait.is_shown(now.get())));
    let words = move || wait.with(|wait| wait.as_ref().map(Wait::words).unwrap_or_default());
    let count = move || {
        let count = wait.with(|wait| wait.as_ref().map(|wait| wait.count(now.get())));
        count.unwrap_or_default()
    };
    view! {
        <div class="activity">
            <p
                class="activity-wait"
                role="status"
                aria-label="Activity"
                hidden=move || !is_long()
            >
                <span>{move || words()}</span>
                <span aria-hidden="true">{move || count()}</span>
            </p>
        </div>
    }
}

/// What a turn waits for.
#[derive(Clone, Debug, PartialEq)]
enum Wait {
    /// For the model's first words, since then.
    Model { model: String, since: Timestamp },
    /// For a tool, since then.
    Tools { since: Timestamp },
    /// For a summary of earlier messages, since then.
    Summary { since: Timestamp },
    /// For the next try at this moment.
    Retry {
        reason: String,
        tries: String,
        at: Timestamp,
    },
}

impl Wait {
    fn of(run: RunSummary) -> Option<Self> {
        let RunStatus::Running { activity, .. } = run.status else {
            return None;
        };
        Some(match activity {
            Activity::Starting => return None,
            Activity::Model { model, since } => Self::Model { model, since },
            Activity::Tools { since } => Self::Tools { since },
            Activity::Summary { since } => Self::Summary { since },
            Activity::Retry(retry) => Self::Retry {
                reason: retry.reason,
                tries: format!("Try {} of {}", retry.attempt, retry.attempts),
                at: retry.at,
            },
        })
    }

    fn is_shown(&self, now: Timestamp) -> bool {
        match self {
            Self::Model { since, .. } | Self::Tools { since } => now.since(*since) >= SHOWN_AFTER,
            // A person who asked for one wants to see that it is being made.
            Self::Summary { .. } | Self::Retry { .. } => true,
        }
    }

    fn words(&self) -> String {
        match self {
            Self::Model { model, .. } => format!("Waiting for {model}"),
            Self::Tools { .. } => "Waiting for a tool".to_owned(),
            Self::Summary { .. } => "Summarising earlier messages".to_owned(),
            Self::Retry { reason, tries, .. } => format!("{reason} {tries}"),
        }
    }

    /// The part that counts up or down.
    fn count(&self, now: Timestamp) -> String {
        match self {
            Self::Model { since, .. } | Self::Tools { since } | Self::Summary { since } => {
                format!(", {}", time(now.since(*since)))
            }
            Self::Retry { at, .. } => match at.since(now) {
                left if left.is_zero() => " now".to_owned(),
                left => format!(" in {}", time(left + Duration::from_millis(999))),
            },
        }
    }
}

fn time(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match seconds {
        0..60 => format!("{seconds} s"),
        _ => format!("{} min {} s", seconds / 60, seconds % 60),
    }
}

/// Keeps `now` at the time while something is waited for.
fn tick(wait: Memo<Option<Wait>>, now: RwSignal<Timestamp>) {
    Effect::new(move || {
        if wait.with(Option::is_none) {
            return;
        }
        now.set(clock::now());
        if let Ok(timer) =
            set_interval_with_handle(move || now.set(clock::now()), Duration::from_secs(1))
        {
            on_cleanup(move || timer.clear());
        }
    });
}

#[cfg(test)]
mod tests {
    use common::state::Retry;

    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(100_000);

    fn running(activity: Activity) -> Wait {
        let run = RunSummary {
            status: RunStatus::Running {
                request: "r".into(),
                activity,
            },
            ..RunSummary::default()
        };
        Wait::of(run).unwrap()
    }

    #[test]
    fn a_wait_is_named_and_counted() {
        let model = running(Activity::Model {
            model: "some/model".to_owned(),
            since: Timestamp::from_millis(25_000),
        });
        assert!(model.is_shown(NOW) && !model.is_shown(Timestamp::from_millis(26_000)));
        assert_eq!(
            model.words() + &model.count(NOW),
            "Waiting for some/model, 1 min 15 s"
        );
        let retry = running(Activity::Retry(Retry {
            at: Timestamp::from_millis(106_500),
            reason: "Overloaded.".to_owned(),
            attempt: 2,
            attempts: 5,
        }));
        assert_eq!(
            retry.words() + &retry.count(NOW),
            "Overloaded. Try 2 of 5 in 7 s"
        );
        assert_eq!(retry.count(Timestamp::from_millis(106_500)), " now");
        let summary = running(Activity::Summary {
            since: Timestamp::from_millis(97_000),
        });
        assert_eq!(
            summary.words() + &summary.count(NOW),
            "Summarising earlier messages, 3 s"
        );
        assert_eq!(Wait::of(RunSummary::default()), None);
    }
}
