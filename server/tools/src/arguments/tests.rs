//! Typical mistakes of models and their correction: for single values, and for each field of each tool.

use serde_json::{Value, json};

use super::*;
use crate::own_schemas;

/// A schema with one field of each type.
fn schema() -> Value {
    let text = json!({"type": "string", "description": "The file, such as src/a.rs."});
    let item = json!({
        "type": "object",
        "properties": {"old": {"type": "string"}, "all": {"type": "boolean"}},
        "required": ["old"],
        "additionalProperties": false,
    });
    json!({
        "type": "object",
        "properties": {
            "path": text,
            "first_line": {"type": "integer", "minimum": 0, "description": "Counted from 1."},
            "ratio": {"type": "number"},
            "whole_word": {"type": "boolean"},
            "status": {"type": "string", "enum": ["open", "in_progress"]},
            "names": {"type": "array", "items": {"type": "string"}},
            "edits": {"type": "array", "items": item},
            "one": item,
        },
        "required": ["path"],
        "additionalProperties": false,
    })
}

/// Checks the correction of a field next to the path; `None` when it is dropped.
#[track_caller]
fn check(field: &str, written: Value, expected: Option<Value>) {
    let input = json!({"path": "a", field: written});
    let mut wanted = json!({"path": "a"});
    if let Some(expected) = expected {
        wanted[field] = expected;
    }
    assert_eq!(
        fit(&schema(), input).map_err(|misfit| misfit.to_string()),
        Ok(wanted)
    );
}

#[track_caller]
fn refused(input: Value) -> String {
    fit(&schema(), input).unwrap_err().to_string()
}

#[test]
fn a_value_of_another_type_with_one_meaning_fits() {
    for (field, written, expected) in [
        ("first_line", json!("2"), json!(2)),
        ("first_line", json!(2.0), json!(2)),
        ("first_line", json!("2.0"), json!(2)),
        ("first_line", json!(" 2 "), json!(2)),
        ("first_line", json!(u64::MAX), json!(u64::MAX)),
        ("first_line", json!(u64::MAX.to_string()), json!(u64::MAX)),
        ("ratio", json!("1.5"), json!(1.5)),
        ("ratio", json!("-3"), json!(-3)),
        ("whole_word", json!("true"), json!(true)),
        ("whole_word", json!("False"), json!(false)),
        ("whole_word", json!(" TRUE"), json!(true)),
        ("whole_word", json!("no"), json!(false)),
        ("whole_word", json!(1), json!(true)),
        ("whole_word", json!("0"), json!(false)),
        ("path", json!(5), json!("5")),
        ("path", json!(-5), json!("-5")),
        ("path", json!(true), json!("true")),
        ("path", json!(""), json!("")),
        ("path", json!("null"), json!("null")),
        ("path", json!("{\"a\": 1}"), json!("{\"a\": 1}")),
        ("path", json!("\"a\""), json!("\"a\"")),
        ("status", json!("Open"), json!("open")),
        ("status", json!("in-progress"), json!("in_progress")),
        ("status", json!("inProgress"), json!("in_progress")),
        ("names", json!("[\"a\", \"b\"]"), json!(["a", "b"])),
        ("names", json!("\"[\\\"a\\\"]\""), json!(["a"])),
        ("names", json!("a"), json!(["a"])),
        ("names", json!(5), json!(["5"])),
        ("names", json!(["a", 1]), json!(["a", "1"])),
        ("names", json!([]), json!([])),
        ("names", json!("[]"), json!([])),
        ("edits", json!({"old": "a"}), json!([{"old": "a"}])),
        ("edits", json!("{\"old\": \"a\"}"), json!([{"old": "a"}])),
        ("edits", json!(["{\"old\": \"a\"}"]), json!([{"old": "a"}])),
        (
            "edits",
            json!("[{\"old\": 1, \"all\": \"true\"}]"),
            json!([{"old": "1", "all": true}]),
        ),
        (
            "edits",
            json!([{"Old": "a", "all": null}]),
            json!([{"old": "a"}]),
        ),
        ("one", json!("{\"old\": \"a\"}"), json!({"old": "a"})),
        ("one", json!([{"old": "a"}]), json!({"old": "a"})),
    ] {
        check(field, written, Some(expected));
    }
}

#[test]
fn an_optional_field_without_a_value_is_left_out() {
    let properties = schema()["properties"].clone();
    for field in properties
        .as_object()
        .unwrap()
        .keys()
        .filter(|name| *name != "path")
    {
        check(field, Value::Null, None);
        check(field, json!(""), None);
        if !["status"].contains(&field.as_str()) {
            for word in ["null", "None", " ", "undefined"] {
                check(field, json!(word), None);
            }
        }
    }
    let other = json!({"type": "object", "properties": {"hash": {"type": "string"}}});
    let fitted = fit(&other, json!({"hash": "null"}));
    assert_eq!(fitted, Ok(json!({"hash": "null"})), "it may be the text");
}

