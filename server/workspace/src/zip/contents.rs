//! The contents of an archive's files, one after the other, whatever their names.

use limits::Work;

use super::{
    ArchiveError, ArchiveLimits,
    format::{Listed, ListedKind},
    tar::{Format, Gunzip, TarListing},
    unpack::Unpacking,
    upload::{Spool, Upload},
};
use crate::{Workspace, WorkspaceError};

/// An archive whose contents are read.
#[derive(Debug)]
pub(crate) struct ContentsOf {
    uploads: Vec<Upload>,
    limits: ArchiveLimits,
    stage: Stage,
}

#[derive(Debug)]
enum Stage {
    Gunzip(Box<Gunzip>),
    List(Box<TarListing>),
    Files {
        spool: Spool,
        list: std::vec::IntoIter<Listed>,
        unpacking: Option<(Listed, Unpacking)>,
    },
    /// The uploads are being deleted.
    Forget(Result<(), WorkspaceError>),
}

/// The result of a step.
#[derive(Debug)]
pub(crate) enum ContentsStep {
    /// Not finished.
    More,
    /// The content of a file.
    Content(Vec<u8>),
    /// Finished; the upload is deleted.
    End,
}

impl Workspace<'_> {
    /// Begins to read a complete upload, a tar file, gzipped or not.
    pub(crate) fn contents_of(&self, mut upload: Upload) -> ContentsOf {
        let limits = upload.limits();
        let stage = self.first_contents(&mut upload);
        ContentsOf {
            limits,
            uploads: vec![upload],
            stage: stage.unwrap_or_else(|error| Stage::Forget(Err(error))),
        }
    }

    fn first_contents(&self, upload: &mut Upload) -> Result<Stage, WorkspaceError> {
        upload.flush(self)?;
        let mut spool = Spool::new(upload.id, upload.size);
        Ok(match Format::of(self, &mut spool)? {
            Format::Gzip => Stage::Gunzip(Box::new(Gunzip::begin(self, spool, upload.limits())?)),
            Format::Tar => Stage::List(Box::new(TarListing::new(spool))),
            Format::Zip => return Err(ArchiveError::NotZip.into()),
        })
    }
}

impl ContentsOf {
    /// The next content, or a part of the way to it.
    ///
    /// # Errors
    /// When the archive is damaged or too large, or when an SQL statement fails. The upload is deleted by then.
    pub(crate) fn next(
        &mut self,
        workspace: &Workspace<'_>,
        work: &mut Work,
    ) -> Result<ContentsStep, WorkspaceError> {
        let stage = std::mem::replace(&mut self.stage, Stage::Forget(Ok(())));
        if let Stage::Forget(outcome) = stage {
            return self.forget(outcome, workspace, work);
        }
        match self.advance(stage, workspace, work) {
            Ok((stage, step)) => {
                self.stage = stage;
                Ok(step)
            }
            Err(error) => {
                self.stage = Stage::Forget(Err(error));
                Ok(ContentsStep::More)
            }
        }
    }

    fn forget(
        &mut self,
        outcome: Result<(), WorkspaceError>,
        workspace: &Workspace<'_>,
        work: &mut Work,
    ) -> Result<ContentsStep, WorkspaceError> {
        work.spend(Work::SLICE / 2);
        let Some(upload) = self.uploads.last() else {
            return outcome.map(|()| ContentsStep::End);
        };
        if !upload.forget_some(workspace)? {
            self.uploads.pop();
        }
        self.stage = Stage::Forget(outcome);
        Ok(ContentsStep::More)
    }

    fn advance(
        &mut self,
        stage: Stage,
        workspace: &Workspace<'_>,
        work: &mut Work,
    ) -> Result<(Stage, ContentsStep), WorkspaceError> {
        let stage = match stage {
            Stage::Gunzip(mut gunzip) => {
                let outcome = gunzip.slice(workspace, work);
                if matches!(outcome, Ok(false)) {
                    return Ok((Stage::Gunzip(gunzip), ContentsStep::More));
                }
                let mut upload = gunzip.into_upload();
                let flushed = upload.flush(workspace);
                let spool = Spool::new(upload.id, upload.size);
                self.uploads.push(upload);
                outcome?;
                flushed?;
                Stage::List(Box::new(TarListing::new(spool)))
            }
            Stage::List(mut listing) => match listing.slice(workspace, self.limits, work)? {
                None => Stage::List(listing),
                Some(list) => Stage::Files {
                    spool: listing.spool(),
                    list: list.into_iter(),
                    unpacking: None,
                },
            },
            Stage::Files {
                spool,
                list,
                unpacking,
            } => return file(spool, list, unpacking, workspace, work),
            over @ Stage::Forget(_) => over,
        };
        Ok((stage, ContentsStep::More))
    }
}

/// Unpacks the next file of the list.
fn file(
    mut spool: Spool,
    mut list: std::vec::IntoIter<Listed>,
    unpacking: Option<(Listed, Unpacking)>,
    workspace: &Workspace<'_>,
    work: &mut Work,
) -> Result<(Stage, ContentsStep), WorkspaceError> {
    let next = match unpacking {
        Some(next) => Some(next),
        None => match list.find(|listed| is_read(listed, workspace)) {
            Some(listed) => {
                let unpacking = Unpacking::begin(workspace, &mut spool, &listed, work)?;
                Some((listed, unpacking))
            }
            None => None,
        },
    };
    let Some((listed, mut unpacking)) = next else {
        return Ok((Stage::Forget(Ok(())), ContentsStep::More));
    };
    if !unpacking.slice(&listed, work)? {
        let unpacking = Some((listed, unpacking));
        let stage = Stage::Files {
            spool,
            list,
            unpacking,
        };
        return Ok((stage, ContentsStep::More));
    }
    let bytes = unpacking.end(&listed)?;
    let stage = Stage::Files {
        spool,
        list,
        unpacking: None,
    };
    Ok((stage, ContentsStep::Content(bytes)))
}

fn is_read(listed: &Listed, workspace: &Workspace<'_>) -> bool {
    listed.kind == ListedKind::File && listed.size <= workspace.limits.file_bytes
}
