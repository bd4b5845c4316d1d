//! Splits the browser's wasm: code that a first view does not need becomes a piece of its own, which a loader fetches
//! on demand.

use std::{
    fs,
    path::{Path, PathBuf},
};

use wasm_split_cli_support::Options;

use crate::{error::Error, files, stamp};

/// The script that fetches pieces. The main wasm imports it by this name, and the bundle includes it.
const LOADER: &str = "./loader.js";
/// The import of the loader: the bindings of the main wasm.
const BINDINGS: &str = "./app.js";
/// The prefix that the splitter adds to the name of a piece that is named in the source.
const NAMED: &str = "split_";

/// The main wasm before its bindings are generated, and the pieces before they are renamed.
pub(crate) struct Cut {
    pub(crate) main: PathBuf,
    pub(crate) pieces: Vec<PathBuf>,
}

/// Splits `wasm`; writes the loader and the pieces to `folder`.
pub(crate) fn cut(wasm: &Path, folder: &Path) -> Result<Cut, Error> {
    let content = files::read(wasm)?;
    let main = folder.join("main.wasm");
    let mut options = Options::new(&content);
    options.output_dir = folder;
    options.main_out_path = &main;
    options.link_name = LOADER;
    options.main_module = BINDINGS;
    let cut = wasm_split_cli_support::transform(options).map_err(|error| Error::Cut {
        file: wasm.to_path_buf(),
        message: format!("{error:#}"),
    })?;
    Ok(Cut {
        main,
        pieces: cut.split_modules,
    })
}

/// Moves each piece to `named`, under a name with a hash of its content, which the loader in `folder` uses.
pub(crate) fn name(pieces: &[PathBuf], folder: &Path, named: &Path) -> Result<(), Error> {
    files::create_folder(named)?;
    let loader = folder.join(LOADER);
    let mut script = files::read_text(&loader)?;
    for piece in pieces {
        let stem = piece.file_stem().unwrap_or_default().to_string_lossy();
        let asked = format!("\"./{stem}.wasm\"");
        if !script.contains(&asked) {
            return Err(Error::UnexpectedLoader { piece: asked });
        }
        let hash = stamp::content_hash(&files::read(piece)?);
        let name = format!("{}.{hash}.wasm", stem.trim_start_matches(NAMED));
        script = script.replace(&asked, &format!("\"./{name}\""));
        fs::rename(piece, named.join(name)).map_err(files::at(piece))?;
    }
    files::write_if_changed(&loader, script.as_bytes())
}
