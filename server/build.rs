//! Compiles the hashed names of the page's files into the server: `ASSET_JS`, `ASSET_WASM`, `ASSET_CSS`, and
//! `ASSET_PIECES`, with spaces between them; and `PAGE_BUILD`, which stands for all of them. The build pipeline writes
//! them before it compiles the Worker.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

/// Host tests need names too, but no page.
const UNBUILT: &str = "ASSET_JS=/pkg/app.js\nASSET_WASM=/pkg/app.wasm\nASSET_CSS=/pkg/app.css\nASSET_PIECES=\n\
    PAGE_BUILD=unbuilt\n";

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let names = worker_assets().unwrap_or_else(|| UNBUILT.to_owned());
    for name in names.lines() {
        println!("cargo:rustc-env={name}");
    }
}

fn worker_assets() -> Option<String> {
    if env::var("CARGO_CFG_TARGET_ARCH").ok()? != "wasm32" {
        return None;
    }
    let profile = if env::var("PROFILE").ok()? == "release" {
        "release"
    } else {
        "dev"
    };
    let manifest = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR")?);
    let file: PathBuf = [
        manifest.parent()?,
        Path::new("build"),
        Path::new(profile),
        Path::new("assets.env"),
    ]
    .iter()
    .collect();
    println!("cargo:rerun-if-changed={}", file.display());
    fs::read_to_string(file).ok()
}
