//! Imports an uploaded archive in slices, and deletes the upload in slices.

use limits::Work;

use super::{
    ArchiveLimits,
    import::Imported,
    intake::Intake,
    tar::{Format, Gunzip, TarListing},
    upload::{Spool, Upload},
};
use crate::{Workspace, WorkspaceError};

/// An import in progress.
#[derive(Debug)]
pub struct Importing {
    /// The archive, and the uploads that it was unpacked to.
    uploads: Vec<Upload>,
    limits: ArchiveLimits,
    stage: Stage,
}

#[derive(Debug)]
enum Stage {
    /// A gzip file is being unpacked to a tar file.
    Gunzip(Box<Gunzip>),
    /// The entries of a tar file are being listed.
    List(Box<TarListing>),
    /// The files are being imported.
    Files(Box<Intake>),
    /// The uploads are being deleted.
    Forget(Result<Imported, WorkspaceError>),
}

/// The result of a slice of an import.
#[derive(Debug)]
pub enum ImportStep {
    /// Not finished: continue after other work had its turn.
    More(Box<Importing>),
    /// Finished.
    Done(Imported),
}

impl Workspace<'_> {
    /// Imports a complete upload without interruption. See [`Workspace::begin_import`] for slices.
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

    /// Begins to import a complete upload: a zip file, or a tar file, gzipped or not. Files at other paths stay.
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
    /// Continues until the work of the slice is used up.
    ///
    /// # Errors
    /// When the archive is invalid or does not fit: then nothing was written.
    /// [`ArchiveError::Partly`](super::ArchiveError::Partly) when writing had begun and another change left too
    /// little space, or an SQL statement failed.
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
