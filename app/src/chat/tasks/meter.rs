//! How much of the model's window the conversation takes, and what it has cost.

use common::state::{About, Usage, UsageSummary};
use leptos::{ev::KeyboardEvent, prelude::*};

use super::{context_dialog::ContextDialog, model::Models};
use crate::chat::{PartSize, UseChat, context_parts, context_words, dollars, tokens_in_short};

/// From here on the window is nearly full, in percent.
const NEARLY_FULL: u64 = 80;

/// The meter: a ring and a few words, fewer where there is little room; all of them where it is pointed at, has the focus, or
/// is pressed.
#[component]
pub(super) fn Meter(
    /// The conversation.
    chat: UseChat,
    /// The agent's state.
    about: Memo<Option<About>>,
    /// The models.
    models: Models,
) -> impl IntoView {
    let usage = Memo::new(move |_| {
        let usage = chat.facts.with(|facts| {
            let state = facts.state.as_ref()?;
            state.get("usage").map(UsageSummary::from_json)
        });
        usage.filter(|usage| !usage.is_empty())
    });
    let window = Memo::new(move |_| {
        let current = about.with(|about| models.current(about.as_ref()))?;
        let known =
            |known: &Option<common::models::OfferedModels>| known.as_ref()?.find(&current)?.context;
        models.known.with(known)
    });
    let reading = Memo::new(move |_| usage.get().map(|usage| Reading::of(&usage, window.get())));
    let is_open = RwSignal::new(false);
    let parts = Memo::new(move |_| {
        let context = usage.with(|usage| usage.as_ref().and_then(|usage| usage.context));
        context.as_ref().map(context_parts).unwrap_or_default()
    });
    view! {
        <Show when=move || reading.with(Option::is_some)>
            <Dial reading is_open />
            <Show when=move || is_open.get()>
                <Opened chat reading parts is_open />
            </Show>
        </Show>
    }
}

/// The dialog with the parts of what the model reads.
#[component]
fn Opened(
    chat: UseChat,
    reading: Memo<Option<Reading>>,
    parts: Memo<Vec<PartSize>>,
    is_open: RwSignal<bool>,
) -> impl IntoView {
    let lines = Signal::derive(move || {
        let lines = |reading: &Reading| reading.more.clone();
        reading.with(|reading| reading.as_ref().map(lines).unwrap_or_default())
    });
    view! { <ContextDialog chat is_open lines parts /> }
}

/// The button and its words. It stays while the numbers change.
#[component]
fn Dial(reading: Memo<Option<Reading>>, is_open: RwSignal<bool>) -> impl IntoView {
    let of = move |read: fn(&Reading) -> String| {
        reading.with(|reading| reading.as_ref().map(read).unwrap_or_default())
    };
    let percent =
        move || reading.with(|reading| reading.as_ref().and_then(|reading| reading.percent));
    let is_dismissed = RwSignal::new(false);
    let press = move |event: KeyboardEvent| {
        if event.key() == "Escape" {
            is_dismissed.set(true);
        }
    };
    let again = move || is_dismissed.set(false);
    let ring = move || {
        percent().map(|percent| {
            view! {
                <svg class="meter-ring" viewBox="0 0 20 20" aria-hidden="true">
                    <circle cx="10" cy="10" r="8" />
                    <circle cx="10" cy="10" r="8" pathLength="100" stroke-dasharray=format!("{} 100", percent.min(100)) />
                </svg>
            }
        })
    };
    let more = move || {
        let lines = reading.with(|reading| reading.as_ref().map(Reading::lines));
        let lines = lines.unwrap_or_default().into_iter();
        lines.map(|line| view! { <p>{line}</p> }).collect_view()
    };
    view! {
        <div
            class="meter"
            data-full=move || percent().is_some_and(|percent| percent >= NEARLY_FULL).then_some("")
            data-dismissed=move || is_dismissed.get().then_some("")
            on:mouseenter=move |_| again()
            on:keydown=press
        >
            <button
                type="button"
                class="button button-quiet composer-tool"
                aria-label=move || format!("Usage of this conversation: {}", of(Reading::short))
                aria-describedby="meter-more"
                aria-haspopup="dialog"
                on:click=move |_| is_open.set(true)
                on:blur=move |_| again()
            >
                {ring}
                <span class="meter-words">{move || of(|reading| reading.amount.clone())}</span>
                <span class="meter-rest">{move || of(Reading::rest)}</span>
            </button>
            <div id="meter-more" class="meter-more" role="tooltip">
                {more}
            </div>
        </div>
    }
}

/// What the meter says.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Reading {
    /// How much of the window is taken; `None`: the window is not known.
    percent: Option<u64>,
    /// How much of the window is taken, else the number of tokens used.
    amount: String,
    /// What the amount counts; empty where it says so.
    unit: &'static str,
    /// What it has cost, where that is known.
    cost: Option<String>,
    /// The details, line by line.
    more: Vec<String>,
    /// What the window is taken by.
    parts: Option<String>,
}

