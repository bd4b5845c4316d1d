//! The layout of folders. Each profile has its own, so that a development build does not touch a served release.

use std::{env, path::PathBuf};

use crate::error::Error;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Profile {
    Dev,
    Release,
}

impl Profile {
    /// The name of our folder under `build/`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Dev => "dev",
            Self::Release => "release",
        }
    }

    pub(crate) fn cargo_profile(self, wasm: Wasm) -> &'static str {
        match (self, wasm) {
            (Self::Dev, Wasm::Page | Wasm::Worker) => "wasm-dev",
            (Self::Release, Wasm::Page) => "page-release",
            (Self::Release, Wasm::Worker) => "worker-release",
        }
    }
}

/// The crates compiled to wasm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wasm {
    /// The page, which every first visit downloads: optimised for size.
    Page,
    /// The Worker, which answers requests: optimised for speed.
    Worker,
}

impl Wasm {
    pub(crate) fn package(self) -> &'static str {
        match self {
            Self::Page => "frontend",
            Self::Worker => "server",
        }
    }
}

#[derive(Debug)]
pub(crate) struct Layout {
    pub(crate) profile: Profile,
    pub(crate) root: PathBuf,
    target: PathBuf,
}

impl Layout {
    pub(crate) fn new(profile: Profile) -> Result<Self, Error> {
        let manifest = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").ok_or(Error::NoRoot)?);
        let root = manifest.parent().ok_or(Error::NoRoot)?.to_path_buf();
        // This program is `<target>/xtask/xtask`, wherever cargo's target folder is.
        let program = env::current_exe().map_err(|_| Error::NoRoot)?;
        let target = program.ancestors().nth(2).ok_or(Error::NoRoot)?;
        Ok(Self {
            profile,
            target: target.to_path_buf(),
            root,
        })
    }

    /// The root of all output of this profile's build.
    pub(crate) fn output(&self) -> PathBuf {
        self.root.join("build").join(self.profile.name())
    }

    /// The files that browsers may fetch; Workers Assets serves this folder.
    pub(crate) fn site(&self) -> PathBuf {
        self.output().join("site")
    }

    /// The Worker: shim, bindings and wasm.
    pub(crate) fn server(&self) -> PathBuf {
        self.output().join("server")
    }

    /// The hashed names, read by the server's build script.
    pub(crate) fn assets_file(&self) -> PathBuf {
        self.output().join("assets.env")
    }

    /// The description of the build; `GET /version` returns the same for a running server.
    pub(crate) fn version_file(&self) -> PathBuf {
        self.output().join("version.json")
    }

    /// Intermediate results of a step.
    pub(crate) fn work(&self, step: &str) -> PathBuf {
        self.output().join("work").join(step)
    }

    pub(crate) fn wasm(&self, wasm: Wasm) -> PathBuf {
        let folder = self
            .target
            .join("wasm32-unknown-unknown")
            .join(self.profile.cargo_profile(wasm));
        folder.join(wasm.package()).with_extension("wasm")
    }

    /// A program for this machine, built with our own profile.
    pub(crate) fn program(&self, package: &str) -> PathBuf {
        self.target.join("xtask").join(package)
    }
}
