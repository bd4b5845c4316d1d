//! `move`: moves or renames a file or directory.

use serde_json::json;
use workspace::FilePath;

use super::{
    ApprovalRule, ToolContext, ToolDone, ToolFailure,
    schema::input,
    tool::{Tool, note_of, say},
};

/// The tool.
#[derive(Debug)]
pub(super) struct Move;

input! {
    struct Input {
        /// The present path of the file or directory.
        from: String,
        /// The new path, including the name. It must not exist; missing directories are created.
        to: String,
    }
}

impl Tool for Move {
    type Input = Input;

    const NAME: &'static str = "move";

    const DESCRIPTION: &'static str =
        "Moves or renames a file of the workspace, or a directory with all its content.";

    const APPROVAL: ApprovalRule = ApprovalRule::ForEdits;

    fn run(&self, input: Input, context: &ToolContext<'_>) -> Result<ToolDone, ToolFailure> {
        let (from, to) = (FilePath::parse(&input.from)?, FilePath::parse(&input.to)?);
        let moved = context.workspace.move_(&from, &to)?;
        let mut output =
            json!({"from": from.as_str(), "to": moved.to.as_str(), "files": moved.files});
        say(&mut output, "note", note_of(&moved.twins));
        Ok(ToolDone::with(output))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::Bench;

    #[test]
    fn files_and_directories_are_moved() {
        let bench = Bench::with(&[("a", "1"), ("src/b", "2"), ("src/c", "3")]);
        let output = bench.output("move", json!({"from": "a", "to": "new/A"}));
        assert_eq!(output, json!({"from": "a", "to": "new/A", "files": 1}));
        assert_eq!(
            bench.output("move", json!({"from": "src", "to": "lib"}))["files"],
            2
        );
        assert_eq!(
            (bench.text("lib/c"), bench.text("src/c")),
            (Some("3".to_owned()), None)
        );
    }

    #[test]
    fn failed_moves_are_explained() {
        let bench = Bench::with(&[("a", "1"), ("b", "2"), ("src/c", "")]);
        let refused = |from: &str, to: &str| bench.refused("move", json!({"from": from, "to": to}));
        assert!(refused("a", "b").contains("b exists"));
        assert!(refused("z", "y").contains("there is no z"));
        assert!(refused("src", "src/in").contains("inside"));
        assert!(refused("/", "x").contains("root"));
    }

    #[test]
    fn a_preview_tells_where_everything_goes() {
        let bench = Bench::with(&[("src/a", "1"), ("src/b", "1"), ("src/deep/c", "2")]);
        let preview = bench.preview("move", &json!({"from": "src", "to": "lib/src"}));
        let moves: Vec<(&str, &str)> = preview
            .changes
            .iter()
            .map(|change| (change.path.as_str(), change.to.as_deref().unwrap()))
            .collect();
        let expected = [
            ("src/a", "lib/src/a"),
            ("src/b", "lib/src/b"),
            ("src/deep/c", "lib/src/deep/c"),
        ];
        assert_eq!(moves, expected);
        let names = |path: &str| preview.paths.iter().any(|named| named.as_str() == path);
        assert!(names("src") && names("src/deep/c") && names("lib/src/a"));
        assert!(!names("lib"), "it is made for what is in it");
        let taken = json!({"from": "src/a", "to": "src/b"});
        assert!(bench.no_preview("move", &taken).contains("exists"));
    }
}
