//! The errors of a build, with texts that say what to do.

use std::{io, path::PathBuf};

#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("usage: cargo run --profile xtask -p xtask -- build [--release]")]
    Usage,
    #[error("run it through cargo: the folder of the build pipeline is unknown")]
    NoRoot,
    #[error("compiling `{package}` failed (see above)")]
    Cargo { package: &'static str },
    #[error("{tool} could not be started ({source}); `npm ci` installs it")]
    ToolMissing { tool: String, source: io::Error },
    #[error("{tool} failed (see above)")]
    ToolFailed { tool: String },
    #[error("wasm-bindgen failed on {}: {message}", file.display())]
    Bindgen { file: PathBuf, message: String },
    #[error("cutting {} into pieces failed: {message}", file.display())]
    Cut { file: PathBuf, message: String },
    #[error("the loader of the pieces has changed its shape: {piece} is not in it")]
    UnexpectedLoader { piece: String },
    #[error("{}: {source}", path.display())]
    File { path: PathBuf, source: io::Error },
    #[error("the bindings of the server have changed their shape: `{expected}` is not in them")]
    UnexpectedBindings { expected: &'static str },
}
