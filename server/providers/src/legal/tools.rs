//! Rules for tool schemas.

use std::{borrow::Cow, collections::HashSet};

use common::tool::ToolSchema;
use serde_json::{Map, Value, json};

use super::{LeftOut, Target, names};
use crate::ModelRequest;

/// The maximum number of tools in a request.
const MOST: usize = 128;

/// Drops tools with illegal or duplicate names, and repairs the schemas of the others.
pub(super) fn legal_schemas(
    request: &mut ModelRequest,
    target: &Target<'_>,
    left_out: &mut Vec<LeftOut>,
) {
    if target.abilities.tools == Some(false) {
        request.tools.clear();
    }
    let mut seen = HashSet::new();
    let mut refuse = |name: &str, why: &str| {
        left_out.push(LeftOut {
            origin: None,
            what: format!("The tool {name:?} was not sent: {why}."),
        });
        false
    };
    request.tools.retain(|tool| {
        if !names::is_legal(&tool.name) {
            refuse(&tool.name, "models take names of letters, digits, _ and -")
        } else if seen.len() == MOST {
            refuse(&tool.name, "models take 128 tools")
        } else {
            seen.insert(tool.name.clone()) || refuse(&tool.name, "another tool has this name")
        }
    });
    for tool in &mut request.tools {
        if !is_legal(&tool.parameters) {
            let parameters = legal_object(&tool.parameters);
            *tool = Cow::Owned(ToolSchema {
                parameters,
                ..tool.clone().into_owned()
            });
        }
    }
}

fn is_legal(schema: &Value) -> bool {
    schema.get("type").is_some_and(|kind| kind == "object")
        && schema.get("properties").is_some_and(Value::is_object)
        && lists_have_items(schema)
}

fn lists_have_items(schema: &Value) -> bool {
    match schema {
        Value::Object(fields) => {
            let is_list = fields.get("type").is_some_and(|kind| kind == "array");
            (!is_list || fields.contains_key("items")) && fields.values().all(lists_have_items)
        }
        Value::Array(items) => items.iter().all(lists_have_items),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => true,
    }
}

fn legal_object(schema: &Value) -> Value {
    let mut fields = match schema {
        Value::Object(fields) if fields.get("type").is_none_or(|kind| kind == "object") => {
            fields.clone()
        }
        Value::Object(_)
        | Value::Null
        | Value::Bool(_)
        | Value::Number(_)
        | Value::String(_)
        | Value::Array(_) => Map::new(),
    };
    fields.insert("type".to_owned(), "object".into());
    if !fields.get("properties").is_some_and(Value::is_object) {
        fields.insert("properties".to_owned(), json!({}));
    }
    let mut schema = Value::Object(fields);
    add_items(&mut schema);
    schema
}

fn add_items(schema: &mut Value) {
    match schema {
        Value::Object(fields) => {
            if fields.get("type").is_some_and(|kind| kind == "array") {
                fields
                    .entry("items")
                    .or_insert_with(|| json!({"type": "string"}));
            }
            fields.values_mut().for_each(add_items);
        }
        Value::Array(items) => items.iter_mut().for_each(add_items),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tool(name: &str, parameters: Value) -> Cow<'static, ToolSchema> {
        Cow::Owned(ToolSchema {
            name: name.to_owned(),
            description: String::new(),
            parameters,
        })
    }

    fn legal(tools: Vec<Cow<'static, ToolSchema>>) -> (Vec<Cow<'static, ToolSchema>>, Vec<String>) {
        let mut request = ModelRequest {
            tools,
            ..ModelRequest::default()
        };
        let mut left_out = Vec::new();
        legal_schemas(&mut request, &Target::default(), &mut left_out);
        let words = left_out.into_iter().map(|left_out| left_out.what);
        (request.tools, words.collect())
    }

    #[test]
    fn the_input_of_a_tool_is_an_object_whose_lists_have_items() {
        let empty = json!({"type": "object", "properties": {}});
        let list = json!({"type": "object", "properties": {"a": {"type": "array"}}});
        let mended = json!({"type": "object", "properties": {"a": {"type": "array", "items": {"type": "string"}}}});
        for (parameters, expected) in [
            (empty.clone(), empty.clone()),
            (json!({}), empty.clone()),
            (Value::Null, empty.clone()),
            (json!({"type": "string"}), empty.clone()),
            (json!({"type": "object"}), empty),
            (list, mended),
        ] {
            let (tools, left_out) = legal(vec![tool("a", parameters)]);
            assert_eq!(tools[0].parameters, expected);
            assert!(left_out.is_empty());
        }
    }

    #[test]
    fn tools_that_cannot_be_called_are_left_out() {
        let names = ["a", "a b", "a", "", "1a"];
        let mut tools: Vec<_> = names.iter().map(|name| tool(name, Value::Null)).collect();
        tools.extend((0..200).map(|number| tool(&format!("t{number}"), Value::Null)));
        let (tools, left_out) = legal(tools);
        assert_eq!(tools.len(), MOST);
        assert_eq!(left_out.len(), 4 + 200 - 127);
        assert!(
            left_out[1].contains("another tool has this name"),
            "{left_out:?}"
        );
    }
}
