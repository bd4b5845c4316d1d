//! What a call does, in people's words.

use common::message::{CallDetails, ChangeKind, ToolPart, ToolState};
use serde_json::Value;

use super::call::is_question;

/// The tools of the agent: their names, what a call is going to do, and what it has done.
const TOOLS: &[(&str, &str, &str)] = &[
    ("count", "Count", "Counted"),
    (
        "create_pull_request",
        "Create pull request",
        "Created pull request",
    ),
    ("delete", "Delete", "Deleted"),
    ("diff", "Compare", "Compared"),
    ("edit", "Change", "Changed"),
    ("fetch_url", "Fetch", "Fetched"),
    ("find", "Find files", "Found files"),
    ("get_file_contents", "Read on GitHub", "Read on GitHub"),
    ("get_issue", "Read issue", "Read issue"),
    ("get_pull_request", "Read pull request", "Read pull request"),
    (
        "get_repository",
        "Look up repository",
        "Looked up repository",
    ),
    ("grep", "Search for", "Searched for"),
    ("import_repository", "Open repository", "Opened repository"),
    ("list", "List", "Listed"),
    ("list_issues", "List issues", "Listed issues"),
    (
        "list_pull_requests",
        "List pull requests",
        "Listed pull requests",
    ),
    ("move", "Move", "Moved"),
    ("plan", "Plan", "Planned"),
    ("read", "Read", "Read"),
    (
        "rename_conversation",
        "Name the conversation",
        "Named the conversation",
    ),
    (
        "repository_status",
        "Compare with the repository",
        "Compared with the repository",
    ),
    ("search_code", "Search GitHub for", "Searched GitHub for"),
    ("write", "Write", "Wrote"),
];

/// What the call does; `None`: it is no tool of the agent, and has its own name.
pub(super) fn verb(call: &ToolPart, details: &CallDetails) -> Option<&'static str> {
    let (name, before, after) = TOOLS.iter().find(|(name, ..)| *name == call.name)?;
    Some(match (&call.state, details.changes.as_slice()) {
        (ToolState::OutputAvailable { .. }, [change]) if *name == "write" => match change.kind {
            ChangeKind::Made => "Created",
            ChangeKind::Changed => "Changed",
            ChangeKind::Moved | ChangeKind::Copied | ChangeKind::Deleted => after,
        },
        (ToolState::OutputAvailable { .. }, _) => after,
        _ => before,
    })
}

/// What came out, in a word or two; nothing where that is not short.
pub(super) fn result(call: &ToolPart, details: &CallDetails) -> String {
    let ToolState::OutputAvailable { output, .. } = &call.state else {
        return String::new();
    };
    if call.name == "grep" {
        let files = output.get("files").and_then(Value::as_array);
        let count = |file: &Value| file.get("matches").and_then(Value::as_u64);
        return files.map_or_else(String::new, |files| {
            let matches: u64 = files.iter().filter_map(count).sum();
            match matches {
                0 => ": nothing found".to_owned(),
                1 => ": 1 match".to_owned(),
                matches => format!(": {matches} matches"),
            }
        });
    }
    let lines = |count: fn(&common::message::FileChange) -> u64| -> u64 {
        details.changes.iter().map(count).sum()
    };
    match (lines(|change| change.added), lines(|change| change.removed)) {
        (0, 0) => String::new(),
        (added, removed) => format!(" +{added} −{removed}"),
    }
}

/// Whether the call hands changes on instead of making them: where they go is in its input, and it is asked about each time.
pub(super) fn hands_on(call: &ToolPart) -> bool {
    call.name == "create_pull_request"
}

/// Whether what the call did is said by its verb, so that its state need not be.
pub(super) fn is_told(call: &ToolPart, details: &CallDetails) -> bool {
    let is_over = matches!(
        call.state,
        ToolState::OutputAvailable {
            preliminary: false,
            ..
        }
    );
    is_over && !is_question(call) && verb(call, details).is_some()
}

#[cfg(test)]
mod tests {
    use common::{
        id::ToolCallId,
        message::{FileChange, ToolDetails, ToolKind},
    };
    use serde_json::json;

    use super::*;

    fn call(name: &str, output: Option<Value>) -> ToolPart {
        let input = json!({});
        ToolPart {
            name: name.to_owned(),
            kind: ToolKind::Declared,
            tool_call_id: ToolCallId::from("c"),
            state: match output {
                Some(output) => ToolState::OutputAvailable {
                    input,
                    output,
                    preliminary: false,
                    approval: None,
                },
                None => ToolState::InputAvailable { input },
            },
            details: ToolDetails::default(),
        }
    }

    #[test]
    fn calls_are_told_in_words() {
        let check = |call: &ToolPart, details: &CallDetails, expected: (Option<&str>, &str)| {
            let words = (verb(call, details), result(call, details));
            assert_eq!((words.0, words.1.as_str()), expected, "{call:?}");
        };
        let none = CallDetails::default();
        let change = |kind| CallDetails {
            changes: vec![FileChange {
                kind,
                path: "a.rs".to_owned(),
                to: None,
                added: 3,
                removed: 1,
                diff: None,
            }],
            ..CallDetails::default()
        };
        check(&call("read", None), &none, (Some("Read"), ""));
        check(
            &call("write", None),
            &change(ChangeKind::Made),
            (Some("Write"), ""),
        );
        let written = call("write", Some(json!({})));
        check(
            &written,
            &change(ChangeKind::Made),
            (Some("Created"), " +3 −1"),
        );
        check(
            &written,
            &change(ChangeKind::Changed),
            (Some("Changed"), " +3 −1"),
        );
        let files = json!({"files": [{"matches": 5}, {"matches": 7}]});
        check(
            &call("grep", Some(files)),
            &none,
            (Some("Searched for"), ": 12 matches"),
        );
        let files = json!({"files": []});
        check(
            &call("grep", Some(files)),
            &none,
            (Some("Searched for"), ": nothing found"),
        );
        check(&call("weather", Some(json!(1))), &none, (None, ""));
        assert!(is_told(&written, &none) && !is_told(&call("weather", Some(json!(1))), &none));
    }
}
