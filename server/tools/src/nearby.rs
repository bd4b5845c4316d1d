//! Instructions near a file: the `AGENTS.md` of the nearest directory above it. The one in the root goes to the model
//! with every call; others go with the output of a tool that reads or changes a file below them, once per answer.

use common::message::{Message, ToolState};
use serde_json::{Value, json};
use workspace::{FilePath, Lines, Read};

use super::{ToolContext, ToolDone, ToolFailure};

/// The maximum length of the instructions in characters, in addition to the limit of the output.
const CHARS: usize = 8_000;

/// The fields of an input that contain paths.
const PATHS: [&str; 3] = ["path", "from", "to"];

/// The field of an output with the instructions.
const FIELD: &str = "instructions";

/// Adds the instructions for the touched files, unless the model already has them.
pub(super) fn tell(
    done: &mut ToolDone,
    input: &Value,
    context: &ToolContext<'_>,
) -> Result<(), ToolFailure> {
    for path in PATHS.iter().filter_map(|field| input.get(field)?.as_str()) {
        let Ok(path) = FilePath::parse(path) else {
            continue;
        };
        let Some(file) = context.workspace.nearest_instructions(&path)? else {
            continue;
        };
        if file == path || context.answer.is_some_and(|answer| is_told(answer, &file)) {
            continue;
        }
        let Read::Text(read) = context.workspace.read(&file, Lines::ALL)? else {
            continue;
        };
        let end = read.text.char_indices().nth(CHARS).map(|(end, _)| end);
        let mut text = read
            .text
            .get(..end.unwrap_or(read.text.len()))
            .unwrap_or_default()
            .to_owned();
        if end.is_some() {
            text.push_str("…\n\n(This is not all: read the file for the rest.)");
        }
        if let Some(output) = done
            .output
            .as_object_mut()
            .filter(|_| !text.trim().is_empty())
        {
            output.insert(
                FIELD.to_owned(),
                json!({"path": file.as_str(), "text": text}),
            );
            return Ok(());
        }
    }
    Ok(())
}

/// Whether an earlier call of the answer returned this instruction file.
fn is_told(answer: &Message, file: &FilePath) -> bool {
    let mut calls = answer.calls();
    calls.any(|call| match &call.state {
        ToolState::OutputAvailable { output, .. } => {
            let reported = output.get(FIELD).and_then(|reported| reported.get("path"));
            reported.and_then(Value::as_str) == Some(file.as_str())
        }
        ToolState::InputStreaming { .. }
        | ToolState::InputAvailable { .. }
        | ToolState::ApprovalRequested { .. }
        | ToolState::ApprovalResponded { .. }
        | ToolState::OutputError { .. }
        | ToolState::OutputDenied { .. } => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::Bench;

    fn bench() -> Bench {
        Bench::with(&[
            ("AGENTS.md", "root"),
            ("a/AGENTS.md", "all of a"),
            ("a/b/c/x.rs", "x"),
            ("a/b/AGENTS.md", "all of b"),
            ("a/y.rs", "y"),
            ("z/z.rs", "z"),
            ("top.rs", "top"),
        ])
    }

    fn reported(bench: &Bench, tool: &str, input: Value) -> Value {
        bench.output(tool, input)[FIELD].clone()
    }

    #[test]
    fn the_nearest_instructions_are_added_to_reads_and_changes() {
        let bench = bench();
        let of_a = json!({"path": "a/AGENTS.md", "text": "all of a"});
        let of_b = json!({"path": "a/b/AGENTS.md", "text": "all of b"});
        let path = |path: &str| json!({"path": path});
        assert_eq!(reported(&bench, "read", path("a/y.rs")), of_a);
        assert_eq!(reported(&bench, "read", path("./a/b/c/x.rs")), of_b);
        assert_eq!(reported(&bench, "list", path("a/b")), of_b);
        assert_eq!(
            reported(&bench, "write", json!({"path": "a/new/n.rs", "text": ""})),
            of_a
        );
        assert_eq!(
            reported(
                &bench,
                "move",
                json!({"from": "top.rs", "to": "a/b/top.rs"})
            ),
            of_b
        );
        for other in ["z/z.rs", "AGENTS.md", "a/AGENTS.md"] {
            assert_eq!(
                reported(&bench, "read", path(other)),
                Value::Null,
                "{other}"
            );
        }
        assert_eq!(reported(&bench, "list", json!({})), Value::Null);
    }

    #[test]
    fn instructions_are_added_once_per_answer() {
        let mut bench = bench();
        let first = bench.output("read", json!({"path": "a/y.rs"}));
        let answer = json!({"id": "a", "role": "assistant", "parts": [{
            "type": "tool-read", "toolCallId": "c", "state": "output-available", "input": {}, "output": first,
        }]});
        bench.answer = serde_json::from_value(answer).ok();
        assert!(bench.answer.is_some());
        assert_eq!(
            reported(&bench, "read", json!({"path": "a/y.rs"})),
            Value::Null
        );
        let other = reported(&bench, "read", json!({"path": "a/b/c/x.rs"}));
        assert_eq!(other["path"], "a/b/AGENTS.md");
    }

    #[test]
    fn long_instructions_are_cut_and_blank_ones_are_none() {
        let bench = bench();
        bench.put("a/AGENTS.md", &"é".repeat(20_000));
        let long = reported(&bench, "read", json!({"path": "a/y.rs"}));
        let text = long["text"].as_str().unwrap();
        assert!(text.ends_with("for the rest.)") && text.chars().count() < 8_100);
        bench.put("a/AGENTS.md", " \n");
        assert_eq!(
            reported(&bench, "read", json!({"path": "a/y.rs"})),
            Value::Null
        );
        bench.put("a/AGENTS.md", "\0");
        assert_eq!(
            reported(&bench, "read", json!({"path": "a/y.rs"})),
            Value::Null
        );
    }
}
