//! An archive that came in is unpacked in slices, and forgotten in slices.

use limits::Work;

use super::{import::Imported, intake::Intake, upload::Upload};
use crate::{Workspace, WorkspaceError};

/// An archive that is taken apart.
#[derive(Debug)]
pub struct Importing {
    upload: Upload,
    stage: Stage,
}

#[derive(Debug)]
enum Stage {
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

    /// Begins to unpack an archive that is whole. What is there under other paths stays.
    pub fn begin_import(&self, mut upload: Upload) -> Importing {
        let opened = self.open_upload(&mut upload);
        let stage = match opened.and_then(|zip| zip.files(self, "")) {
            Ok(intake) => Stage::Files(Box::new(intake)),
            Err(error) => Stage::Forget(Err(error)),
        };
        Importing { upload, stage }
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
            match self.stage {
                Stage::Files(mut intake) => {
                    let outcome = intake.slice(workspace, work).transpose();
                    self.stage = outcome.map_or(Stage::Files(intake), Stage::Forget);
                }
                Stage::Forget(outcome) => {
                    if !self.upload.forget_some(workspace)? {
                        return outcome.map(ImportStep::Done);
                    }
                    work.spend(Work::SLICE / 2);
                    self.stage = Stage::Forget(outcome);
                }
            }
        }
        Ok(ImportStep::More(Box::new(self)))
    }
}
