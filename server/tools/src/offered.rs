//! The tools offered in a turn: the agent's and the client's. Reads the name and arguments of a call before it runs.

use std::collections::HashSet;

use common::frame::ClientTool;
use serde_json::{Value, json};

use super::{
    OUTPUT_BYTES, ToolFailure,
    arguments::{self, folded, words},
    is_usable, own_schemas,
};

/// Namespaces that models write before a tool name.
const NAMESPACES: [&str; 6] = [
    "functions",
    "function",
    "tools",
    "tool",
    "default_api",
    "api",
];

/// Words that accompany a tool name among the marks of a chat template.
const CHANNELS: [&str; 8] = [
    "analysis",
    "assistant",
    "call",
    "channel",
    "commentary",
    "constrain",
    "final",
    "json",
];

/// The maximum number of characters quoted of an unknown name.
const QUOTED_CHARS: usize = 80;

/// The name of the tool that a model means; the name as written when there is no such tool.
///
/// Models add a namespace, leave marks of their chat template in the name, or change its case. Without those, it must
/// be the name of a single tool.
#[must_use]
pub fn name_of(written: &str, client_tools: &[ClientTool]) -> String {
    let names = names(client_tools);
    let Some(bare) = bare(written).filter(|_| !names.contains(&written)) else {
        return written.to_owned();
    };
    if names.contains(&bare) {
        return bare.to_owned();
    }
    let bare = folded(bare);
    let mut alike = names.iter().filter(|name| folded(name) == bare);
    match (alike.next(), alike.next()) {
        (Some(name), None) => (*name).to_owned(),
        _ => written.to_owned(),
    }
}

/// Fits the arguments of a call to its tool.
///
/// # Errors
/// When the tool does not exist, or when the arguments do not fit a tool of the agent. The text is for the model. The
/// client decides about arguments of its own tools.
pub fn fit(name: &str, input: Value, client_tools: &[ClientTool]) -> Result<Value, ToolFailure> {
    if let Some(tool) = own_schemas().iter().find(|tool| tool.name == name) {
        return Ok(arguments::fit(&tool.parameters, input)?);
    }
    let tool = client_tools.iter().find(|tool| tool.name == name);
    let tool = tool.ok_or_else(|| no_such_tool(name, client_tools))?;
    let any = json!({});
    let schema = tool.parameters.as_ref().unwrap_or(&any);
    Ok(arguments::fit_for_client(schema, input))
}

/// The error for an unknown name: it lists the existing tools.
#[must_use]
pub fn no_such_tool(written: &str, client_tools: &[ClientTool]) -> ToolFailure {
    let mut quoted: String = written.chars().take(QUOTED_CHARS).collect();
    if quoted.len() < written.len() {
        quoted.push('…');
    }
    let mut text = format!("There is no tool `{quoted}`.");
    let names = names(client_tools);
    let written = words(written);
    let mut near = names.iter().filter(|name| {
        let name = words(name);
        written.starts_with(&name) || written.ends_with(&name)
    });
    if let (Some(name), None) = (near.next(), near.next()) {
        text.push_str(" Perhaps you mean `");
        text.push_str(name);
        text.push_str("`.");
    }
    text.push_str(" The tools are: ");
    for (number, name) in names.into_iter().enumerate() {
        text.push_str(if number == 0 { "`" } else { ", `" });
        text.push_str(name);
        text.push('`');
        if text.len() > OUTPUT_BYTES {
            text.push_str(", …");
            break;
        }
    }
    text.push('.');
    ToolFailure::Explained(text)
}

/// The offered names, each once.
fn names(client_tools: &[ClientTool]) -> Vec<&str> {
    let ours = own_schemas().iter().map(|tool| tool.name.as_str());
    let theirs = client_tools.iter().map(|tool| tool.name.as_str());
    let mut seen = HashSet::new();
    let names = ours.chain(theirs.filter(|name| is_usable(name)));
    names.filter(|name| seen.insert(*name)).collect()
}

/// A name without namespaces, quotes, marks and other surroundings; `None` when it contains no single name.
fn bare(written: &str) -> Option<&str> {
    let mut name = unmarked(written)?.trim();
    name = name.strip_prefix("to=").unwrap_or(name);
    // Some servers number the calls: `functions.read:0`.
    if let Some((before, number)) = name.rsplit_once(':')
        && !number.is_empty()
        && number.bytes().all(|byte| byte.is_ascii_digit())
    {
        name = before;
    }
    name = name.trim_end_matches("()");
    name = name.trim_matches(['"', '\'', '`', ' ']);
    while let Some((namespace, rest)) = name.split_once(['.', ':', '/'])
        && NAMESPACES.contains(&namespace.to_ascii_lowercase().as_str())
    {
        name = rest;
    }
    (!name.is_empty()).then_some(name)
}

