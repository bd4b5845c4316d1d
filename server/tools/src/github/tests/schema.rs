//! What GitHub's published description of its API says about the bodies of requests: fields, their types, which are required.

use serde_json::Value;

/// The type of a field.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    Text,
    Truth,
    Id,
    IdOrNull,
    OneOf(&'static [&'static str]),
    Ids,
    Objects(&'static [Field]),
    Object(&'static [Field]),
}

/// A field: its name, its type, whether it is required.
pub(super) type Field = (&'static str, Kind, bool);

pub(super) const BLOB: &[Field] = &[
    ("content", Kind::Text, true),
    ("encoding", Kind::OneOf(&["utf-8", "base64"]), false),
];

pub(super) const TREE: &[Field] = &[
    ("base_tree", Kind::Id, false),
    (
        "tree",
        Kind::Objects(&[
            ("path", Kind::Text, true),
            (
                "mode",
                Kind::OneOf(&["100644", "100755", "040000", "160000", "120000"]),
                true,
            ),
            ("type", Kind::OneOf(&["blob", "tree", "commit"]), true),
            ("sha", Kind::IdOrNull, false),
            ("content", Kind::Text, false),
        ]),
        true,
    ),
];

pub(super) const COMMIT: &[Field] = &[
    ("message", Kind::Text, true),
    ("tree", Kind::Id, true),
    ("parents", Kind::Ids, false),
    (
        "author",
        Kind::Object(&[
            ("name", Kind::Text, true),
            ("email", Kind::Text, true),
            ("date", Kind::Text, false),
        ]),
        false,
    ),
];

pub(super) const NEW_REF: &[Field] = &[("ref", Kind::Text, true), ("sha", Kind::Id, true)];

pub(super) const MOVED_REF: &[Field] = &[("sha", Kind::Id, true), ("force", Kind::Truth, false)];

pub(super) const PULL: &[Field] = &[
    ("title", Kind::Text, true),
    ("body", Kind::Text, false),
    ("head", Kind::Text, true),
    ("base", Kind::Text, true),
    ("draft", Kind::Truth, false),
];

/// Panics where a body does not fit.
#[track_caller]
pub(super) fn check(body: &Value, fields: &[Field]) {
    let object = body
        .as_object()
        .unwrap_or_else(|| panic!("no object: {body}"));
    for name in object.keys() {
        assert!(
            fields.iter().any(|(known, ..)| known == name),
            "unknown field {name}"
        );
    }
    for (name, kind, is_required) in fields {
        match object.get(*name) {
            None => assert!(!is_required, "{name} is missing"),
            Some(value) => assert!(fits(value, *kind), "{name} is {value}"),
        }
    }
}

fn fits(value: &Value, kind: Kind) -> bool {
    match kind {
        Kind::Text => value.is_string(),
        Kind::Truth => value.is_boolean(),
        Kind::Id => is_id(value),
        Kind::IdOrNull => value.is_null() || is_id(value),
        Kind::OneOf(words) => value.as_str().is_some_and(|word| words.contains(&word)),
        Kind::Ids => value.as_array().is_some_and(|ids| ids.iter().all(is_id)),
        Kind::Objects(fields) => {
            let objects = value.as_array().unwrap();
            objects.iter().for_each(|object| check(object, fields));
            true
        }
        Kind::Object(fields) => {
            check(value, fields);
            true
        }
    }
}

fn is_id(value: &Value) -> bool {
    let text = value.as_str().unwrap_or_default();
    text.len() == 40 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}
