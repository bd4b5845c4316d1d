//! The tools of the agent. A tool is one file and one line in [`TOOLS`].
//!
//! - [`tool`]: the interface of a tool: its description, context, failures and output limit.
//! - [`preview`]: what a call will change. [`attempt`]: runs a call, or requests an approval.
//! - [`offered`]: reads the name and arguments of a call. [`arguments`]: fits them to the schema of the tool.
//! - [`fetching`]: tools that fetch a page.
//! - [`github`]: tools that talk to GitHub.
//! - [`slices`]: tools that compute for long.
//! - [`nearby`]: the instructions for the files that a tool touches.
//! - [`attachment`]: images and documents in outputs.
//! - [`ask_user`]: the question to the user, which no code runs.
//! - [`schema`]: generates the schema of an input from its type.
//!
//! The changes of a tool in the workspace are stored together with its output: such a tool runs without an `await`,
//! and so does the code after it until the output is written.

pub mod arguments;
pub mod ask_user;
mod attachment;
mod attempt;
mod delete;
mod diff;
mod edit;
pub mod fetch_url;
mod fetching;
mod find;
mod github;
mod grep;
mod list;
mod move_;
mod nearby;
mod offered;
mod plan;
mod preview;
mod read;
mod rename_conversation;
mod schema;
mod set_project_context;
mod slices;
mod tool;
mod write;

#[cfg(any(test, feature = "bench"))]
pub mod bench;
#[cfg(test)]
mod count;

use std::{borrow::Cow, sync::OnceLock};

use common::{frame::ClientTool, tool::ToolSchema};
use serde_json::{Value, json};

use self::github::errand::OnErrand;

pub use self::github::{Errand, Errands, Surroundings, prompt_line};
pub use attachment::{ATTACHMENT_BYTES, Attachment, AttachmentKind, attachment_of};
pub use attempt::{Attempt, Begun, attempt, may_run_unasked, with_limits};
pub use offered::{fit, name_of, no_such_tool};
pub use preview::Preview;
pub use slices::{Slice, SlicedRun, Slices};
pub use tool::{AnyTool, ApprovalRule, OUTPUT_BYTES, Run, ToolContext, ToolDone, ToolFailure};

/// Every tool that the agent runs, in the order the model gets them.
pub const TOOLS: &[&dyn AnyTool] = &[
    &list::List,
    &read::Read,
    &slices::Sliced(find::Find),
    &slices::Sliced(grep::Grep),
    &write::Write,
    &edit::Edit,
    &move_::Move,
    &delete::Delete,
    &diff::Diff,
    &fetching::Fetching(fetch_url::FetchUrl),
    &OnErrand(github::import_repository::ImportRepository),
    &github::repository_status::RepositoryStatus,
    &OnErrand(github::create_pull_request::CreatePullRequest),
    &OnErrand(github::get_repository::GetRepository),
    &OnErrand(github::get_file_contents::GetFileContents),
    &OnErrand(github::search_code::SearchCode),
    &OnErrand(github::list_issues::ListIssues),
    &OnErrand(github::get_issue::GetIssue),
    &OnErrand(github::list_pull_requests::ListPullRequests),
    &OnErrand(github::get_pull_request::GetPullRequest),
    &plan::Plan,
    &rename_conversation::RenameConversation,
    &set_project_context::SetProjectContext,
];

/// The tool with this name.
#[must_use]
pub fn find(name: &str) -> Option<&'static dyn AnyTool> {
    TOOLS.iter().copied().find(|tool| tool.name() == name)
}

/// The descriptions of the agent's tools for the model, generated once.
fn own_schemas() -> &'static [ToolSchema] {
    static SCHEMAS: OnceLock<Vec<ToolSchema>> = OnceLock::new();
    SCHEMAS.get_or_init(|| {
        let tools = TOOLS.iter().map(|tool| ToolSchema {
            name: tool.name().to_owned(),
            description: tool.description().to_owned(),
            parameters: tool.parameters(),
        });
        tools.chain([ask_user::schema()]).collect()
    })
}

/// The tools offered to the model: the agent's, then the client's. The first tool with a name wins.
#[must_use]
pub fn schemas(client_tools: &[ClientTool]) -> Vec<Cow<'static, ToolSchema>> {
    let mut schemas: Vec<Cow<'static, ToolSchema>> =
        own_schemas().iter().map(Cow::Borrowed).collect();
    for tool in client_tools {
        if is_usable(&tool.name) && schemas.iter().all(|known| known.name != tool.name) {
            let parameters = tool.parameters.clone().filter(Value::is_object);
            schemas.push(Cow::Owned(ToolSchema {
                name: tool.name.clone(),
                description: tool.description.clone().unwrap_or_default(),
                parameters: parameters
                    .unwrap_or_else(|| json!({"type": "object", "properties": {}})),
            }));
        }
    }
    schemas
}

/// Whether vendors accept the tool name; a single invalid name makes them refuse the whole request.
fn is_usable(name: &str) -> bool {
    (1..=64).contains(&name.len())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
}

#[cfg(test)]
mod tests {
    use super::{bench::Bench, *};

    #[test]
    fn names_are_unique() {
        let ours = ClientTool {
            name: TOOLS[0].name().to_owned(),
            description: None,
            parameters: None,
        };
        let theirs = ClientTool {
            name: "getTime".to_owned(),
            ..ours.clone()
        };
        let nonsense = ClientTool {
            name: "get the time!".to_owned(),
            ..ours.clone()
        };
        let schemas = schemas(&[ours, theirs.clone(), nonsense, theirs]);
        let mut names: Vec<&str> = schemas.iter().map(|tool| tool.name.as_str()).collect();
        assert_eq!(names.len(), own_schemas().len() + 1);
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), own_schemas().len() + 1);
    }

    #[test]
    fn every_tool_refuses_input_of_another_shape_in_words() {
        for tool in TOOLS {
            let schema = tool.parameters();
            assert_eq!(schema["type"], "object", "{}", tool.name());
            assert!(!tool.description().is_empty());
            let nonsense = json!({"nonsense": []});
            let bench = Bench::new();
            for refused in [
                bench.no_preview(tool.name(), &nonsense),
                bench.refused(tool.name(), nonsense),
            ] {
                assert!(refused.contains("do not fit this tool"), "{refused}");
            }
        }
    }
}
