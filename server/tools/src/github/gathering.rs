//! Gathers the files of a commit: the list first, then the contents that the store does not have.

use std::ops::ControlFlow;

use github::{GithubError, ObjectId, RepositoryName, Tree, TreeEntry};
use limits::Work;
use workspace::{
    ArchiveError, ArchiveLimits, ArchiveReading, BaseFile, BlobId, FilePath, Incoming, Limits,
    Upload, WorkspaceError,
};

use super::{
    errand::Errands,
    origin::{LEFT_OUT, Origin, object_id},
    session::Session,
    shown::count,
};
use crate::ToolFailure;

/// The most contents that are requested one by one instead of an archive, and the most that may be missing from one.
const FEW: usize = 12;
const MOST_SINGLE: usize = 200;

/// The files that are listed in the store at once.
const LISTED_AT_ONCE: usize = 500;

/// What is opened.
pub(super) struct Target {
    pub(super) name: RepositoryName,
    pub(super) origin: Origin,
}

/// Gathers the files of a commit beside the workspace, with what was left out.
pub(super) async fn gather<P: Errands>(
    target: &Target,
    session: &Session<'_, P>,
) -> Result<(Incoming, Origin), ToolFailure> {
    let limits = session.with(|context| Ok(context.workspace.limits()))?;
    let tree = list(target, session).await?;
    let mut origin = target.origin.clone();
    let files = accepted(&tree, limits, &mut origin)?;
    drop(tree);
    let mut incoming = session.with(|context| Ok(context.workspace.begin_incoming()?))?;
    for some in files.chunks(LISTED_AT_ONCE) {
        session.with(|context| Ok(incoming.add(&context.workspace, some)?))?;
        session.platform.pause().await;
    }
    drop(files);
    fetch_missing(target, &incoming, session).await?;
    Ok((incoming, origin))
}

/// The list of files; an error when there are too many of them.
async fn list<P: Errands>(target: &Target, session: &Session<'_, P>) -> Result<Tree, ToolFailure> {
    let tree = target.origin.tree_id()?;
    let many = || {
        ToolFailure::Explained(format!(
            "{} has more files than GitHub lists at once, and a workspace holds {}. Nothing was opened. Read single files \
             with get_file_contents.",
            target.name,
            count(Limits::DEFAULT.files)
        ))
    };
    match session.client.call(github::tree(&target.name, &tree)).await {
        Ok(tree) if tree.truncated => Err(many()),
        Ok(tree) => Ok(tree),
        Err(GithubError::TooLarge { .. }) => Err(many()),
        Err(error) => Err(error.into()),
    }
}

/// The files that the workspace can hold. Others are named in `origin`.
fn accepted(
    tree: &Tree,
    limits: Limits,
    origin: &mut Origin,
) -> Result<Vec<BaseFile>, ToolFailure> {
    let mut files = Vec::new();
    for entry in tree.tree.iter().filter(|entry| entry.kind != "tree") {
        match file(entry, limits) {
            Ok(file) => files.push(file),
            Err(reason) if origin.left_out.len() < LEFT_OUT => {
                origin.left_out.push((entry.path.clone(), reason));
            }
            Err(_) => origin.left_out_more += 1,
        }
    }
    let bytes: u64 = files.iter().map(|file| file.size).sum();
    if files.len() as u64 > limits.files || bytes > limits.bytes {
        return Err(ToolFailure::Explained(format!(
            "{} has {} files with {} MB at {}, and a workspace holds {} files with {} MB. Nothing was opened. Read single files \
             with get_file_contents.",
            origin.repository,
            count(files.len() as u64),
            count(bytes.div_ceil(1_000_000)),
            origin.short(),
            count(limits.files),
            count(limits.bytes / 1_000_000),
        )));
    }
    Ok(files)
}

fn file(entry: &TreeEntry, limits: Limits) -> Result<BaseFile, String> {
    let is_executable = match (entry.kind.as_str(), entry.mode.as_str()) {
        ("commit", _) => return Err("it is a submodule".to_owned()),
        (_, "120000") => return Err("it is a symbolic link".to_owned()),
        (_, mode) => mode == "100755",
    };
    if entry.path.contains(char::REPLACEMENT_CHARACTER) {
        return Err("its name is not UTF-8".to_owned());
    }
    let path = FilePath::parse(&entry.path).map_err(|error| error.to_string())?;
    if path.as_str() != entry.path {
        return Err("its name is not in the normal form of Unicode (NFC)".to_owned());
    }
    if entry.size > limits.file_bytes {
        let most = count(limits.file_bytes / 1_000_000);
        let size = count(entry.size);
        return Err(format!("it has {size} bytes, and the limit is {most} MB"));
    }
    Ok(BaseFile {
        path,
        blob: BlobId::stated(entry.sha.as_str()),
        is_executable,
        size: entry.size,
    })
}

