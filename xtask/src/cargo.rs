//! Compiles one crate: to wasm, or to a program for this machine.

use std::{env, process::Command};

use crate::{
    error::Error,
    layout::{Layout, Wasm},
};

/// Compiles one package per call: together their features would be unified, and `app` must never have both `ssr` and
/// `hydrate`.
pub(crate) fn build(layout: &Layout, wasm: Wasm) -> Result<(), Error> {
    let profile = layout.profile.cargo_profile(wasm);
    let target = ["--target", "wasm32-unknown-unknown"];
    cargo(layout, wasm.package(), &["--profile", profile], &target)
}

/// Uses the profile of this program, so that shared crates are compiled once.
pub(crate) fn build_program(layout: &Layout, package: &'static str) -> Result<(), Error> {
    cargo(layout, package, &["--profile", "xtask"], &[])
}

fn cargo(
    layout: &Layout,
    package: &'static str,
    profile: &[&str],
    target: &[&str],
) -> Result<(), Error> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(cargo)
        .current_dir(&layout.root)
        .args(["build", "--package", package])
        .args(profile)
        .args(target)
        .status();
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(_) | Err(_) => Err(Error::Cargo { package }),
    }
}