impl Reading {
    fn of(usage: &UsageSummary, window: Option<u64>) -> Self {
        let reported = tokens_of(&usage.step);
        // Some providers tell nothing: then the agent's own estimate counts.
        let (taken, window) = match usage.context.filter(|_| reported == 0) {
            Some(context) => (context.total(), window.or(Some(context.window))),
            None => (reported, window),
        };
        let window = window.filter(|window| *window > 0);
        let percent = window.map(|window| taken.saturating_mul(100) / window);
        let context = match (window, percent) {
            (Some(window), Some(percent)) => format!(
                "Context: {} of {} tokens, {percent} %.",
                tokens_in_short(taken),
                tokens_in_short(window)
            ),
            _ => format!("Context: {} tokens.", tokens_in_short(taken)),
        };
        let (amount, unit) = percent.map_or_else(
            || (tokens_in_short(tokens_of(&usage.conversation)), " tokens"),
            |percent| (format!("{percent} %"), ""),
        );
        let cost = usage.conversation.cost_usd.map(dollars);
        let mut more = Vec::new();
        // A turn that failed or was stopped has reported nothing of what it used.
        more.extend((taken > 0).then_some(context));
        more.extend(words(&usage.turn).map(|words| format!("This turn: {words}.")));
        more.extend(words(&usage.conversation).map(|words| format!("This conversation: {words}.")));
        if percent.is_some_and(|percent| percent >= NEARLY_FULL) {
            let full = "The model's window is nearly full. Earlier messages are summarised by themselves; /compact does it now.";
            more.push(full.to_owned());
        }
        let parts = usage.context.as_ref().and_then(context_words);
        Self {
            percent,
            amount,
            unit,
            cost,
            more,
            parts: parts.map(|words| format!("About: {words}.")),
        }
    }

    /// The details, with the parts behind the context.
    fn lines(&self) -> Vec<String> {
        let (context, rest) = self.more.split_at(self.more.len().min(1));
        let lines = context.iter().chain(&self.parts).chain(rest);
        lines.cloned().collect()
    }

    fn short(&self) -> String {
        format!("{}{}", self.amount, self.rest())
    }

    /// What follows the amount.
    fn rest(&self) -> String {
        let cost = self.cost.as_ref().map(|cost| format!(" · {cost}"));
        format!("{}{}", self.unit, cost.unwrap_or_default())
    }
}

fn tokens_of(usage: &Usage) -> u64 {
    let input = usage.input_tokens.unwrap_or(0);
    input.saturating_add(usage.output_tokens.unwrap_or(0))
}

/// Tokens, how much of them was cached, and cost; `None`: nothing is known.
fn words(usage: &Usage) -> Option<String> {
    let mut words = Vec::new();
    let tokens = tokens_of(usage);
    if tokens > 0 {
        words.push(format!("{} tokens", tokens_in_short(tokens)));
    }
    if let (Some(cached), Some(input)) = (usage.cached_input_tokens, usage.input_tokens)
        && cached > 0
        && input > 0
    {
        words.push(format!("{} % cached", cached.saturating_mul(100) / input));
    }
    words.extend(usage.cost_usd.map(dollars));
    (!words.is_empty()).then(|| words.join(" · "))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn reading(usage: &serde_json::Value, window: Option<u64>) -> Reading {
        Reading::of(&UsageSummary::from_json(usage), window)
    }

    #[test]
    fn it_says_how_full_the_window_is_and_what_was_spent() {
        let usage = json!({
            "step": {"inputTokens": 9_000, "outputTokens": 100},
            "turn": {"inputTokens": 900, "outputTokens": 99},
            "conversation": {"inputTokens": 12_000, "cachedInputTokens": 9_000, "outputTokens": 345, "costUsd": 0.0123},
            "context": {"window": 200_000, "system": 400, "tools": 3_000, "history": 5_600, "files": 0},
        });
        assert_eq!(
            reading(&usage, Some(200_000)),
            Reading {
                percent: Some(4),
                amount: "4 %".to_owned(),
                unit: "",
                cost: Some("$0.01".to_owned()),
                more: vec![
                    "Context: 9.1k of 200k tokens, 4 %.".to_owned(),
                    "This turn: 999 tokens.".to_owned(),
                    "This conversation: 12.3k tokens · 75 % cached · $0.01.".to_owned(),
                ],
                parts: Some("About: how Coder works 400 · tools 3k · messages 5.6k.".to_owned()),
            }
        );
        let lines = reading(&usage, None).lines();
        let begins = ["Context: ", "About: ", "This turn: ", "This conversation: "];
        assert!(
            lines
                .iter()
                .zip(begins)
                .all(|(line, begin)| line.starts_with(begin)),
            "{lines:?}"
        );
        let unknown = reading(&usage, None);
        assert_eq!(
            (unknown.percent, unknown.short().as_str()),
            (None, "12.3k tokens · $0.01")
        );
        let full = reading(&usage, Some(10_000));
        assert_eq!(full.percent, Some(91));
        assert_eq!(full.more.len(), 4);
        assert_eq!(reading(&usage, Some(0)).percent, None);
    }

    #[test]
    fn the_estimate_counts_where_the_provider_tells_nothing() {
        let usage = json!({"context": {"window": 8_000, "tools": 1_000, "history": 1_000}});
        assert_eq!(
            reading(&usage, None),
            Reading {
                percent: Some(25),
                amount: "25 %".to_owned(),
                unit: "",
                cost: None,
                more: vec!["Context: 2k of 8k tokens, 25 %.".to_owned()],
                parts: Some("About: tools 1k · messages 1k.".to_owned()),
            }
        );
    }

    #[test]
    fn what_is_not_known_is_left_out() {
        let stopped = reading(
            &json!({"turn": {}, "conversation": {"inputTokens": 9}}),
            Some(100),
        );
        assert_eq!(stopped.more, ["This conversation: 9 tokens."]);
    }
}
