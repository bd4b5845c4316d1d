//! Writes the reference of all settings: `docs/configuration.md` for people, `scripts/settings.json` for the scripts.
//! A test fails when they are outdated; with `UPDATE=1` it writes them.

use std::{fmt::Write as _, fs, path::PathBuf};

use serde_json::{Map, Value};

use super::settings::{GROUPS, Reader};

const INTRODUCTION: &str = "\
# Configuration

Every setting is a variable. `npm start` and `npm run dev` read it from the environment, else from a file `.dev.vars` in the
project's folder (`NAME=value`, a line each). A deployment reads it from `vars` in
[`wrangler.jsonc`](../wrangler.jsonc); secrets never go there: `npx wrangler secret put NAME`.

An empty value counts as not set. A value that cannot work stops answers, not the server: `/health` and the page say which
setting it is and what it must be.

This page is written from the table in [`server/src/config/settings.rs`](../server/src/config/settings.rs) by
`UPDATE=1 cargo test --package server reference`.
";

fn markdown() -> String {
    let mut page = INTRODUCTION.to_owned();
    for group in GROUPS {
        let _ = write!(
            page,
            "\n## {}\n\n| setting | what it does | default |\n|---|---|---|\n",
            group.title
        );
        for setting in group.settings {
            let secret = match setting.reader {
                Reader::WorkerSecret => " A secret.",
                Reader::Worker | Reader::Scripts => "",
            };
            let _ = writeln!(
                page,
                "| `{}` | {}{secret} | {} |",
                setting.name, setting.about, setting.default
            );
        }
    }
    page
}

fn json() -> String {
    let readers = [
        ("worker", Reader::Worker),
        ("secret", Reader::WorkerSecret),
        ("scripts", Reader::Scripts),
    ];
    let names = |reader| -> Value {
        let settings = GROUPS.iter().flat_map(|group| group.settings);
        let names = settings.filter(|setting| setting.reader == reader);
        names.map(|setting| Value::from(setting.name)).collect()
    };
    let lists = readers.map(|(key, reader)| (key.to_owned(), names(reader)));
    let lists: Map<String, Value> = lists.into_iter().collect();
    let mut text = serde_json::to_string_pretty(&Value::from(lists)).unwrap();
    text.push('\n');
    text
}

#[test]
fn the_reference_is_what_the_table_says() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
    for (file, expected) in [
        ("docs/configuration.md", markdown()),
        ("scripts/settings.json", json()),
    ] {
        let path = root.join(file);
        if std::env::var_os("UPDATE").is_some() {
            fs::write(&path, &expected).unwrap();
        }
        let found = fs::read_to_string(&path).unwrap_or_default();
        assert!(
            found == expected,
            "{file} is stale; run `UPDATE=1 cargo test --package server reference`"
        );
    }
}
