//! `edit`: replaces text in a file.

use serde_json::json;
use workspace::{FilePath, Hash, Occurrences};

use super::{
    ApprovalRule, ToolContext, ToolDone, ToolFailure,
    schema::input,
    tool::{Room, Tool, say},
};

/// The tool.
#[derive(Debug)]
pub(super) struct Edit;

input! {
    struct Input {
        /// The file, such as src/main.rs.
        path: String,
        /// The hash returned when the file was read.
        hash: String,
        /// The replacements. Either all of them are made or none.
        edits: Vec<Replacement>,
    }
    struct Replacement {
        /// The text to replace, exactly as in the file, including white space. It must occur once, unless `all` is
        /// true.
        old: String,
        /// The new text.
        new: String,
        /// Replace every occurrence.
        all: Option<bool>,
    }
}

impl Tool for Edit {
    type Input = Input;

    const NAME: &'static str = "edit";

    const DESCRIPTION: &'static str = "Replaces text in a file of the workspace that you have read, in \
        one place or several at once. Every edit refers to the text as you read it. The call is refused if the file has changed \
        since. The file keeps its encoding and its line ends: write LF for each of them.";

    const APPROVAL: ApprovalRule = ApprovalRule::ForEdits;

    fn run(&self, input: Input, context: &ToolContext<'_>) -> Result<ToolDone, ToolFailure> {
        let path = FilePath::parse(&input.path)?;
        let edits: Vec<workspace::Edit> = input.edits.into_iter().map(Into::into).collect();
        let edited = context
            .workspace
            .edit(&path, &Hash::stated(input.hash), &edits)?;
        let diff = Room::of_output().beginning_of(&edited.diff.text).to_owned();
        let mut output = json!({
            "path": edited.path.as_str(),
            "hash": edited.hash.as_str(),
            "replaced": edited.replaced,
            "diff": diff,
        });
        let encoding = (!edited.encoding.is_plain()).then(|| edited.encoding.name());
        say(&mut output, "encoding", encoding);
        Ok(ToolDone::with(output))
    }
}

impl From<Replacement> for workspace::Edit {
    fn from(edit: Replacement) -> Self {
        Self {
            old: edit.old,
            new: edit.new,
            occurrences: if edit.all.unwrap_or(false) {
                Occurrences::All
            } else {
                Occurrences::One
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::bench::{Bench, hash};

    fn edit(read: &str, edits: Value) -> Value {
        json!({"path": "a", "hash": hash(read), "edits": edits})
    }

    #[test]
    fn several_places_are_edited_at_once() {
        let text = "a\nb\nb\n";
        let bench = Bench::with(&[("a", text)]);
        let edits = json!([{"old": "a", "new": "A"}, {"old": "b", "new": "B", "all": true}]);
        let output = bench.output("edit", edit(text, edits));
        assert_eq!(bench.text("a").as_deref(), Some("A\nB\nB\n"));
        let diff = "@@ -1,3 +1,3 @@\n-a\n-b\n-b\n+A\n+B\n+B\n";
        let expected = json!({"path": "a", "hash": hash("A\nB\nB\n"), "replaced": 3, "diff": diff});
        assert_eq!(output, expected);
    }

    #[test]
    fn a_changed_file_is_not_edited_and_the_change_is_shown() {
        let bench = Bench::with(&[("a", "one\ntwo\n")]);
        bench.put("a", "one\n2\n");
        let refused = bench.refused(
            "edit",
            edit("one\ntwo\n", json!([{"old": "one", "new": "1"}])),
        );
        assert!(
            refused.contains("-two\n+2\n") && refused.contains("Read it again"),
            "{refused}"
        );
        let never = bench.refused("edit", edit("never", json!([{"old": "one", "new": "1"}])));
        assert!(never.contains("not the file that was read"), "{never}");
    }

    #[test]
    fn misfits_are_explained() {
        let bench = Bench::with(&[("a", "x\nx\n")]);
        let refused = |edits| bench.refused("edit", edit("x\nx\n", edits));
        assert!(refused(json!([])).contains("no edit"));
        assert!(refused(json!([{"old": "x", "new": "y"}])).contains("lines [1, 2]"));
        assert!(refused(json!([{"old": "z", "new": "y"}])).contains("not in the file"));
        let second =
            refused(json!([{"old": "x", "new": "y", "all": true}, {"old": "z", "new": "y"}]));
        assert!(second.contains("edit 2"), "{second}");
        assert!(refused(json!([{"old": "x"}])).contains("`edits[0].new`"));
    }

    #[test]
    fn a_preview_shows_the_diff_and_refuses_what_does_not_fit() {
        let bench = Bench::with(&[("a", "one\ntwo\n")]);
        let input = edit("one\ntwo\n", json!([{"old": "two", "new": "three"}]));
        let preview = bench.preview("edit", &input);
        let diff = preview.changes[0].diff.as_deref();
        assert_eq!(diff, Some("@@ -1,2 +1,2 @@\n one\n-two\n+three\n"));
        let missing = edit("one\ntwo\n", json!([{"old": "four", "new": "five"}]));
        assert!(
            bench
                .no_preview("edit", &missing)
                .contains("is not in the file")
        );
        let before = preview.shown.hash;
        assert_eq!(bench.preview("edit", &input).shown.hash, before);
        let other = edit("one\ntwo\n", json!([{"old": "two", "new": "four"}]));
        assert_ne!(bench.preview("edit", &other).shown.hash, before);
        bench.put("a", "another\n");
        assert!(bench.no_preview("edit", &input).contains("+another"));
    }
}
