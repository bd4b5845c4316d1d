//! File access whose errors name the file.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use crate::error::Error;

pub(crate) fn at(path: &Path) -> impl FnOnce(io::Error) -> Error + use<> {
    let path = path.to_path_buf();
    move |source| Error::File { path, source }
}

pub(crate) fn read(path: &Path) -> Result<Vec<u8>, Error> {
    fs::read(path).map_err(at(path))
}

pub(crate) fn read_text(path: &Path) -> Result<String, Error> {
    fs::read_to_string(path).map_err(at(path))
}

pub(crate) fn create_folder(path: &Path) -> Result<(), Error> {
    fs::create_dir_all(path).map_err(at(path))
}

/// Creates an empty folder in place of any previous one.
pub(crate) fn fresh_folder(path: &Path) -> Result<(), Error> {
    if path.exists() {
        fs::remove_dir_all(path).map_err(at(path))?;
    }
    create_folder(path)
}

/// Writes a file if its content differs, in one step: a reader or watcher sees neither a needless change nor a
/// partial file.
pub(crate) fn write_if_changed(path: &Path, content: &[u8]) -> Result<(), Error> {
    if fs::read(path).is_ok_and(|present| present == content) {
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        create_folder(folder)?;
    }
    let mut draft = path.as_os_str().to_owned();
    draft.push(".new");
    let draft = PathBuf::from(draft);
    fs::write(&draft, content).map_err(at(&draft))?;
    fs::rename(&draft, path).map_err(at(path))
}

/// Copies a program in one step, with its permissions: a running program cannot be overwritten, but its name can be
/// reassigned.
pub(crate) fn replace(from: &Path, to: &Path) -> Result<(), Error> {
    if read(from)? == fs::read(to).unwrap_or_default() {
        return Ok(());
    }
    let draft = to.with_extension("new");
    fs::copy(from, &draft).map_err(at(from))?;
    fs::rename(&draft, to).map_err(at(to))
}

/// All files in a folder, as sorted relative paths; none when the folder is missing.
pub(crate) fn list(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let mut found = Vec::new();
    let mut open = vec![PathBuf::new()];
    while let Some(part) = open.pop() {
        let here = folder.join(&part);
        if !here.is_dir() {
            continue;
        }
        for entry in fs::read_dir(&here).map_err(at(&here))? {
            let entry = entry.map_err(at(&here))?;
            let path = part.join(entry.file_name());
            if entry.path().is_dir() {
                open.push(path);
            } else {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Makes `to` contain exactly the files of `from`, touching only what differs.
pub(crate) fn mirror(from: &Path, to: &Path) -> Result<(), Error> {
    let wanted = list(from)?;
    for path in &wanted {
        write_if_changed(&to.join(path), &read(&from.join(path))?)?;
    }
    for path in list(to)? {
        if !wanted.contains(&path) {
            let stale = to.join(path);
            fs::remove_file(&stale).map_err(at(&stale))?;
        }
    }
    Ok(())
}
