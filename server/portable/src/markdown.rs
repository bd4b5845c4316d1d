//! Messages as Markdown.

use common::message::{Message, Part, Role, ToolPart, ToolState};

/// A section for a message: its author, text and calls.
pub fn markdown(message: &Message) -> String {
    let who = match message.role {
        Role::User => "You",
        Role::Assistant => "Coder",
        Role::System => "Instructions",
    };
    let mut sections = vec![format!("## {who}")];
    for part in &message.parts {
        match part {
            Part::Text(part) => sections.push(part.text.trim_end().to_owned()),
            Part::Tool(call) => sections.push(markdown_of_call(call)),
            Part::File(part) => {
                let name = part.filename.as_deref().unwrap_or(&part.media_type);
                sections.push(format!("*Attached: {name}*"));
            }
            Part::SourceUrl(part) => {
                let title = part.title.as_deref().unwrap_or(&part.url);
                sections.push(format!("*Source: [{title}]({})*", part.url));
            }
            Part::SourceDocument(part) => sections.push(format!("*Source: {}*", part.title)),
            Part::Reasoning(_) | Part::StepStart | Part::Data(_) | Part::Other(_) => {}
        }
    }
    sections.join("\n\n") + "\n\n"
}

fn markdown_of_call(call: &ToolPart) -> String {
    let ended = match &call.state {
        ToolState::OutputAvailable { .. } => "done",
        ToolState::OutputError { .. } => "failed",
        ToolState::OutputDenied { .. } => "refused",
        ToolState::InputStreaming { .. }
        | ToolState::InputAvailable { .. }
        | ToolState::ApprovalRequested { .. }
        | ToolState::ApprovalResponded { .. } => "not run",
    };
    let input = call.state.input().map(ToString::to_string);
    let input = input.unwrap_or_default();
    format!("*Tool `{}` ({ended}):* `{input}`", call.name)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn markdown_shows_words_and_calls() {
        let message: Message = serde_json::from_value(json!({
            "id": "a", "role": "assistant", "parts": [
                {"type": "step-start"},
                {"type": "reasoning", "text": "hm"},
                {"type": "text", "text": "Done.\n"},
                {"type": "tool-add", "toolCallId": "c", "state": "output-available", "input": {"n": 1}, "output": 2},
            ],
        }))
        .unwrap();
        assert_eq!(
            markdown(&message),
            "## Coder\n\nDone.\n\n*Tool `add` (done):* `{\"n\":1}`\n\n"
        );
    }
}