/// The name without the marks of a chat template, such as `<|channel|>`, and the words that accompany them.
fn unmarked(written: &str) -> Option<&str> {
    if !written.contains("<|") {
        return Some(written);
    }
    let mut found = None;
    for piece in written.split("<|") {
        // The first piece has no mark before it.
        let outside = piece.split_once("|>").map_or(piece, |(_, outside)| outside);
        for word in outside.split_whitespace() {
            if CHANNELS.contains(&word) {
                continue;
            }
            if found.replace(word).is_some() {
                return None;
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client_tool(name: &str) -> ClientTool {
        ClientTool {
            name: name.to_owned(),
            description: None,
            parameters: None,
        }
    }

    #[test]
    fn a_name_is_found_under_what_models_write_around_it() {
        let tools = [client_tool("getTime")];
        for (written, name) in [
            ("read", "read"),
            ("functions.read", "read"),
            ("functions.functions.read", "read"),
            ("functions.read:0", "read"),
            ("default_api:read", "read"),
            ("default_api.fetch_url", "fetch_url"),
            ("tools/read", "read"),
            ("<|channel|>read", "read"),
            ("read<|channel|>commentary", "read"),
            (
                "<|channel|>commentary to=functions.read<|constrain|>json",
                "read",
            ),
            ("read<|constrain|>json", "read"),
            (" read\n", "read"),
            ("`read`", "read"),
            ("\"read\"", "read"),
            ("read()", "read"),
            ("READ", "read"),
            ("fetch-url", "fetch_url"),
            ("fetchUrl", "fetch_url"),
            ("Fetch URL", "fetch_url"),
            ("askUser", "ask_user"),
            ("get_time", "getTime"),
            ("functions.getTime", "getTime"),
        ] {
            assert_eq!(name_of(written, &tools), name, "{written}");
        }
    }

    #[test]
    fn a_name_that_is_none_or_two_stays_as_it_is() {
        let tools = [client_tool("getTime"), client_tool("get_time")];
        let long = "x".repeat(80);
        for written in [
            "",
            " ",
            "()",
            "functions.",
            "functions",
            "read_file",
            "github.read",
            "read.list",
            "read<|channel|>list",
            "<|channel|>commentary",
            "read the file",
            "GET-TIME",
            "résumé",
            &long,
        ] {
            assert_eq!(name_of(written, &tools), written);
        }
    }

    #[test]
    fn an_invented_name_is_answered_with_the_tools() {
        let tools = [
            client_tool("getTime"),
            client_tool("getTime"),
            client_tool("read"),
        ];
        let reported = no_such_tool(&"x".repeat(300), &tools).to_string();
        for name in names(&[]).into_iter().chain(["getTime"]) {
            assert_eq!(
                reported.matches(&format!("`{name}`")).count(),
                1,
                "{reported}"
            );
        }
        assert!(
            reported.starts_with("There is no tool `xxx") && !reported.contains(&"x".repeat(81))
        );
        assert!(!reported.contains("Perhaps"));
        let near = |name| no_such_tool(name, &tools).to_string();
        assert!(near("read_file").contains("Perhaps you mean `read`."));
        assert!(near("readFile").contains("Perhaps you mean `read`."));
        assert!(near("repo_browser.list").contains("Perhaps you mean `list`."));
        assert!(!near("read_list").contains("Perhaps"));
        let many: Vec<_> = (0..10_000)
            .map(|n| client_tool(&format!("tool{n}")))
            .collect();
        assert!(no_such_tool("nope", &many).to_string().len() < OUTPUT_BYTES + 100);
    }

    #[test]
    fn a_clients_tool_takes_what_the_client_finds_right() {
        let mut tool = client_tool("pick");
        let fitted =
            |tool: &ClientTool, input| fit("pick", input, std::slice::from_ref(tool)).unwrap();
        assert_eq!(fitted(&tool, Value::Null), json!({}));
        assert_eq!(
            fitted(&tool, json!({"input": {"a": 1}})),
            json!({"input": {"a": 1}})
        );
        tool.parameters = Some(json!({"type": "object", "properties": {
            "count": {"type": "integer"}, "name": {"type": "string"}, "kind": {"enum": ["a", 1]},
            "maybe": {"type": ["string", "null"]}, "tags": {"type": "array", "items": {"type": "string"}},
        }, "required": ["count"]}));
        for (written, expected) in [
            (json!("{\"count\":\"2\"}"), json!({"count": 2})),
            (json!({"input": {"count": "2"}}), json!({"count": 2})),
            (
                json!({"count": 1, "tags": "[\"x\"]"}),
                json!({"count": 1, "tags": ["x"]}),
            ),
            (
                json!({"count": 1, "name": null, "maybe": null}),
                json!({"count": 1, "maybe": null}),
            ),
        ] {
            assert_eq!(fitted(&tool, written), expected);
        }
        for kept in [
            json!({"count": "two", "name": ""}),
            json!({"count": 1, "more": {"x": null}, "none": null}),
            json!({"count": null}),
            json!({"name": [1], "tags": {"x": 1}}),
            json!({"input": {"other": 1}}),
            json!({"count": 1, "kind": "b"}),
            json!({}),
        ] {
            assert_eq!(fitted(&tool, kept.clone()), kept);
        }
        assert_eq!(fitted(&tool, json!([1])), json!([1]));
    }
}