#[test]
fn meaningless_and_ambiguous_values_do_not_fit() {
    for (field, written) in [
        ("first_line", json!("two")),
        ("first_line", json!(2.5)),
        ("first_line", json!("2.5")),
        ("first_line", json!(-1)),
        ("first_line", json!("-1")),
        ("first_line", json!("1,000")),
        ("first_line", json!("1.0.0")),
        ("first_line", json!(1e300)),
        ("first_line", json!(true)),
        ("first_line", json!([2])),
        ("ratio", json!("NaN")),
        ("ratio", json!("half")),
        ("whole_word", json!("perhaps")),
        ("whole_word", json!(2)),
        ("path", json!(1.5)),
        ("path", json!(1e30)),
        ("path", json!(["a"])),
        ("path", json!({"a": 1})),
        ("path", Value::Null),
        ("status", json!("later")),
        ("names", json!("a, b")),
        ("names", json!("a\nb")),
        ("names", json!("['a', 'b']")),
        ("names", json!({"0": "a"})),
        ("names", json!([null])),
        ("names", json!([["a"]])),
        ("edits", json!("replace a by b")),
        ("edits", json!([{"all": true}])),
        ("edits", json!([{"old": "a", "more": 1}])),
        ("one", json!([])),
        ("one", json!("x")),
        ("other", json!("x")),
    ] {
        let mut input = json!({"path": "a"});
        input[field] = written.clone();
        let reported = refused(input);
        assert!(
            reported.contains(&format!("`{field}")),
            "{field} {written}: {reported}"
        );
        assert!(reported.contains("\nArguments that fit: {"), "{reported}");
    }
}

#[test]
fn all_arguments_may_be_packed() {
    let plain = json!({"path": "a", "first_line": 2});
    let text = plain.to_string();
    for packed in [
        plain.clone(),
        json!(text),
        json!(json!(text).to_string()),
        json!([plain]),
        json!([text]).as_array().unwrap()[0].clone(),
        json!({"arguments": plain}),
        json!({"input": plain}),
        json!({"parameters": plain}),
        json!({"args": plain}),
        json!({"params": [plain]}),
        json!({"arguments": text}),
        json!({"input": {"arguments": plain}}),
        json!({"path": "a", "firstLine": "2"}),
        json!({"Path": "a", "first-line": 2}),
        json!({"file_path": "a", "FIRST_LINE": 2}),
        json!({"filePath": "a", "first line": 2, "unheard_of": null}),
        json!({"path": "a", "Path": null, "first_line": 2}),
    ] {
        let fitted = fit(&schema(), packed.clone());
        assert_eq!(fitted.as_ref(), Ok(&plain), "{packed}");
    }
    let optional = json!({"type": "object", "properties": {"under": {"type": "string"}}});
    for nothing in [
        json!({}),
        Value::Null,
        json!(""),
        json!("{}"),
        json!("null"),
        json!("None"),
        json!([]),
        json!({"arguments": {}}),
        json!({"input": null}),
        json!({"parameters": "{}"}),
    ] {
        assert_eq!(fit(&optional, nothing.clone()), Ok(json!({})), "{nothing}");
    }
    let has_input = json!({"type": "object", "properties": {"input": {"type": "object"}}});
    let own = json!({"input": {"a": 1}});
    assert!(
        fit(&has_input, own).is_err(),
        "a field of the schema is no wrapper"
    );
}

#[test]
fn names_that_may_mean_two_fields_mean_none() {
    for input in [
        json!({"path": "a", "file_path": "b"}),
        json!({"path": "a", "Path": "b"}),
        json!({"Path": "a", "PATH": "b"}),
        json!({"file_path": "a", "new_path": "b"}),
        json!({"path": "a", "line": 2}),
        json!({"path": "a", "first_line": 1, "firstLine": 2}),
        json!({"path": "a", "the_ratio": 1}),
    ] {
        let reported = refused(input);
        assert!(reported.contains("There is no field `"), "{reported}");
        assert!(reported.contains("`first_line`, "), "{reported}");
    }
}

#[test]
fn a_misfit_is_explained_in_the_words_of_the_schema() {
    let input =
        json!({"first_line": "two", "mode": "x", "edits": [{"old": "a"}, {"all": "maybe"}]});
    let expected = "The arguments do not fit this tool.\n\
        - `edits[1].all` is the string \"maybe\" and not a boolean.\n\
        - `edits[1].old` is missing: a string.\n\
        - `first_line` is the string \"two\" and not an integer of at least 0. Counted from 1.\n\
        - `path` is missing: a string. The file, such as src/a.rs.\n\
        - There is no field `mode`. The fields are `edits`, `first_line`, `names`, `one`, `path`, `ratio`, `status`, \
        `whole_word`.\n\
        Arguments that fit: {\"edits\":[{\"old\":\"<old>\"}],\"first_line\":1,\"path\":\"src/a.rs\"}";
    assert_eq!(refused(input), expected);
    let reported = refused(json!(["a", "b"]));
    assert!(
        reported.contains("- They are an array of 2 and not an object."),
        "{reported}"
    );
    let reported = refused(json!("just words"));
    assert!(
        reported.contains("- They are the string \"just words\" and not an object."),
        "{reported}"
    );
    let many = json!({"path": "a", "edits": vec![1; 100], "x".repeat(10_000): "é".repeat(100_000)});
    let reported = refused(many);
    assert!(
        reported.contains("- And 96 more.") && reported.len() < 2_000,
        "{reported}"
    );
}

