//! Pushes the changes of the workspace: contents, tree, commit, branch, pull request.
//!
//! Until the branch moves, nothing of it can be seen on GitHub. The id of the commit is stored before that, so that a push that
//! was interrupted is continued and not taken for the commits of somebody else.

use github::{
    GithubError, NewCommit, NewPullRequest, ObjectId, PullRequest, RepositoryName, TreeChange,
};
use workspace::{BaseChange, BaseSide, BlobId, Differences};

use super::{
    errand::Errands,
    origin::{Origin, Pushed, Tip, object_id},
    session::Session,
};
use crate::{ToolContext, ToolFailure};

/// The most files of one push: GitHub wants a pause after some hundred requests that create something.
const FILES: usize = 300;

/// What is to be pushed.
pub(super) struct Plan {
    origin: Origin,
    name: RepositoryName,
    changes: Vec<BaseChange>,
}

/// What the model asks for.
pub(super) struct Wanted<'a> {
    pub(super) branch: &'a str,
    pub(super) base: &'a str,
    pub(super) title: &'a str,
    pub(super) body: &'a str,
}

/// What was done.
pub(super) struct Done {
    pub(super) repository: String,
    pub(super) number: u64,
    pub(super) url: String,
    pub(super) commit: String,
    pub(super) is_new: bool,
    pub(super) note: Option<String>,
}

/// Where the branch is on GitHub.
enum Branch {
    /// There is none.
    Missing,
    /// At this commit, which an earlier call made.
    Ours(Tip),
}

impl Plan {
    /// The number of changed files.
    pub(super) const fn changes(&self) -> usize {
        self.changes.len()
    }
}

/// Checks the changes.
pub(super) fn plan(origin: Origin, context: &ToolContext<'_>) -> Result<Plan, ToolFailure> {
    let Differences { changes, .. } = context.workspace.differences()?;
    let reported = |text: String| Err(ToolFailure::Explained(text));
    if changes.is_empty() {
        return reported(format!(
            "Nothing in the workspace differs from {} at {}: there is nothing to hand on.",
            origin.repository,
            origin.short()
        ));
    }
    if changes.len() > FILES {
        return reported(format!(
            "{} files differ, and a pull request from here holds {FILES}: put generated files into .gitignore, or hand on fewer \
             changes.",
            changes.len()
        ));
    }
    // What is not in the workspace must not be replaced unseen.
    for change in &changes {
        let path = change.path.as_str();
        let is_of = |left_out: &str| {
            path == left_out
                || path
                    .strip_prefix(left_out)
                    .is_some_and(|rest| rest.starts_with('/'))
        };
        if let Some((left_out, reason)) =
            origin.left_out.iter().find(|(left_out, _)| is_of(left_out))
        {
            return reported(format!(
                "{path} would replace {left_out} of the repository, which is not in the workspace ({reason}): move it elsewhere."
            ));
        }
    }
    let name = origin.name()?;
    Ok(Plan {
        origin,
        name,
        changes,
    })
}

