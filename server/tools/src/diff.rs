//! `diff`: compares two files, or two versions of a file.

use serde_json::json;
use workspace::{FilePath, Hash, Side};

use super::{
    ApprovalRule, ToolContext, ToolDone, ToolFailure,
    schema::input,
    tool::{Room, Tool, say},
};

/// The tool.
#[derive(Debug)]
pub(super) struct Diff;

input! {
    struct Input {
        /// The file, in its present version.
        path: String,
        /// The hash of an earlier version of the same file, to compare with.
        hash: Option<String>,
        /// Another file to compare with.
        other: Option<String>,
        /// Compare with the commit that the repository was opened at.
        base: Option<bool>,
    }
}

impl Tool for Diff {
    type Input = Input;

    const NAME: &'static str = "diff";

    const DESCRIPTION: &'static str = "Compares a text file of the workspace with an earlier version of \
        it, with another file, or with the commit of the opened repository, as a unified diff. Give `hash`, `other` or `base`. Lines with + are those of the present file.";

    const APPROVAL: ApprovalRule = ApprovalRule::Never;

    fn run(&self, input: Input, context: &ToolContext<'_>) -> Result<ToolDone, ToolFailure> {
        let path = FilePath::parse(&input.path)?;
        let is_of_base = input.base.unwrap_or(false);
        let old = match (input.hash, input.other) {
            (None, None) if is_of_base => return of_base(&path, context),
            (Some(_), _) | (_, Some(_)) if is_of_base => return Err(choose()),
            (Some(hash), None) => Side::Version {
                path: path.clone(),
                hash: Hash::stated(hash),
            },
            (None, Some(other)) => Side::File(FilePath::parse(&other)?),
            (None, None) | (Some(_), Some(_)) => {
                return Err(choose());
            }
        };
        let diff = context.workspace.diff(&old, &Side::File(path.clone()))?;
        Ok(shown(&path, &diff))
    }
}

fn choose() -> ToolFailure {
    ToolFailure::Explained("Give either `hash`, `other` or `base`.".to_owned())
}

/// How a file differs from the commit that the repository was opened at.
fn of_base(path: &FilePath, context: &ToolContext<'_>) -> Result<ToolDone, ToolFailure> {
    let workspace = &context.workspace;
    let changes = workspace.differences()?.changes;
    let change = changes.iter().find(|change| change.path == *path);
    if let Some(change) = change {
        return Ok(shown(path, &workspace.diff_of_base(change)?));
    }
    if workspace.base_has(path)? {
        return Ok(shown(path, &workspace::Diff::default()));
    }
    Err(ToolFailure::Explained(format!(
        "The commit of the opened repository has no {path}, and nothing in the workspace that a pull request would bring."
    )))
}

fn shown(path: &FilePath, diff: &workspace::Diff) -> ToolDone {
    let text = Room::of_output().beginning_of(&diff.text);
    let mut output = json!({
        "path": path.as_str(),
        "added": diff.added,
        "removed": diff.removed,
        "diff": text,
    });
    let is_cut = diff.cut || text.len() < diff.text.len();
    let more = "The end of the diff is omitted: read the file to see the rest.";
    say(&mut output, "more", is_cut.then(|| more.to_owned()));
    ToolDone::with(output)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::{Bench, hash};

    #[test]
    fn versions_and_files_are_compared() {
        let bench = Bench::with(&[("a", "one\n"), ("b", "two\n")]);
        bench.put("a", "one\ntwo\n");
        let since = bench.output("diff", json!({"path": "a", "hash": hash("one\n")}));
        let expected =
            json!({"path": "a", "added": 1, "removed": 0, "diff": "@@ -1 +1,2 @@\n one\n+two\n"});
        assert_eq!(since, expected);
        let other = bench.output("diff", json!({"path": "a", "other": "b"}));
        assert_eq!(other["diff"], "@@ -1 +1,2 @@\n+one\n two\n");
    }

    #[test]
    fn failed_comparisons_are_explained() {
        let bench = Bench::with(&[("a", "one\n"), ("b", "\0")]);
        let refused = |input| bench.refused("diff", input);
        assert!(refused(json!({"path": "a"})).contains("either"));
        assert!(refused(json!({"path": "a", "hash": "1", "other": "b"})).contains("either"));
        assert!(refused(json!({"path": "a", "hash": "1"})).contains("no version"));
        assert!(refused(json!({"path": "a", "other": "b"})).contains("binary"));
    }

    #[test]
    fn a_long_diff_is_cut_and_that_is_said() {
        let long: String = (0..9_000).map(|n| format!("{n}\n")).collect();
        let bench = Bench::with(&[("a", ""), ("b", &long)]);
        let output = bench.output("diff", json!({"path": "b", "other": "a"}));
        assert_eq!(output["added"], 9_000);
        assert!(output["more"].is_string());
    }
}
