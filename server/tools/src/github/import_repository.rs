//! `import_repository`: opens a repository of GitHub in the workspace, or updates it.

use github::{Repository, RepositoryName};
use serde_json::{Value, json};
use workspace::{Incoming, Merged};

use super::{
    errand::{ErrandTool, Errands, Kind},
    gathering::{Target, gather},
    origin::Origin,
    session::Session,
    shown::count,
};
use crate::{
    ApprovalRule, ToolContext, ToolDone, ToolFailure,
    schema::input,
    tool::{note_of, say},
};

/// The most paths named in an output.
const NAMED: usize = 20;

/// The tool.
#[derive(Debug)]
pub(crate) struct ImportRepository;

input! {
    struct Input {
        /// The repository, as owner/name, owner/name@branch, or its address on GitHub. A tag or commit may stand in place of
        /// the branch.
        repository: String,
    }
}

impl ErrandTool for ImportRepository {
    type Input = Input;

    const NAME: &'static str = "import_repository";

    const DESCRIPTION: &'static str = "Opens a repository of GitHub in the workspace. Opening it again updates it: changes \
        in the workspace stay and are merged with the new commits; `conflicts` names files where that was not possible, which \
        keep the workspace's version. To read a few files of a repository, use `get_file_contents` instead.";

    const APPROVAL: ApprovalRule = ApprovalRule::ForEdits;

    const CUT_OFF: &'static str =
        "Opening the repository was interrupted. Nothing was changed: call the tool again.";

    fn begin(&self, input: Input, _context: &ToolContext<'_>) -> Result<Kind, ToolFailure> {
        Ok(Kind::ImportRepository(input))
    }
}

pub(super) async fn run<P: Errands>(
    input: Input,
    session: &Session<'_, P>,
) -> Result<ToolDone, ToolFailure> {
    let wanted = super::session::wanted(session.client.api(), &input.repository)?;
    let facts = session.call(github::repository(&wanted.repository)).await?;
    let name = RepositoryName::parse(&facts.full_name).unwrap_or(wanted.repository);
    let before = session.with(|context| check_other(context, &name))?;
    let target = resolve(name, wanted.reference, &facts, before.as_ref(), session).await?;
    if let Some(before) = before.filter(|before| before.commit == target.origin.commit) {
        return up_to_date(before, target, session);
    }
    let result = gather(&target, session)
        .await
        .and_then(|(incoming, origin)| session.with(|context| finish(incoming, origin, context)));
    if result.is_err() {
        // What was gathered of it is not needed.
        session.with(|context| Ok(context.workspace.drop_incoming()?))?;
    }
    result
}

/// What the workspace was opened from. Another repository is not mixed with changes of this one.
fn check_other(
    context: &ToolContext<'_>,
    name: &RepositoryName,
) -> Result<Option<Origin>, ToolFailure> {
    let Some(origin) = Origin::of(&context.workspace)? else {
        return Ok(None);
    };
    if context.workspace.is_base_gone()? {
        // Opening it was undone, or all was deleted: what is missing is no change that has to stay.
        context.workspace.forget_base()?;
        return Ok(None);
    }
    if origin.name()?.is(name) {
        return Ok(Some(origin));
    }
    if context.workspace.differences()?.changes.is_empty() {
        return Ok(None);
    }
    Err(ToolFailure::Explained(format!(
        "The workspace holds {} with changes of its own, so {name} was not opened. Open it in another conversation, or hand \
         the changes on first.",
        origin.repository
    )))
}

/// Finds the commit.
async fn resolve<P: Errands>(
    name: RepositoryName,
    reference: Option<String>,
    facts: &Repository,
    before: Option<&Origin>,
    session: &Session<'_, P>,
) -> Result<Target, ToolFailure> {
    // Without a reference, the branch that is open is updated.
    let open = before.and_then(|before| before.branch.clone());
    let reference = reference
        .or(open)
        .unwrap_or_else(|| facts.default_branch.clone());
    let branch = session
        .client
        .find(github::git_ref(&name, &reference))
        .await;
    let (commit, branch) = match branch {
        Ok(Some(found)) => (found.object.sha, Some(reference.clone())),
        Ok(None) => (
            session.call(github::commit_id(&name, &reference)).await?,
            None,
        ),
        Err(error) => return Err(error.into()),
    };
    let tree = session.call(github::commit(&name, &commit)).await?.tree.sha;
    let origin = Origin {
        host: session.client.api().web_host(),
        repository: name.to_string(),
        reference,
        branch,
        commit: commit.to_string(),
        tree: tree.to_string(),
        left_out: Vec::new(),
        left_out_more: 0,
        conflicts: Vec::new(),
        pushed: before.and_then(|before| before.pushed.clone()),
    };
    Ok(Target { name, origin })
}

