//! What the model reads beside the messages, as text for the user.
//!
//! The instructions of the deployment and those of the owner are not among them: the first are the server's own, and
//! the second are not for everyone who may read a conversation.

use common::{
    frame::ClientTool,
    state::{ContextPart, ContextText, ContextTexts},
    time::Timestamp,
    tool::ToolSchema,
};
use sql::{Sql, SqlError};
use store::{Position, Store};
use workspace::WorkspaceError;

use super::{
    instructions::{self, Instructions},
    prompt::summary,
};

/// The parts that a model call would have now.
pub(super) fn context_texts<S: Sql>(
    store: &Store<S>,
    now: Timestamp,
    project_notes: Option<&str>,
    client_tools: &[ClientTool],
) -> Result<ContextTexts, SqlError> {
    let workspace = store.workspace(now);
    let system = Instructions {
        now,
        ..Instructions::default()
    };
    let tools = tools::schemas(client_tools);
    let tools: Vec<String> = tools.iter().map(|tool| of_tool(tool)).collect();
    let standing = match instructions::standing(&workspace) {
        Ok(standing) => standing,
        Err(WorkspaceError::Store(error)) => return Err(error),
        Err(_) => None,
    };
    let project = instructions::project(project_notes, &workspace);
    let summary = store.summary_before(Position::END)?;
    let parts = [
        (ContextPart::System, Some(system.text())),
        (ContextPart::Tools, Some(tools.join("\n\n"))),
        (ContextPart::AgentsFile, standing),
        (ContextPart::Project, project),
        (ContextPart::Summary, summary.as_ref().map(summary::text)),
    ];
    let parts = parts.into_iter();
    Ok(ContextTexts {
        parts: parts
            .filter_map(|(part, text)| text.map(|text| ContextText { part, text }))
            .collect(),
    })
}

/// A tool as the model reads about it.
fn of_tool(tool: &ToolSchema) -> String {
    let ToolSchema {
        name,
        description,
        parameters,
    } = tool;
    format!("{name}\n{description}\n{parameters}")
}
