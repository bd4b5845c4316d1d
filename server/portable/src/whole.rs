//! A whole message as plain text, which the page links to where it shows a part.

use common::message::{Message, Part, ToolPart, ToolState};
use serde_json::Value;

/// All texts and calls, in order.
#[must_use]
pub fn whole(message: &Message) -> String {
    let parts = message.parts.iter().filter_map(part);
    parts.collect::<Vec<_>>().join("\n\n") + "\n"
}

fn part(part: &Part) -> Option<String> {
    match part {
        Part::Text(part) => Some(part.text.clone()),
        Part::Reasoning(part) => Some(format!("[Reasoning]\n{}", part.text)),
        Part::File(part) => {
            let name = part.filename.as_deref().unwrap_or(&part.media_type);
            Some(format!("[File {name}]\n{}", part.url))
        }
        Part::SourceUrl(part) => Some(format!("[Source] {}", part.url)),
        Part::SourceDocument(part) => Some(format!("[Source] {}", part.title)),
        Part::Tool(call) => Some(text_of_call(call)),
        Part::StepStart | Part::Data(_) | Part::Other(_) => None,
    }
}

fn text_of_call(call: &ToolPart) -> String {
    let input = call.state.input().map(text_of).unwrap_or_default();
    let asked = format!("[Tool {}]\n{input}", call.name);
    match &call.state {
        ToolState::OutputAvailable { output, .. } => {
            format!("{asked}\n\n[Output]\n{}", text_of(output))
        }
        ToolState::OutputError { error_text, .. } => format!("{asked}\n\n[Error]\n{error_text}"),
        ToolState::InputStreaming { .. }
        | ToolState::InputAvailable { .. }
        | ToolState::ApprovalRequested { .. }
        | ToolState::ApprovalResponded { .. }
        | ToolState::OutputDenied { .. } => asked,
    }
}

fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
            format!("{value:#}")
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn nothing_is_left_out() {
        let message: Message = serde_json::from_value(json!({
            "id": "a", "role": "assistant", "parts": [
                {"type": "step-start"},
                {"type": "reasoning", "text": "hm"},
                {"type": "text", "text": "Done."},
                {"type": "tool-add", "toolCallId": "c", "state": "output-available", "input": {"n": 1}, "output": "two"},
                {"type": "tool-add", "toolCallId": "d", "state": "output-error", "input": {}, "errorText": "no"},
                {"type": "file", "mediaType": "text/plain", "url": "data:,x"},
            ],
        }))
        .unwrap();
        let expected = [
            "[Reasoning]\nhm",
            "Done.",
            "[Tool add]\n{\n  \"n\": 1\n}",
            "[Output]\ntwo",
            "[Tool add]\n{}",
            "[Error]\nno",
            "[File text/plain]\ndata:,x",
        ];
        assert_eq!(whole(&message), expected.join("\n\n") + "\n");
    }
}
