//! An archive that came in is unpacked in slices, and forgotten in slices.

use limits::Work;

use super::{
    ArchiveLimits,
    import::Imported,
    intake::Intake,
    tar::{Format, Gunzip, TarListing},
    upload::{Spool, Upload},
};
use crate::{Workspace, WorkspaceError};

/// An archive that is taken apart.
#[derive(Debug)]
pub struct Importing {
    /// It, and what it was unpacked to on the way.
    uploads: Vec<Upload>,
    limits: ArchiveLimits,
    stage: Stage,
}

#[derive(Debug)]
enum Stage {
    /// A gzip file is unpacked, to a tar file.
    Gunzip(Box<Gunzip>),
    /// The entries of a tar file are looked for.
    List(Box<TarListing>),
    /// Its files come in.
    Files(Box<Intake>),
    /// Its bytes are forgotten.
    Forget(Result<Imported, WorkspaceError>),
}

/// What a slice came to.
#[derive(Debug)]
pub enum ImportStep {
    /// There is more to do, once others had their turn.
    More(Box<Importing>),
    /// It is over.
    Done(Imported),
}

impl Workspace<'_> {
    /// Unpacks an archive that is whole, in one go. See [`Workspace::begin_import`] for slices.
    ///
    /// # Errors
    /// As [`Importing::slice`].
    pub fn finish_upload(&self, upload: Upload) -> Result<Imported, WorkspaceError> {
        let mut importing = self.begin_import(upload);
        loop {
            match importing.slice(self, &mut Work::slice())? {
                ImportStep::More(more) => importing = *more,
                ImportStep::Done(imported) => return Ok(imported),
            }
        }
    }

    /// Begins to unpack an archive that is whole: a zip file, or a tar file, packed with gzip or not. What is there under
    /// other paths stays.
    pub fn begin_import(&self, mut upload: Upload) -> Importing {
        let stage = self.first_stage(&mut upload);
        Importing {
            limits: upload.limits(),
            uploads: vec![upload],
            stage: stage.unwrap_or_else(|error| Stage::Forget(Err(error))),
        }
    }

    fn first_stage(&self, upload: &mut Upload) -> Result<Stage, WorkspaceError> {
        upload.flush(self)?;
        let mut spool = Spool::new(upload.id, upload.size);
        Ok(match Format::of(self, &mut spool)? {
            Format::Gzip => Stage::Gunzip(Box::new(Gunzip::begin(self, spool, upload.limits())?)),
            Format::Tar => Stage::List(Box::new(TarListing::new(spool))),
            Format::Zip => Stage::Files(Box::new(self.open_upload(upload)?.files(self, "")?)),
        })
    }
}

impl Importing {
    /// Goes on as far as the work goes.
    ///
    /// # Errors
    /// When the archive cannot be read or does not fit: nothing was written then.
    /// [`ArchiveError::Partly`](super::ArchiveError::Partly) when the workspace was changed by somebody else so that it no
    /// longer fits, or when a statement fails, in the middle of the writing.
    pub fn slice(
        mut self,
        workspace: &Workspace<'_>,
        work: &mut Work,
    ) -> Result<ImportStep, WorkspaceError> {
        while !work.is_spent() {
            if let Stage::Forget(outcome) = self.stage {
                let Some(upload) = self.uploads.last() else {
                    return outcome.map(ImportStep::Done);
                };
                if !upload.forget_some(workspace)? {
                    self.uploads.pop();
                }
                work.spend(Work::SLICE / 2);
                self.stage = Stage::Forget(outcome);
                continue;
            }
            let next = Self::next(self.stage, &mut self.uploads, self.limits, workspace, work);
            self.stage = next.unwrap_or_else(|error| Stage::Forget(Err(error)));
        }
        Ok(ImportStep::More(Box::new(self)))
    }

    fn next(
        stage: Stage,
        uploads: &mut Vec<Upload>,
        limits: ArchiveLimits,
        workspace: &Workspace<'_>,
        work: &mut Work,
    ) -> Result<Stage, WorkspaceError> {
        Ok(match stage {
            Stage::Gunzip(mut gunzip) => {
                let outcome = gunzip.slice(workspace, work);
                if matches!(outcome, Ok(false)) {
                    return Ok(Stage::Gunzip(gunzip));
                }
                let mut upload = gunzip.into_upload();
                let flushed = upload.flush(workspace);
                let spool = Spool::new(upload.id, upload.size);
                uploads.push(upload);
                outcome?;
                flushed?;
                Stage::List(Box::new(TarListing::new(spool)))
            }
            Stage::List(mut listing) => match listing.slice(workspace, limits, work)? {
                None => Stage::List(listing),
                Some(list) => {
                    let version = workspace.usage()?.change;
                    let intake = Intake::new(listing.spool(), list, limits, "", version);
                    Stage::Files(Box::new(intake))
                }
            },
            Stage::Files(mut intake) => match intake.slice(workspace, work)? {
                None => Stage::Files(intake),
                Some(imported) => Stage::Forget(Ok(imported)),
            },
            over @ Stage::Forget(_) => over,
        })
    }
}
