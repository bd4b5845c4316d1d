//! Removes data from a message before it is stored (protocol §5.10).

use common::message::{Message, Part, ToolPart, ToolState};
use serde_json::Value;

/// The maximum length of a text in the input or output of a tool that the vendor ran, in characters.
const MAX_VENDOR_TEXT_CHARS: usize = 500;

/// Tools whose whole output the vendor wants back.
const KEPT_WHOLE: &[&str] = &["web_search", "web_fetch"];

/// Removes data that must not or need not be kept: ids of temporary items at the vendor, empty reasoning, and long
/// texts of tools that the vendor ran. Repeating it changes nothing.
pub fn sanitize(message: &mut Message) {
    for part in &mut message.parts {
        match part {
            Part::Text(part) => forget_items(&mut part.provider_metadata),
            Part::Reasoning(part) => forget_items(&mut part.provider_metadata),
            Part::File(part) => forget_items(&mut part.provider_metadata),
            Part::SourceUrl(part) => forget_items(&mut part.provider_metadata),
            Part::SourceDocument(part) => forget_items(&mut part.provider_metadata),
            Part::Tool(part) => {
                forget_items(&mut part.details.call_provider_metadata);
                forget_items(&mut part.details.result_provider_metadata);
                if part.details.provider_executed == Some(true)
                    && !KEPT_WHOLE.contains(&part.name.as_str())
                {
                    shorten_call(part);
                }
            }
            Part::StepStart | Part::Data(_) | Part::Other(_) => {}
        }
    }
    message.parts.retain(|part| match part {
        Part::Reasoning(part) => !part.is_void(),
        Part::Text(_)
        | Part::File(_)
        | Part::SourceUrl(_)
        | Part::SourceDocument(_)
        | Part::StepStart
        | Part::Tool(_)
        | Part::Data(_)
        | Part::Other(_) => true,
    });
}

/// OpenAI refuses a request that names an item it has deleted.
fn forget_items(metadata: &mut Option<Value>) {
    let Some(Value::Object(vendors)) = metadata else {
        return;
    };
    if let Some(Value::Object(openai)) = vendors.get_mut("openai") {
        openai.remove("itemId");
        openai.remove("reasoningEncryptedContent");
        if openai.is_empty() {
            vendors.remove("openai");
        }
    }
    if vendors.is_empty() {
        *metadata = None;
    }
}

fn shorten_call(part: &mut ToolPart) {
    match &mut part.state {
        ToolState::InputStreaming { input } => input.iter_mut().for_each(shorten),
        ToolState::InputAvailable { input }
        | ToolState::ApprovalRequested { input, .. }
        | ToolState::ApprovalResponded { input, .. }
        | ToolState::OutputDenied { input, .. } => shorten(input),
        ToolState::OutputAvailable { input, output, .. } => {
            shorten(input);
            shorten(output);
        }
        ToolState::OutputError {
            input, raw_input, ..
        } => {
            input.iter_mut().for_each(shorten);
            raw_input.iter_mut().for_each(shorten);
        }
    }
}

fn shorten(value: &mut Value) {
    const MARK: &str = "… (cut)";
    match value {
        Value::String(text) => {
            if text.chars().count() > MAX_VENDOR_TEXT_CHARS {
                let kept = MAX_VENDOR_TEXT_CHARS - MARK.chars().count();
                *text = text.chars().take(kept).collect::<String>() + MARK;
            }
        }
        Value::Array(entries) => entries.iter_mut().for_each(shorten),
        Value::Object(fields) => fields
            .iter_mut()
            .filter(|(name, _)| !name.starts_with("encrypted"))
            .for_each(|(_, value)| shorten(value)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(parts: Value, kept: Value) {
        let message = json!({"id": "a", "role": "assistant", "parts": parts});
        let mut message: Message = serde_json::from_value(message).unwrap();
        for _ in 0..2 {
            sanitize(&mut message);
            assert_eq!(message.to_json()["parts"], kept);
        }
    }

    #[test]
    fn items_of_openai_are_forgotten_and_the_rest_is_kept() {
        let of = |openai: Value| json!([{"type": "text", "text": "x", "providerMetadata": {"openai": openai, "other": 1}}]);
        let kept = json!([{"type": "text", "text": "x", "providerMetadata": {"other": 1}}]);
        check(of(json!({"itemId": "i"})), kept);
        check(
            of(json!({"itemId": "i", "reasoningEncryptedContent": "e", "more": 2})),
            of(json!({"more": 2})),
        );
        check(
            json!([{"type": "text", "text": "x", "providerMetadata": {"openai": {"itemId": "i"}}}]),
            json!([{"type": "text", "text": "x"}]),
        );
    }

    #[test]
    fn empty_reasoning_goes_and_redacted_thinking_stays() {
        let redacted = json!({"type": "reasoning", "text": "", "providerMetadata": {"anthropic": {"redactedData": "d"}}});
        check(
            json!([{"type": "reasoning", "text": " "}, redacted, {"type": "reasoning", "text": "so"}]),
            json!([redacted, {"type": "reasoning", "text": "so"}]),
        );
    }

    #[test]
    fn long_texts_of_tools_the_vendor_ran_are_cut() {
        let call = |name: &str, vendor: bool, text: &str| {
            let mut part = json!({
                "type": format!("tool-{name}"), "toolName": name, "toolCallId": "c", "state": "output-available",
                "input": {}, "output": {"deep": [text], "encrypted_text": "y".repeat(600)},
            });
            if vendor {
                part["providerExecuted"] = true.into();
            }
            json!([part])
        };
        let long = "ä".repeat(600);
        let cut = "ä".repeat(493) + "… (cut)";
        check(call("code", true, &long), call("code", true, &cut));
        check(call("code", false, &long), call("code", false, &long));
        check(
            call("web_search", true, &long),
            call("web_search", true, &long),
        );
    }
}
