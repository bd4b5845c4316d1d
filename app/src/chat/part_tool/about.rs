//! A call in one line.

use common::message::ToolPart;
use serde_json::Value;

/// What the inputs of tools call the thing that they are about, the most telling one first.
const NAMES: [&str; 9] = [
    "path",
    "from",
    "pattern",
    "glob",
    "question",
    "title",
    "url",
    "query",
    "repository",
];

/// The most characters of the line; the style sheet cuts it to the room there is.
const CHARS: usize = 120;

/// What the call is about: a path, a pattern, a question; `None`: its input says nothing that fits.
pub(super) fn about(call: &ToolPart) -> Option<String> {
    let input = call.state.input()?;
    let text = |name: &str| input.get(name).and_then(Value::as_str);
    let named = NAMES.into_iter().find_map(text)?;
    let mut line = first_line(named);
    for (word, name) in [("→", "to"), ("in", "under")] {
        if let Some(other) = text(name).filter(|other| !other.is_empty()) {
            line = format!("{line} {word} {}", first_line(other));
        }
    }
    Some(line).filter(|line| !line.is_empty())
}

fn first_line(text: &str) -> String {
    let line = text.trim().lines().next().unwrap_or_default();
    if line.chars().count() > CHARS {
        line.chars().take(CHARS).chain(['…']).collect()
    } else {
        line.to_owned()
    }
}

/// `12 ms`, `3.4 s` or `2 min 5 s`.
pub(in crate::chat) fn duration(millis: u64) -> String {
    match millis {
        0..1_000 => format!("{millis} ms"),
        1_000..60_000 => format!("{}.{} s", millis / 1_000, millis % 1_000 / 100),
        60_000.. => format!("{} min {} s", millis / 60_000, millis % 60_000 / 1_000),
    }
}

#[cfg(test)]
mod tests {
    use common::{
        id::ToolCallId,
        message::{ToolDetails, ToolKind, ToolState},
    };
    use serde_json::json;

    use super::*;

    #[test]
    fn a_call_is_about_what_its_input_names() {
        let check = |input: Value, expected: Option<&str>| {
            let call = ToolPart {
                name: "any".to_owned(),
                kind: ToolKind::Declared,
                tool_call_id: ToolCallId::from("c"),
                state: ToolState::InputAvailable { input },
                details: ToolDetails::default(),
            };
            assert_eq!(about(&call).as_deref(), expected);
        };
        check(json!({"path": "src/a.rs", "text": "x"}), Some("src/a.rs"));
        check(json!({"from": "a", "to": "b"}), Some("a → b"));
        check(
            json!({"pattern": "fn \\w+\nx", "under": "src"}),
            Some("fn \\w+ in src"),
        );
        check(json!({"path": ""}), None);
        check(json!({"context": "x"}), None);
        check(json!([]), None);
        let long = "x".repeat(200);
        check(
            json!({"path": long}),
            Some(&format!("{}…", "x".repeat(CHARS))),
        );
    }

    #[test]
    fn durations_are_short() {
        for (millis, expected) in [
            (0, "0 ms"),
            (999, "999 ms"),
            (12_340, "12.3 s"),
            (125_999, "2 min 5 s"),
        ] {
            assert_eq!(duration(millis), expected);
        }
    }
}
