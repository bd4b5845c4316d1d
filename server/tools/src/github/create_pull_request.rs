//! `create_pull_request`: hands the changes of the workspace back as a commit, a branch and a pull request.

use serde_json::json;
use workspace::Trial;

use super::{
    errand::{ErrandTool, Errands, Kind},
    origin::Origin,
    push::{self, Plan},
    session::Session,
};
use crate::{ApprovalRule, ToolContext, ToolDone, ToolFailure, schema::input, tool::say};

/// The most characters of a title: GitHub's limit.
const TITLE_CHARS: usize = 256;

/// The tool.
#[derive(Debug)]
pub(crate) struct CreatePullRequest;

input! {
    struct Input {
        /// The repository, as owner/name: the one that is open in the workspace.
        repository: String,
        /// The branch that the changes are pushed to, such as fix-login. The branch of an earlier call gets another commit.
        branch: String,
        /// The branch that the pull request goes to, such as main.
        base: String,
        /// The title of the pull request, and the first line of the message of the commit.
        title: String,
        /// The text of the pull request, in markdown: what changes and why. `Fixes #123` closes an issue.
        body: String,
    }
}

impl ErrandTool for CreatePullRequest {
    type Input = Input;

    const NAME: &'static str = "create_pull_request";

    const DESCRIPTION: &'static str = "Hands all changes of the workspace to the opened repository: as a commit on a new branch \
        with a pull request. Called again with the same branch, it adds a commit there. Only changes since the repository was \
        opened are in it; look at them with `repository_status` first. The user is asked for approval and sees them.";

    const APPROVAL: ApprovalRule = ApprovalRule::Always;

    const MAY_BE_DROPPED: bool = false;

    const CUT_OFF: &'static str = "Creating the pull request was interrupted: the branch may be on GitHub already. Call the tool \
        again with the same branch; it continues there.";

    fn begin(&self, input: Input, context: &ToolContext<'_>) -> Result<Kind, ToolFailure> {
        plan(&input, context)?;
        Ok(Kind::CreatePullRequest(input))
    }

    fn shown(&self, context: &ToolContext<'_>) -> Result<Option<Trial>, ToolFailure> {
        Ok(Some(context.workspace.trial_of_differences()?))
    }
}

/// What is to be pushed, as far as it can be checked without GitHub.
fn plan(input: &Input, context: &ToolContext<'_>) -> Result<Plan, ToolFailure> {
    let reported = |text: String| Err(ToolFailure::Explained(text));
    let Some(origin) = Origin::of(&context.workspace)? else {
        return reported(
            "No repository is open in this conversation, so there is nothing to hand on: open one with import_repository."
                .to_owned(),
        );
    };
    let name = origin.name()?;
    if !input
        .repository
        .trim()
        .eq_ignore_ascii_case(&origin.repository)
    {
        return reported(format!(
            "The workspace holds {name}, so its changes can only go there, not to {}.",
            input.repository
        ));
    }
    for branch in [&input.branch, &input.base] {
        github::check_branch(branch)
            .map_err(|error| ToolFailure::Explained(format!("{error}.")))?;
    }
    if input.branch == input.base || origin.branch.as_ref() == Some(&input.branch) {
        return reported(format!(
            "The changes go to a branch of their own, not to `{}`: choose another name for it.",
            input.branch
        ));
    }
    if input.title.trim().is_empty() || input.title.chars().count() > TITLE_CHARS {
        return reported(format!("The title needs 1 to {TITLE_CHARS} characters."));
    }
    push::plan(origin, context)
}

pub(super) async fn run<P: Errands>(
    input: Input,
    session: &Session<'_, P>,
) -> Result<ToolDone, ToolFailure> {
    let plan = session.with(|context| plan(&input, context))?;
    let request = push::Wanted {
        branch: input.branch.trim(),
        base: input.base.trim(),
        title: input.title.trim(),
        body: input.body.trim(),
    };
    let files = plan.changes();
    let pushed = push::push(plan, &request, session).await?;
    let mut output = json!({
        "repository": pushed.repository,
        "pull_request": pushed.number,
        "url": pushed.url,
        "branch": request.branch,
        "base": request.base,
        "commit": pushed.commit,
        "changed_files": files,
        "new_pull_request": pushed.is_new,
    });
    say(&mut output, "note", pushed.note);
    Ok(ToolDone::with(output))
}
