//! `wrangler.jsonc`, the shim and the Rust sources use one class name and one binding. Without this test, a difference
//! would only show when a deployment fails or an address no longer matches.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a test ends with a panic, also outside of its function"
)]

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde_json::Value;
use server::config::settings::is_read_by_worker;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the server lies in a cargo workspace")
        .to_path_buf()
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn config() -> Value {
    serde_json::from_str(&without_comments(&read("wrangler.jsonc")))
        .expect("wrangler.jsonc is JSON with comments")
}

/// Drops `// ...` outside of strings; the file uses no other comments.
fn without_comments(text: &str) -> String {
    text.lines()
        .map(|line| line.get(..comment_start(line)).unwrap_or(line))
        .collect::<Vec<_>>()
        .join("\n")
}

fn comment_start(line: &str) -> usize {
    let (mut in_string, mut escaped, mut slash) = (false, false, false);
    for (at, letter) in line.char_indices() {
        match letter {
            '"' if !escaped => in_string = !in_string,
            '/' if slash && !in_string => return at - 1,
            _ => {}
        }
        escaped = letter == '\\' && !escaped;
        slash = letter == '/';
    }
    line.len()
}

/// The names of the structs that are Durable Objects.
fn exported_classes() -> Vec<String> {
    let mut open = vec![root().join("server/src/edge")];
    let mut found = Vec::new();
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).expect("the edge's folder is readable") {
            let path = entry.expect("the edge's folder is readable").path();
            if path.is_dir() {
                open.push(path);
            } else {
                found.extend(classes_in(
                    &fs::read_to_string(&path).expect("a source file is text"),
                ));
            }
        }
    }
    found
}

fn classes_in(source: &str) -> Vec<String> {
    let mut marked = false;
    let mut found = Vec::new();
    for line in source.lines().map(str::trim) {
        if line.starts_with("#[durable_object") || line.starts_with("#[worker::durable_object") {
            marked = true;
        } else if let (true, Some((_, declared))) = (marked, line.split_once("struct ")) {
            found.push(
                declared
                    .chars()
                    .take_while(|letter| letter.is_alphanumeric())
                    .collect(),
            );
            marked = false;
        }
    }
    found
}

#[test]
fn binding_and_class_agree_with_the_exported_class() {
    let config = config();
    let expected = serde_json::json!([
        { "name": "coderagent", "class_name": "CoderAgent" },
        { "name": "accounts", "class_name": "Accounts" },
        { "name": "directory", "class_name": "Directory" },
    ]);
    assert_eq!(config.pointer("/durable_objects/bindings"), Some(&expected));
    let mut classes = exported_classes();
    classes.sort();
    assert_eq!(classes, ["Accounts", "CoderAgent", "Directory"]);
    let shim = read("server/shim/index.js");
    for class in classes {
        assert!(
            shim.contains(&format!("export class {class} extends RustObject")),
            "the shim exports {class}"
        );
    }
}

#[test]
fn every_class_has_a_sqlite_migration() {
    let config = config();
    for (at, class) in ["CoderAgent", "Accounts", "Directory"].iter().enumerate() {
        assert_eq!(
            config.pointer(&format!("/migrations/{at}/new_sqlite_classes")),
            Some(&serde_json::json!([class]))
        );
    }
}

#[test]
fn every_variable_is_text() {
    let config = config();
    let vars = config
        .get("vars")
        .and_then(Value::as_object)
        .expect("wrangler.jsonc has vars");
    for (name, value) in vars {
        assert!(value.is_string(), "{name} is text");
        assert!(is_read_by_worker(name), "{name} is a setting");
    }
}

#[test]
fn the_wire_is_that_of_the_packages_that_are_tested() {
    let packages: Value = serde_json::from_str(&read("end2end/interop/package.json"))
        .expect("the packages are listed as JSON");
    for (package, version) in common::frame::WIRE {
        let tested = packages
            .get("devDependencies")
            .and_then(|all| all.get(package));
        assert_eq!(tested.and_then(Value::as_str), Some(version), "{package}");
    }
}

#[test]
fn comments_are_distinguished_from_addresses() {
    assert_eq!(
        without_comments(r#"{ "a": "http://b" } // c"#),
        r#"{ "a": "http://b" } "#
    );
}