fn up_to_date<P: Errands>(
    before: Origin,
    target: Target,
    session: &Session<'_, P>,
) -> Result<ToolDone, ToolFailure> {
    let origin = Origin {
        reference: target.origin.reference,
        branch: target.origin.branch,
        ..before
    };
    session.with(|context| origin.store(&context.workspace))?;
    Ok(ToolDone::with(json!({
        "repository": origin.repository,
        "branch": origin.branch,
        "commit": origin.commit,
        "note": "The workspace has this commit already. Nothing was changed.",
    })))
}

/// Puts the files into the workspace.
fn finish(
    incoming: Incoming,
    mut origin: Origin,
    context: &ToolContext<'_>,
) -> Result<ToolDone, ToolFailure> {
    let workspace = &context.workspace;
    let (files, bytes) = (incoming.files(), incoming.bytes());
    let merged = incoming.finish(workspace, &origin.to_json())?;
    if !merged.conflicts.is_empty() {
        for path in &merged.conflicts {
            let kept = workspace.hash_at(path)?;
            let kept = kept.map_or_else(String::new, |hash| hash.to_string());
            origin.conflicts.push((path.to_string(), kept));
        }
        origin.store(workspace)?;
    }
    let pointers = workspace.lfs_pointers()?;
    Ok(ToolDone::with(output(
        &origin, &merged, files, bytes, pointers,
    )))
}

fn output(origin: &Origin, merged: &Merged, files: u64, bytes: u64, pointers: u64) -> Value {
    let mut output = json!({
        "repository": origin.repository,
        "commit": origin.commit,
        "files": files,
        "bytes": bytes,
        "put": merged.put,
    });
    let mut set = |name: &str, value: Value| {
        if let Some(output) = output.as_object_mut() {
            output.insert(name.to_owned(), value);
        }
    };
    match &origin.branch {
        Some(branch) => set("branch", json!(branch)),
        None => set("reference", json!(origin.reference)),
    }
    if merged.deleted > 0 {
        set("deleted", json!(merged.deleted));
    }
    for (name, paths) in [
        ("merged", &merged.combined),
        ("conflicts", &merged.conflicts),
    ] {
        if !paths.is_empty() {
            set(name, named(paths.iter().map(|path| path.to_string())));
        }
    }
    if !origin.left_out.is_empty() {
        let left_out = origin.left_out.iter();
        let all = origin.left_out.len() as u64 + origin.left_out_more;
        set(
            "left_out",
            named(left_out.map(|(path, reason)| format!("{path}: {reason}"))),
        );
        set("left_out_count", json!(all));
        set(
            "left_out_note",
            json!("These are not in the workspace. A pull request leaves them as they are."),
        );
    }
    if !merged.conflicts.is_empty() {
        set(
            "conflicts_note",
            json!(
                "Both sides changed these. The workspace keeps its own; read the other version with get_file_contents and \
                   combine both, or a pull request takes those changes back."
            ),
        );
    }
    if pointers > 0 {
        let words = "files are pointers of Git LFS: their contents are not in the repository.";
        set("lfs", json!(format!("{} {words}", count(pointers))));
    }
    say(&mut output, "note", note_of(&merged.twins));
    output
}

fn named(texts: impl Iterator<Item = String>) -> Value {
    let mut texts: Vec<String> = texts.collect();
    let more = texts.len().saturating_sub(NAMED);
    texts.truncate(NAMED);
    if more > 0 {
        texts.push(format!("… and {} more", count(more as u64)));
    }
    json!(texts)
}
