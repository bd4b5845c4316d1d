//! The line that says what a turn waits for and since when, and what the conversation has used.

use std::time::Duration;

use common::{
    client::{Run, Status},
    state::{Activity, RunStatus, RunSummary, Usage, UsageSummary},
    time::Timestamp,
};
use leptos::prelude::*;
use serde_json::Value;

use crate::{browser::clock, chat::UseChat};

/// A wait is shown once it has lasted this long: most are over before.
const SHOWN_AFTER: Duration = Duration::from_secs(2);

/// What a turn waits for, and the usage. A screen reader hears each change, but not the counting.
#[component]
pub(super) fn ActivityLine(
    /// The conversation.
    chat: UseChat,
) -> impl IntoView {
    let read = move |field: &'static str| {
        chat.facts.with(|facts| {
            let state = facts.state.as_ref();
            state.and_then(|state| state.get(field)).cloned()
        })
    };
    let run = Memo::new(move |_| read("run").and_then(|run| RunSummary::from_json(&run)));
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
    let usage = Memo::new(move |_| read("usage").as_ref().map(usage_words).unwrap_or_default());
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
            <Show when=move || usage.with(|(words, _)| !words.is_empty())>
                <p
                    class="activity-usage"
                    aria-label="Usage of this conversation"
                    title=move || usage.with(|(_, more)| more.clone())
                >
                    {move || usage.with(|(words, _)| words.clone())}
                </p>
            </Show>
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
            Self::Retry { .. } => true,
        }
    }

    fn words(&self) -> String {
        match self {
            Self::Model { model, .. } => format!("Waiting for {model}"),
            Self::Tools { .. } => "Waiting for a tool".to_owned(),
            Self::Retry { reason, tries, .. } => format!("{reason} {tries}"),
        }
    }

    /// The part that counts up or down.
    fn count(&self, now: Timestamp) -> String {
        match self {
            Self::Model { since, .. } | Self::Tools { since } => {
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

/// The usage of a conversation: in short, and all of it.
fn usage_words(usage: &Value) -> (String, String) {
    let summary = UsageSummary::from_json(usage);
    let of = |usage: &Usage| {
        let mut words = Vec::new();
        let input = usage.input_tokens.unwrap_or(0);
        let tokens = input.saturating_add(usage.output_tokens.unwrap_or(0));
        if tokens > 0 {
            words.push(format!("{} tokens", thousands(tokens)));
        }
        if let Some(cached) = usage.cached_input_tokens.filter(|cached| *cached > 0)
            && input > 0
        {
            words.push(format!("{} % cached", cached.saturating_mul(100) / input));
        }
        words.extend(usage.cost_usd.map(dollars));
        words.join(" · ")
    };
    let (turn, conversation) = (of(&summary.turn), of(&summary.conversation));
    let mut more = format!("This conversation: {conversation}.");
    // A turn that failed or was stopped has told nothing of what it used.
    if !turn.is_empty() {
        more = format!("This turn: {turn}. {more}");
    }
    (conversation, more)
}

fn thousands(count: u64) -> String {
    match count {
        0..1_000 => count.to_string(),
        1_000..1_000_000 => format!("{}.{}k", count / 1_000, count % 1_000 / 100),
        _ => format!("{}.{}M", count / 1_000_000, count % 1_000_000 / 100_000),
    }
}

/// With figures that say something also for small amounts.
fn dollars(usd: f64) -> String {
    if usd < 0.01 {
        format!("${usd:.4}")
    } else {
        format!("${usd:.2}")
    }
}

#[cfg(test)]
mod tests {
    use common::state::Retry;
    use serde_json::json;

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
        assert_eq!(Wait::of(RunSummary::default()), None);
    }

    #[test]
    fn usage_is_short() {
        let usage = json!({
            "turn": {"inputTokens": 900, "outputTokens": 99},
            "conversation": {"inputTokens": 12_000, "cachedInputTokens": 9_000, "outputTokens": 345, "costUsd": 0.0123},
        });
        let (words, more) = usage_words(&usage);
        assert_eq!(words, "12.3k tokens · 75 % cached · $0.01");
        assert_eq!(
            more,
            format!("This turn: 999 tokens. This conversation: {words}.")
        );
        let (_, more) = usage_words(&json!({"turn": {}, "conversation": {"inputTokens": 9}}));
        assert_eq!(more, "This conversation: 9 tokens.");
        assert_eq!(usage_words(&json!({})).0, "");
        assert_eq!(dollars(0.00042), "$0.0004");
        assert_eq!(thousands(2_560_000), "2.5M");
    }
}