/// Spellings of a value of a schema, each with its meaning.
fn spellings(field: &Value) -> Vec<(Value, Value)> {
    match scalar::wanted(field) {
        Wanted::Text if field.get("enum").is_some() => {
            let word = field["enum"][0].as_str().unwrap();
            vec![
                (json!(word.to_uppercase()), json!(word)),
                (json!(word), json!(word)),
            ]
        }
        Wanted::Text => vec![(json!(7), json!("7")), (json!("a"), json!("a"))],
        Wanted::Integer => [json!("3"), json!(3.0), json!("3.0"), json!(3)]
            .map(|written| (written, json!(3)))
            .to_vec(),
        Wanted::Boolean => [json!("true"), json!("True"), json!(true)]
            .map(|written| (written, json!(true)))
            .to_vec(),
        Wanted::List => {
            let items = spellings(&field["items"]);
            let mut lists: Vec<(Value, Value)> = items
                .iter()
                .map(|(written, item)| (json!([written]), json!([item])))
                .collect();
            lists.extend(
                lists
                    .clone()
                    .into_iter()
                    .map(|(list, fitted)| (json!(list.to_string()), fitted)),
            );
            lists.extend(
                items
                    .into_iter()
                    .map(|(written, item)| (written, json!([item]))),
            );
            lists
        }
        Wanted::Object => {
            let objects = objects(field);
            let texts = objects.clone().into_iter();
            let texts = texts.map(|(written, fitted)| (json!(written.to_string()), fitted));
            objects.iter().cloned().chain(texts).collect()
        }
        Wanted::Number | Wanted::Anything => panic!("no tool has a field of this kind: {field}"),
    }
}

/// Objects that fit a schema except for the spelling of one field.
fn objects(schema: &Value) -> Vec<(Value, Value)> {
    let required = required(schema);
    let plain = |skip: &str| -> Value {
        let fields = properties(schema).iter();
        let fields = fields.filter(|(name, _)| *name != skip && required.contains(&name.as_str()));
        fields
            .map(|(name, field)| {
                let (_, fitted) = spellings(field).pop().unwrap();
                (name.clone(), fitted)
            })
            .collect::<Map<String, Value>>()
            .into()
    };
    let mut objects = Vec::new();
    for (name, field) in properties(schema) {
        let upper = name.to_uppercase();
        for (written, fitted) in spellings(field) {
            for name_written in [name, &upper] {
                let (mut input, mut expected) = (plain(name), plain(name));
                input[name_written] = written.clone();
                expected[name] = fitted.clone();
                objects.push((input, expected));
            }
        }
        if !required.contains(&name.as_str()) {
            for nothing in [Value::Null, json!("")] {
                let mut input = plain(name);
                input[name] = nothing;
                objects.push((input, plain(name)));
            }
        }
    }
    objects
}

#[test]
fn each_field_of_each_tool_takes_each_spelling() {
    let mut count = 0;
    for tool in own_schemas() {
        for (input, expected) in objects(&tool.parameters) {
            for packed in [
                input.clone(),
                json!(input.to_string()),
                json!({"arguments": input}),
            ] {
                let fitted = fit(&tool.parameters, packed.clone());
                assert_eq!(fitted.as_ref(), Ok(&expected), "{}: {packed}", tool.name);
                count += 1;
            }
            let again = fit(&tool.parameters, expected.clone());
            assert_eq!(again, Ok(expected), "{}: what fits stays", tool.name);
        }
    }
    assert!(count > 500, "{count}");
}

#[test]
fn each_required_field_of_each_tool_is_missed_and_the_example_fits() {
    for tool in own_schemas() {
        for name in required(&tool.parameters) {
            let reported = fit(&tool.parameters, json!({})).unwrap_err().to_string();
            assert!(
                reported.contains(&format!("- `{name}` is missing: ")),
                "{reported}"
            );
            let (_, example) = reported.rsplit_once("Arguments that fit: ").unwrap();
            let example: Value = serde_json::from_str(example).unwrap();
            assert_eq!(fit(&tool.parameters, example.clone()), Ok(example));
        }
        let reported = fit(&tool.parameters, json!({"unheard_of": 1}));
        let reported = reported.unwrap_err().to_string();
        for name in properties(&tool.parameters).keys() {
            assert!(reported.contains(&format!("`{name}`")), "{reported}");
        }
    }
}
