//! What a message says about how it was made.

use common::{
    message::{Message, Part},
    state::Usage,
};
use serde_json::Value;

use super::part_tool::duration;

/// The steps whose times are listed: more are not read.
const SHOWN_STEPS: usize = 10;

/// The name of the data part with the usage of a step.
const STEP: &str = "step";

/// How an answer ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// The agent has not said that it is over: it grows, was stopped, or failed.
    Open,
    /// It is whole, or nobody says otherwise.
    Whole,
    /// It reached the most tokens that the model writes.
    TooLong,
}

impl Ending {
    /// The agent says how an answer ended; only messages of other origin have steps and say nothing.
    pub(super) fn of(message: &Message) -> Self {
        let metadata = message.metadata.as_ref();
        let reason = metadata.and_then(|metadata| metadata.get("finishReason"));
        match reason.and_then(Value::as_str) {
            Some("length") => Self::TooLong,
            Some(_) => Self::Whole,
            None => {
                let has_step = message
                    .parts
                    .iter()
                    .any(|part| matches!(part, Part::StepStart));
                let waits = message.calls().any(|call| !call.state.is_settled());
                if has_step && !waits {
                    Self::Open
                } else {
                    Self::Whole
                }
            }
        }
    }
}

/// Names and values: the models, the time of each step, the tokens and the cost, as far as they are known.
pub(super) fn details_of(message: &Message) -> Vec<(&'static str, String)> {
    let mut models: Vec<&str> = Vec::new();
    let mut steps = Vec::new();
    let mut used = Usage::default();
    for part in &message.parts {
        let Part::Data(part) = part else { continue };
        if part.name != STEP {
            continue;
        }
        steps.push(part.data.get("took").and_then(Value::as_u64));
        if let Some(usage) = part.data.get("usage") {
            used = used.plus(&Usage::from_json(usage));
        }
        let model = part.data.get("model").and_then(Value::as_str);
        if let Some(model) = model.filter(|model| !models.contains(model)) {
            models.push(model);
        }
    }
    let mut facts = Vec::new();
    if !models.is_empty() {
        facts.push(("Model", models.join(", ")));
    }
    facts.extend(times_of(&steps));
    if let Some(read) = used.input_tokens {
        let cached = used.cached_input_tokens.filter(|cached| *cached > 0);
        let cached = cached.map(|cached| format!(", {} of them cached", grouped(cached)));
        let cached = cached.unwrap_or_default();
        facts.push(("Tokens read", format!("{}{cached}", grouped(read))));
    }
    if let Some(written) = used.output_tokens {
        facts.push(("Tokens written", grouped(written)));
    }
    if let Some(cost) = used.cost_usd {
        facts.push(("Cost", format!("${cost:.4}")));
    }
    facts
}

/// How many steps there were, and how long the model call of each took, in milliseconds; `None`: nobody has said.
fn times_of(steps: &[Option<u64>]) -> Option<(&'static str, String)> {
    let took: Option<Vec<u64>> = steps.iter().copied().collect();
    match took.as_deref() {
        None | Some([]) if steps.len() < 2 => None,
        None | Some([]) => Some(("Steps", steps.len().to_string())),
        Some(&[took]) => Some(("Time", duration(took))),
        Some(took) => {
            let sum = took
                .iter()
                .fold(0, |sum: u64, took| sum.saturating_add(*took));
            let shown = took.iter().take(SHOWN_STEPS).copied().map(duration);
            let mut each = shown.collect::<Vec<_>>().join(", ");
            if took.len() > SHOWN_STEPS {
                each.push_str(", …");
            }
            let count = took.len();
            Some(("Steps", format!("{count} in {}: {each}", duration(sum))))
        }
    }
}

/// A count with its thousands apart.
fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn message(metadata: Value, parts: Value) -> Message {
        let message = json!({"id": "a", "role": "assistant", "metadata": metadata, "parts": parts});
        serde_json::from_value(message).unwrap()
    }

    #[test]
    fn usage_of_all_steps() {
        let step = |number: u32, usage: Value| {
            json!({"type": "data-step", "id": format!("step-{number}"),
                "data": {"step": number, "model": "some/model", "usage": usage}})
        };
        let parts = json!([
            step(1, json!({"inputTokens": 12_000, "cachedInputTokens": 900, "outputTokens": 5})),
            {"type": "text", "text": "hi"},
            step(2, json!({"inputTokens": 345, "outputTokens": 10, "costUsd": 0.0123})),
        ]);
        let expected = [
            ("Model", "some/model"),
            ("Steps", "2"),
            ("Tokens read", "12,345, 900 of them cached"),
            ("Tokens written", "15"),
            ("Cost", "$0.0123"),
        ];
        let expected = expected.map(|(name, value)| (name, value.to_owned()));
        assert_eq!(details_of(&message(Value::Null, parts)), expected);
        assert_eq!(details_of(&message(Value::Null, json!([]))), []);
    }

    #[test]
    fn times_of_steps() {
        let check = |took: &[Option<u64>], expected: Option<(&'static str, &str)>| {
            let expected = expected.map(|(name, value)| (name, value.to_owned()));
            assert_eq!(times_of(took), expected);
        };
        check(&[], None);
        check(&[None], None);
        check(&[None, Some(5)], Some(("Steps", "2")));
        check(&[Some(3_400)], Some(("Time", "3.4 s")));
        check(
            &[Some(900), Some(61_000)],
            Some(("Steps", "2 in 1 min 1 s: 900 ms, 1 min 1 s")),
        );
        let many = times_of(&[Some(10); 11]).unwrap().1;
        assert!(many.starts_with("11 in 110 ms: 10 ms,") && many.ends_with("10 ms, …"));
    }

    #[test]
    fn an_answer_without_its_end_is_open() {
        let (step, text) = (
            json!({"type": "step-start"}),
            json!({"type": "text", "text": "hi"}),
        );
        let call = |state: &str| json!({"type": "tool-read", "toolCallId": "c", "state": state, "input": {}});
        let check = |metadata: Value, parts: Value, expected| {
            assert_eq!(Ending::of(&message(metadata, parts)), expected);
        };
        check(
            json!({"finishReason": "stop"}),
            json!([step, text]),
            Ending::Whole,
        );
        check(
            json!({"finishReason": "length"}),
            json!([step, text]),
            Ending::TooLong,
        );
        check(Value::Null, json!([step, text]), Ending::Open);
        check(Value::Null, json!([text]), Ending::Whole);
        check(
            Value::Null,
            json!([step, call("approval-requested")]),
            Ending::Whole,
        );
    }
}