/// Pushes a plan.
pub(super) async fn push<P: Errands>(
    plan: Plan,
    wanted: &Wanted<'_>,
    session: &Session<'_, P>,
) -> Result<Done, ToolFailure> {
    check_repository(&plan.name, session).await?;
    let base = session
        .call(github::git_ref(&plan.name, wanted.base))
        .await?;
    let branch = find_branch(&plan, wanted, session).await?;
    let changes = upload(&plan, session).await?;
    let tree = plan.origin.tree_id()?;
    let tree = session
        .call(github::create_tree(&plan.name, &tree, &changes))
        .await?;
    let parents = parents(&plan.origin, &branch)?;
    let commit = commit(&plan, wanted, &tree.sha, &parents, session).await?;
    let at = Tip {
        commit: commit.to_string(),
        base: plan.origin.commit.clone(),
    };
    let before = match &branch {
        Branch::Missing => None,
        Branch::Ours(tip) => Some(tip),
    };
    remember(wanted, &at, before, None, session)?;
    match &branch {
        Branch::Missing => {
            session
                .call(github::create_branch(&plan.name, wanted.branch, &commit))
                .await?;
        }
        Branch::Ours(_) => {
            session
                .call(github::move_branch(&plan.name, wanted.branch, &commit))
                .await?;
        }
    }
    let (pull, is_new) = pull_request(&plan.name, wanted, session)
        .await
        .map_err(|error| pushed_only(&plan.name, wanted, error))?;
    remember(wanted, &at, before, Some(pull.number), session)?;
    let is_moved = base.object.sha.as_str() != plan.origin.commit
        && plan.origin.branch.as_deref() == Some(wanted.base);
    let note = is_moved.then(|| {
        format!(
            "{} has moved to {} since it was opened at {}. GitHub merges the pull request if it can; to build on the new \
             commits, call import_repository and then this tool again.",
            wanted.base,
            base.object.sha.short(),
            plan.origin.short()
        )
    });
    Ok(Done {
        repository: plan.name.to_string(),
        number: pull.number,
        url: pull.html_url,
        commit: commit.to_string(),
        is_new,
        note,
    })
}

/// Whether the repository takes pushes at all.
async fn check_repository<P: Errands>(
    name: &RepositoryName,
    session: &Session<'_, P>,
) -> Result<(), ToolFailure> {
    let subject = format!("repository {name}");
    if !session.client.api().has_token {
        return Err(GithubError::NeedsToken { subject }.into());
    }
    let facts = session.call(github::repository(name)).await?;
    if facts.archived || facts.disabled {
        return Err(GithubError::Archived { subject }.into());
    }
    match facts.permissions {
        Some(permissions) if !permissions.push => Err(ToolFailure::Explained(format!(
            "The server's token may read {name}, but not push to it. Open a fork of it, or have the token allowed to write its \
             contents."
        ))),
        Some(_) | None => Ok(()),
    }
}

/// Where the branch is. One with commits of others is not touched.
async fn find_branch<P: Errands>(
    plan: &Plan,
    wanted: &Wanted<'_>,
    session: &Session<'_, P>,
) -> Result<Branch, ToolFailure> {
    let found = session
        .client
        .find(github::git_ref(&plan.name, wanted.branch))
        .await?;
    let Some(found) = found else {
        return Ok(Branch::Missing);
    };
    let at = found.object.sha;
    match &plan.origin.pushed {
        Some(pushed) if pushed.branch == wanted.branch => {
            let mut known = [Some(&pushed.at), pushed.before.as_ref()]
                .into_iter()
                .flatten();
            if let Some(tip) = known.find(|tip| tip.commit == at.as_str()) {
                return Ok(Branch::Ours(tip.clone()));
            }
            Err(ToolFailure::Explained(format!(
                "The branch `{}` has commits that were not made here (it is at {}). Nothing was pushed: open it with \
             import_repository to build on them, or choose another name.",
                wanted.branch,
                at.short()
            )))
        }
        Some(_) | None => Err(ToolFailure::Explained(format!(
            "{} has a branch `{}` already. Nothing was pushed: choose another name.",
            plan.name, wanted.branch
        ))),
    }
}

/// Stores the contents on GitHub. What the commit has already is not sent again.
async fn upload<P: Errands>(
    plan: &Plan,
    session: &Session<'_, P>,
) -> Result<Vec<TreeChange>, ToolFailure> {
    let mut changes = Vec::with_capacity(plan.changes.len());
    for change in &plan.changes {
        let gone = match (&change.renamed_from, &change.after) {
            (Some(from), _) => Some(from),
            (None, None) => Some(&change.path),
            (None, Some(_)) => None,
        };
        if let Some(gone) = gone {
            let path = gone.to_string();
            changes.push(TreeChange::Delete { path });
        }
        if let Some(after) = &change.after {
            changes.push(TreeChange::Put {
                path: change.path.to_string(),
                is_executable: after.is_executable,
                blob: blob(&plan.name, after, session).await?,
            });
        }
    }
    Ok(changes)
}

