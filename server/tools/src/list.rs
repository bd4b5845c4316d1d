//! `list`: lists a directory.

use serde_json::{Value, json};
use workspace::{FilePath, Kind, Stat, What};

use super::{
    ApprovalRule, ToolContext, ToolDone, ToolFailure,
    schema::input,
    tool::{Room, Tool, path_or_root, say},
};

/// The tool.
#[derive(Debug)]
pub(super) struct List;

input! {
    struct Input {
        /// The directory, such as src. The default is the root of the workspace.
        path: Option<String>,
        /// The `next` of the previous call, to continue.
        after: Option<String>,
    }
}

impl Tool for List {
    type Input = Input;

    const NAME: &'static str = "list";

    const DESCRIPTION: &'static str = "Lists a directory of the workspace: files with their size, and \
        directories, whose names end with a slash. It does not list subdirectories: use `find` for that.";

    const APPROVAL: ApprovalRule = ApprovalRule::Never;

    fn run(&self, input: Input, context: &ToolContext<'_>) -> Result<ToolDone, ToolFailure> {
        let path = path_or_root(input.path.as_deref())?;
        let after = input.after.as_deref().map(FilePath::parse).transpose()?;
        let listing = context.workspace.list(&path, after.as_ref())?;
        let mut room = Room::of_output();
        let mut entries = Vec::new();
        let (mut next, mut last) = (listing.next, None);
        for stat in listing.entries {
            let entry = reported(&stat);
            if !room.takes(&entry) {
                next = last;
                break;
            }
            entries.push(entry);
            last = Some(stat.path);
        }
        let mut output = json!({"path": path.to_string(), "entries": entries});
        say(&mut output, "next", next.map(|path| path.to_string()));
        Ok(ToolDone::with(output))
    }
}

fn reported(stat: &Stat) -> Value {
    let name = stat.path.name();
    match &stat.what {
        What::Directory => json!({"name": format!("{name}/")}),
        What::File(file) => match file.kind {
            Kind::Text { lines, encoding } if encoding.is_plain() => {
                json!({"name": name, "size": file.size, "lines": lines})
            }
            Kind::Text { lines, encoding } => {
                json!({"name": name, "size": file.size, "lines": lines, "encoding": encoding.name()})
            }
            Kind::Binary => json!({"name": name, "size": file.size, "binary": true}),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::Bench;

    #[test]
    fn files_and_directories_are_distinguished() {
        let bench = Bench::with(&[("a.txt", "1\n2\n"), ("src/b.rs", "")]);
        bench.put("c.bin", "\0");
        let expected = json!({"path": "/", "entries": [
            {"name": "a.txt", "size": 4, "lines": 2},
            {"name": "c.bin", "size": 1, "binary": true},
            {"name": "src/"},
        ]});
        assert_eq!(bench.output("list", json!({})), expected);
        let inside = bench.output("list", json!({"path": "/src/"}));
        assert_eq!(inside["entries"][0]["name"], "b.rs");
        assert!(
            bench
                .refused("list", json!({"path": "lib"}))
                .contains("there is no lib")
        );
        assert!(
            bench
                .refused("list", json!({"path": "a.txt"}))
                .contains("is a file")
        );
        assert!(
            bench
                .refused("list", json!({"path": "../x"}))
                .contains("from the root")
        );
    }

    #[test]
    fn a_long_list_is_gone_on_with() {
        let bench = Bench::new();
        let name = |number| format!("{number:04}-{}", "x".repeat(200));
        for number in 0..300 {
            bench.put(&name(number), "");
        }
        let mut seen = Vec::new();
        let mut input = json!({});
        loop {
            let output = bench.output("list", input);
            let entries = output["entries"].as_array().unwrap();
            assert!(!entries.is_empty());
            seen.extend(
                entries
                    .iter()
                    .map(|entry| entry["name"].as_str().unwrap().to_owned()),
            );
            let Some(next) = output["next"].as_str() else {
                break;
            };
            input = json!({"after": next});
        }
        assert_eq!(seen, (0..300).map(name).collect::<Vec<_>>());
    }
}
