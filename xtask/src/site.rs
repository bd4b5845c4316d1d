//! The folder that Workers Assets serves: static files, and script, wasm and style sheet under hashed names.

use std::path::Path;

use crate::{error::Error, files, layout::Layout, stamp};

/// The headers of static files, which bypass the Worker: the same as in `server/src/headers.rs`. A hashed name never
/// changes its content, so that browsers may cache it.
const HEADERS: &str = "\
/*
  X-Content-Type-Options: nosniff
  X-Frame-Options: DENY
  Referrer-Policy: same-origin
  Cross-Origin-Opener-Policy: same-origin
  Cross-Origin-Resource-Policy: same-origin
  Content-Security-Policy: default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'
/pkg/*
  Cache-Control: public, max-age=31536000, immutable
";

/// The parts of the site.
pub(crate) struct Parts<'a> {
    pub(crate) script: &'a Path,
    pub(crate) wasm: &'a Path,
    pub(crate) style: &'a Path,
    /// The folder with the named pieces of the wasm.
    pub(crate) pieces: &'a Path,
    /// The script that colours code.
    pub(crate) highlight: &'a Path,
}

/// Assembles the site and writes the hashed names for the server's build script. `PAGE_BUILD` changes with any of
/// them: by it an open page notices that there is a newer one.
pub(crate) fn assemble(layout: &Layout, parts: &Parts<'_>) -> Result<(), Error> {
    let Parts {
        script,
        wasm,
        style,
        pieces,
        highlight,
    } = *parts;
    let draft = layout.work("site");
    files::fresh_folder(&draft)?;
    files::mirror(&layout.root.join("style/public"), &draft)?;
    files::write_if_changed(&draft.join("_headers"), HEADERS.as_bytes())?;
    let mut names = String::new();
    for (key, file, extension) in [
        ("ASSET_JS", script, "js"),
        ("ASSET_WASM", wasm, "wasm"),
        ("ASSET_CSS", style, "css"),
    ] {
        let content = files::read(file)?;
        let address = format!("/pkg/app.{}.{extension}", stamp::content_hash(&content));
        files::write_if_changed(&draft.join(address.trim_start_matches('/')), &content)?;
        names.push_str(&format!("{key}={address}\n"));
    }
    let mut addresses = Vec::new();
    for piece in files::list(pieces)? {
        let address = format!("/pkg/{}", piece.display());
        let content = files::read(&pieces.join(&piece))?;
        files::write_if_changed(&draft.join(address.trim_start_matches('/')), &content)?;
        addresses.push(address);
    }
    let content = files::read(highlight)?;
    let address = format!("/pkg/highlight.{}.js", stamp::content_hash(&content));
    files::write_if_changed(&draft.join(address.trim_start_matches('/')), &content)?;
    addresses.push(address);
    names.push_str(&format!("ASSET_PIECES={}\n", addresses.join(" ")));
    let page = stamp::content_hash(names.as_bytes());
    names.push_str(&format!("PAGE_BUILD={page}\n"));
    files::mirror(&draft, &layout.site())?;
    files::write_if_changed(&layout.assets_file(), names.as_bytes())
}
