//! Content stamps: a step runs again only when its inputs have changed.

use std::{
    env, fs,
    path::{Path, PathBuf},
    time::UNIX_EPOCH,
};

use sha2::{Digest, Sha256};

use crate::{error::Error, files};

/// The number of hexadecimal digits of a hash in a file name.
const NAME_DIGITS: usize = 12;

/// The hash in the name of a file that browsers may cache forever.
pub(crate) fn content_hash(content: &[u8]) -> String {
    short_hex(Sha256::new_with_prefix(content))
}

/// The first digits of a hash.
pub(crate) fn short_hex(hash: Sha256) -> String {
    let mut name: String = hash
        .finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    name.truncate(NAME_DIGITS);
    name
}

/// The inputs of a step.
#[derive(Debug)]
pub(crate) struct Inputs(Sha256);

impl Inputs {
    /// Starts with this program's own timestamp, so that a changed pipeline repeats every step.
    pub(crate) fn new() -> Self {
        let changed = env::current_exe()
            .and_then(fs::metadata)
            .and_then(|program| program.modified());
        let age = changed
            .ok()
            .and_then(|time| time.duration_since(UNIX_EPOCH).ok())
            .unwrap_or_default();
        let mut hash = Sha256::new();
        hash.update(age.as_nanos().to_le_bytes());
        Self(hash)
    }

    pub(crate) fn with_file(mut self, path: &Path) -> Result<Self, Error> {
        let content = files::read(path)?;
        self.0.update(path.as_os_str().as_encoded_bytes());
        self.0.update(content.len().to_le_bytes());
        self.0.update(&content);
        Ok(self)
    }

    pub(crate) fn with_folder(self, folder: &Path) -> Result<Self, Error> {
        files::list(folder)?
            .iter()
            .try_fold(self, |inputs, path| inputs.with_file(&folder.join(path)))
    }

    fn digest(self) -> String {
        self.0
            .finalize()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }
}

/// Runs `step` unless it already completed with the same inputs. Its results are in `folder`, which is empty at the
/// start.
pub(crate) fn unless_fresh(
    folder: &Path,
    inputs: Inputs,
    step: impl FnOnce() -> Result<(), Error>,
) -> Result<(), Error> {
    let stamp: PathBuf = folder.with_extension("stamp");
    let digest = inputs.digest();
    if folder.is_dir() && fs::read_to_string(&stamp).is_ok_and(|present| present == digest) {
        return Ok(());
    }
    if stamp.exists() {
        fs::remove_file(&stamp).map_err(files::at(&stamp))?;
    }
    files::fresh_folder(folder)?;
    step()?;
    files::write_if_changed(&stamp, digest.as_bytes())
}