/// Fetches the contents that are not stored yet: a few one by one, else an archive.
async fn fetch_missing<P: Errands>(
    target: &Target,
    incoming: &Incoming,
    session: &Session<'_, P>,
) -> Result<(), ToolFailure> {
    let missing = || session.with(|context| Ok(incoming.missing(&context.workspace)?));
    let mut blobs = missing()?;
    if blobs.len() > FEW {
        let upload = fetch_archive(target, session).await?;
        read_archive(target, upload, incoming, session).await?;
        // An archive lacks what `.gitattributes` excludes, and has other bytes where it expands keywords or line ends.
        blobs = missing()?;
    }
    if blobs.len() > MOST_SINGLE {
        return Err(ToolFailure::Explained(format!(
            "GitHub's archive of {} lacks {} of its files, such as those that .gitattributes excludes or converts. Nothing was \
             opened.",
            target.name,
            blobs.len()
        )));
    }
    for blob in blobs {
        let id = object_id(blob.as_str())?;
        let bytes = session.call(github::raw_blob(&target.name, &id)).await?;
        let is_it = session.with(|context| Ok(incoming.put(&context.workspace, &bytes)?))?;
        if !is_it {
            return Err(ToolFailure::Explained(format!(
                "GitHub sent other bytes than those of {blob}. Nothing was opened: try again."
            )));
        }
    }
    Ok(())
}

/// Fetches an archive into the store.
async fn fetch_archive<P: Errands>(
    target: &Target,
    session: &Session<'_, P>,
) -> Result<Upload, ToolFailure> {
    let commit: ObjectId = target.origin.commit_id()?;
    let limits = ArchiveLimits::DEFAULT;
    let mut upload = session.with(|context| Ok(context.workspace.begin_upload(limits)?))?;
    let id = upload.id();
    let mut failure = None;
    let request = github::tarball(&target.name, &commit);
    let streamed = session
        .client
        .stream(&request, &mut |bytes| {
            let pushed = session.with(|context| {
                let pushed = upload.push(&context.workspace, bytes);
                pushed.map_err(|error| unusable(target, error))
            });
            match pushed {
                Ok(()) => ControlFlow::Continue(()),
                Err(error) => {
                    failure = Some(error);
                    ControlFlow::Break(())
                }
            }
        })
        .await;
    let failure = failure.or_else(|| streamed.err().map(ToolFailure::from));
    match failure {
        None => Ok(upload),
        Some(failure) => {
            session.with(|context| {
                let dropped = context.workspace.drop_upload(id);
                dropped.map_err(ToolFailure::Broken)
            })?;
            Err(failure)
        }
    }
}

async fn read_archive<P: Errands>(
    target: &Target,
    upload: Upload,
    incoming: &Incoming,
    session: &Session<'_, P>,
) -> Result<(), ToolFailure> {
    let mut reading =
        session.with(|context| Ok(ArchiveReading::new(&context.workspace, upload)))?;
    loop {
        let is_read = session.with(|context| {
            let is_read = reading.slice(incoming, &context.workspace, &mut Work::slice());
            is_read.map_err(|error| unusable(target, error))
        })?;
        if is_read {
            return Ok(());
        }
        session.platform.pause().await;
    }
}

/// What is wrong with an archive.
fn unusable(target: &Target, error: WorkspaceError) -> ToolFailure {
    let name = &target.name;
    let WorkspaceError::Archive(error) = error else {
        return error.into();
    };
    if let ArchiveError::TooLarge { limit } = error {
        return ToolFailure::Explained(format!(
            "GitHub's archive of {name} has more than {} MB, which is the limit. Nothing was opened. Read single files with \
             get_file_contents.",
            count(limit / 1_000_000)
        ));
    }
    ToolFailure::Explained(format!(
        "GitHub's archive of {name} did not arrive whole, or is damaged ({error}). Nothing was opened: try again."
    ))
}
