//! `repository_status`: what differs from the commit that the workspace was opened from.

use serde_json::{Value, json};
use workspace::{BaseChange, FilePath, WorkspaceError};

use super::{
    origin::Origin,
    shown::{fitting, without_nulls},
};
use crate::{
    ApprovalRule, ToolContext, ToolDone, ToolFailure,
    schema::input,
    tool::{Room, Tool, path_or_root, say},
};

/// The tool.
#[derive(Debug)]
pub(crate) struct RepositoryStatus;

input! {
    struct Input {
        /// Only files at or below this path.
        under: Option<String>,
        /// Include the diff of each file.
        diff: Option<bool>,
    }
}

impl Tool for RepositoryStatus {
    type Input = Input;

    const NAME: &'static str = "repository_status";

    const DESCRIPTION: &'static str = "Tells which repository is open in the workspace, at which commit, and which files differ \
        from that commit: what a pull request would bring. Files that .gitignore excludes are no changes.";

    const APPROVAL: ApprovalRule = ApprovalRule::Never;

    fn run(&self, input: Input, context: &ToolContext<'_>) -> Result<ToolDone, ToolFailure> {
        let under = path_or_root(input.under.as_deref())?;
        let Some(origin) = Origin::of(&context.workspace)? else {
            let reported =
                "No repository is open in this conversation: open one with import_repository.";
            return Err(ToolFailure::Explained(reported.to_owned()));
        };
        let differences = context.workspace.differences()?;
        let all = differences.changes.len();
        let mut items = Vec::new();
        for change in &differences.changes {
            if is_under(change, &under) {
                items.push(item(change, input.diff.unwrap_or(false), &origin, context)?);
            }
        }
        let mut room = Room::of_output();
        let (items, note) = fitting(&mut room, items);
        let mut output = without_nulls(json!({
            "repository": origin.repository,
            "branch": origin.branch,
            "reference": Some(&origin.reference).filter(|_| origin.branch.is_none()),
            "commit": origin.commit,
            "changed_files": all,
            "changes": items,
            "pushed": origin.pushed.as_ref().map(|pushed| without_nulls(json!({
                "branch": pushed.branch,
                "commit": pushed.at.commit,
                "pull_request": pushed.number,
            }))),
        }));
        let places = differences.ignored.places.join(", ");
        let ignored = differences.ignored.files;
        let ignored = (ignored > 0).then(|| format!("{ignored} files, in {places}"));
        say(&mut output, "ignored", ignored);
        let narrower = |note| format!("{note} Name a path with `under`.");
        say(&mut output, "more", note.map(narrower));
        Ok(ToolDone::with(output))
    }
}

fn is_under(change: &BaseChange, under: &FilePath) -> bool {
    under.is_root() || change.path.is_within(under)
}

fn item(
    change: &BaseChange,
    with_diff: bool,
    origin: &Origin,
    context: &ToolContext<'_>,
) -> Result<Value, ToolFailure> {
    let path = change.path.as_str();
    let kept = origin.conflicts.iter().find(|(other, _)| other == path);
    let is_conflict = kept.is_some_and(|(_, kept)| {
        let now = change
            .after
            .as_ref()
            .map_or("", |after| after.hash.as_str());
        now == kept
    });
    let mut item = without_nulls(json!({
        "path": path,
        "change": change.word(),
        "from": change.renamed_from.as_ref().map(ToString::to_string),
        "mode": change.mode_change(),
        "conflict": is_conflict.then_some("The commit changed it, too: this version takes those changes back."),
    }));
    if with_diff {
        let diff = match context.workspace.diff_of_base(change) {
            Ok(diff) if diff.text.is_empty() => None,
            Ok(diff) => Some(diff.text),
            Err(WorkspaceError::Binary { .. }) => Some("It is binary.".to_owned()),
            Err(error) => return Err(error.into()),
        };
        say(&mut item, "diff", diff);
    }
    Ok(item)
}