async fn blob<P: Errands>(
    name: &RepositoryName,
    side: &BaseSide,
    session: &Session<'_, P>,
) -> Result<ObjectId, ToolFailure> {
    let known = session.with(|context| Ok(context.workspace.blob_of(&side.hash)?))?;
    if let Some(known) = known {
        return object_id(known.as_str());
    }
    let bytes = session.with(|context| Ok(context.workspace.bytes_of_side(side)?))?;
    let id = session.call(github::create_blob(name, &bytes)).await?.sha;
    if id.as_str() != BlobId::of(&bytes).as_str() {
        let reported =
            "GitHub stored other bytes than those that were sent. Nothing was pushed: try again.";
        return Err(ToolFailure::Explained(reported.to_owned()));
    }
    Ok(id)
}

/// The commits before the new one. When the workspace was updated since the last push, the commits that it got are among
/// them, so that they are not taken for changes of the pull request.
fn parents(origin: &Origin, branch: &Branch) -> Result<Vec<ObjectId>, ToolFailure> {
    Ok(match branch {
        Branch::Missing => vec![origin.commit_id()?],
        Branch::Ours(tip) if tip.base == origin.commit => vec![object_id(&tip.commit)?],
        Branch::Ours(tip) => vec![object_id(&tip.commit)?, origin.commit_id()?],
    })
}

async fn commit<P: Errands>(
    plan: &Plan,
    wanted: &Wanted<'_>,
    tree: &ObjectId,
    parents: &[ObjectId],
    session: &Session<'_, P>,
) -> Result<ObjectId, ToolFailure> {
    let message = match wanted.body {
        "" => wanted.title.to_owned(),
        body => format!("{}\n\n{body}", wanted.title),
    };
    let new = NewCommit {
        message: &message,
        tree,
        parents,
        author: session.client.api().author.as_ref(),
    };
    Ok(session
        .call(github::create_commit(&plan.name, new))
        .await?
        .sha)
}

/// The pull request of the branch: the open one, else a new one; and whether it is new.
async fn pull_request<P: Errands>(
    name: &RepositoryName,
    wanted: &Wanted<'_>,
    session: &Session<'_, P>,
) -> Result<(PullRequest, bool), ToolFailure> {
    let open = session
        .call(github::open_pull_requests_of(name, wanted.branch))
        .await?;
    let of_branch = |pull: &PullRequest| pull.head.branch == wanted.branch;
    if let Some(pull) = open.items.into_iter().find(of_branch) {
        return Ok((pull, false));
    }
    let new = NewPullRequest {
        title: wanted.title,
        body: wanted.body,
        head: wanted.branch,
        base: wanted.base,
    };
    Ok((
        session.call(github::create_pull_request(name, new)).await?,
        true,
    ))
}

/// The branch is on GitHub by now.
fn pushed_only(name: &RepositoryName, wanted: &Wanted<'_>, error: ToolFailure) -> ToolFailure {
    match error {
        ToolFailure::Explained(reason) => ToolFailure::Explained(format!(
            "The branch `{}` was pushed to {name}, but there is no pull request for it yet. {reason} Call the tool again with the \
             same branch.",
            wanted.branch
        )),
        other @ (ToolFailure::Broken(_) | ToolFailure::Requested { .. }) => other,
    }
}

/// Stores what is pushed.
fn remember<P: Errands>(
    wanted: &Wanted<'_>,
    at: &Tip,
    before: Option<&Tip>,
    number: Option<u64>,
    session: &Session<'_, P>,
) -> Result<(), ToolFailure> {
    session.with(|context| {
        let Some(mut origin) = Origin::of(&context.workspace)? else {
            return Ok(());
        };
        let known = origin
            .pushed
            .filter(|pushed| pushed.branch == wanted.branch);
        origin.pushed = Some(Pushed {
            branch: wanted.branch.to_owned(),
            at: at.clone(),
            before: before.cloned(),
            number: number.or(known.and_then(|known| known.number)),
        });
        origin.store(&context.workspace)
    })
}
