//! Compiling one crate to wasm.

use std::{env, process::Command};

use crate::{error::Error, layout::Layout};

/// One package a call: together their features would unite, and `app` must never be `ssr` and `hydrate` at once.
pub(crate) fn build(layout: &Layout, package: &'static str) -> Result<(), Error> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(cargo)
        .current_dir(&layout.root)
        .args([
            "build",
            "--package",
            package,
            "--target",
            "wasm32-unknown-unknown",
        ])
        .args(["--profile", layout.profile.cargo_profile()])
        .status();
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(_) | Err(_) => Err(Error::Cargo { package }),
    }
}
