//! The identification of a build: a hash of everything it ships, and its commit. The same sources give the same
//! build.

use std::{env, path::Path, process::Command};

use sha2::{Digest, Sha256};

use crate::{error::Error, files, layout::Layout, stamp};

/// The Worker's entry: the shim, after a line that identifies the build.
const ENTRY: &str = "index.js";

/// The variable with the commit where there is no checkout, such as in an image.
const COMMIT: &str = "CODER_COMMIT";

/// Writes the Worker's entry to `folder`, and the same facts for scripts to the build's `version.json`.
pub(crate) fn stamp(layout: &Layout, folder: &Path, shim: &Path) -> Result<(), Error> {
    let shim = files::read_text(shim)?;
    let build = build_of(folder, &layout.site(), &shim)?;
    let commit =
        commit_of(&layout.root).map_or_else(|| "null".to_owned(), |id| format!("\"{id}\""));
    let version = env!("CARGO_PKG_VERSION");
    let facts = format!(r#"{{"version":"{version}","build":"{build}","commit":{commit}}}"#);
    let entry = format!("globalThis.coderBuild = {facts};\n{shim}");
    files::write_if_changed(&folder.join(ENTRY), entry.as_bytes())?;
    files::write_if_changed(&layout.version_file(), facts.as_bytes())
}

/// The hash of the Worker in `folder`, its shim and the files of the page.
fn build_of(folder: &Path, site: &Path, shim: &str) -> Result<String, Error> {
    let mut hash = Sha256::new();
    let mut take = |name: &Path, content: &[u8]| {
        hash.update(name.as_os_str().as_encoded_bytes());
        hash.update(stamp::content_hash(content).as_bytes());
    };
    take(Path::new(ENTRY), shim.as_bytes());
    for root in [folder, site] {
        for path in files::list(root)? {
            if path != Path::new(ENTRY) {
                take(&path, &files::read(&root.join(&path))?);
            }
        }
    }
    Ok(stamp::short_hex(hash))
}

/// The commit of the checkout, with a `+` when there are changes; `None` without git.
fn commit_of(root: &Path) -> Option<String> {
    if let Some(named) = env::var(COMMIT).ok().filter(|id| is_plain(id)) {
        return Some(named);
    }
    // A folder inside another project's checkout is not our checkout.
    if !root.join(".git").exists() {
        return None;
    }
    let commit = git(root, &["rev-parse", "--short=12", "HEAD"]).filter(|id| is_plain(id))?;
    let changed = git(root, &["status", "--porcelain"]).is_none_or(|changes| !changes.is_empty());
    Some(if changed {
        format!("{commit}+")
    } else {
        commit
    })
}

fn is_plain(id: &str) -> bool {
    !id.is_empty() && id.len() <= 64 && id.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

fn git(root: &Path, arguments: &[&str]) -> Option<String> {
    let output = Command::new("git")
        .current_dir(root)
        .args(arguments)
        .output();
    let output = output.ok().filter(|output| output.status.success())?;
    Some(String::from_utf8(output.stdout).ok()?.trim().to_owned())
}
