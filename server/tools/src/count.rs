//! `count`, the example of ARCHITECTURE.md. It is compiled and tested here, but not offered to the model.

use serde_json::json;
use workspace::FilePath;

use super::{ApprovalRule, ToolContext, ToolDone, ToolFailure, schema::input, tool::Tool};

#[derive(Debug)]
pub(super) struct Count;

input! {
    struct Input {
        /// The file, such as src/main.rs.
        path: String,
    }
}

impl Tool for Count {
    type Input = Input;
    const NAME: &'static str = "count";
    const DESCRIPTION: &'static str = "Counts the bytes of a file of the workspace.";
    const APPROVAL: ApprovalRule = ApprovalRule::Never;

    fn run(&self, input: Input, context: &ToolContext<'_>) -> Result<ToolDone, ToolFailure> {
        let path = FilePath::parse(&input.path)?;
        let bytes = context.workspace.read_bytes(&path, 0..u64::MAX)?;
        Ok(ToolDone::with(json!({"bytes": bytes.len()})))
    }
}

#[test]
fn the_example_counts() {
    let bench = super::bench::Bench::with(&[("a.txt", "four")]);
    let input = json!({"path": "a.txt"});
    let super::Run::Done(done) = super::AnyTool::run(&Count, &input, &bench.context()).unwrap()
    else {
        panic!("it fetches nothing");
    };
    assert_eq!(done.output, json!({"bytes": 4}));
}
