//! `delete`: deletes a file, or a directory with its content.

use serde_json::json;
use workspace::{Expect, FilePath, Hash};

use super::{ApprovalRule, ToolContext, ToolDone, ToolFailure, schema::input, tool::Tool};

/// The tool.
#[derive(Debug)]
pub(super) struct Delete;

input! {
    struct Input {
        /// The path of the file or directory, such as src/old.rs.
        path: String,
        /// The hash returned when the file was read: the call is refused if the file has changed since. Omit it to
        /// delete the file whatever it contains.
        hash: Option<String>,
    }
}

impl Tool for Delete {
    type Input = Input;

    const NAME: &'static str = "delete";

    const DESCRIPTION: &'static str =
        "Deletes a file of the workspace, or a directory with all its content.";

    const APPROVAL: ApprovalRule = ApprovalRule::ForEdits;

    fn run(&self, input: Input, context: &ToolContext<'_>) -> Result<ToolDone, ToolFailure> {
        let path = FilePath::parse(&input.path)?;
        let expect = input.hash.map_or(Expect::Anything, |hash| {
            Expect::Content(vec![Hash::stated(hash)])
        });
        let deleted = context.workspace.delete(&path, &expect)?;
        Ok(ToolDone::with(json!({
            "path": path.as_str(),
            "files": deleted.files,
            "directories": deleted.directories,
        })))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::{Bench, hash};

    #[test]
    fn files_and_directories_are_deleted() {
        let bench = Bench::with(&[("a", "1"), ("src/b", "2"), ("src/in/c", "3")]);
        let output = bench.output("delete", json!({"path": "a", "hash": hash("1")}));
        assert_eq!(output, json!({"path": "a", "files": 1, "directories": 0}));
        let output = bench.output("delete", json!({"path": "src"}));
        assert_eq!(output, json!({"path": "src", "files": 2, "directories": 2}));
        assert_eq!(bench.text("src/b"), None);
    }

    #[test]
    fn failed_deletions_are_explained() {
        let bench = Bench::with(&[("a", "1")]);
        assert!(
            bench
                .refused("delete", json!({"path": "b"}))
                .contains("there is no b")
        );
        assert!(
            bench
                .refused("delete", json!({"path": "/"}))
                .contains("root")
        );
        let changed = bench.refused("delete", json!({"path": "a", "hash": hash("0")}));
        assert!(changed.contains("not the file that was read"), "{changed}");
        assert_eq!(bench.text("a").as_deref(), Some("1"));
    }

    #[test]
    fn a_preview_names_the_files_of_a_directory_and_counts_the_rest() {
        let bench = Bench::new();
        let text = "line\n".repeat(1_000);
        for number in 0..60 {
            bench.put(&format!("src/{number:02}"), &text);
        }
        let preview = bench.preview("delete", &json!({"path": "src"}));
        assert_eq!((preview.changes.len(), preview.more), (50, 10));
        assert_eq!(preview.paths.len(), 61, "with the directory");
        assert!(preview.changes.iter().all(|change| change.removed == 1_000));
        let diffs: usize = preview
            .changes
            .iter()
            .filter_map(|change| change.diff.as_ref())
            .map(String::len)
            .sum();
        assert!((40_000..52_000).contains(&diffs), "{diffs}");
        let gone = bench.no_preview("delete", &json!({"path": "lib"}));
        assert!(gone.contains("there is no lib"), "{gone}");
    }

    #[test]
    fn a_preview_has_no_diff_of_what_is_no_text() {
        let bench = Bench::with(&[("a", "\0"), ("dir/b", "")]);
        let preview = bench.preview("delete", &json!({"path": "a"}));
        assert_eq!(preview.changes[0].diff, None);
        bench.output("delete", json!({"path": "dir/b"}));
        let preview = bench.preview("delete", &json!({"path": "dir"}));
        let paths: Vec<&str> = preview
            .changes
            .iter()
            .map(|change| change.path.as_str())
            .collect();
        assert_eq!(paths, ["dir"], "an empty directory is named");
    }
}
