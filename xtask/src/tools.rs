//! The npm tools of the pipeline: esbuild and binaryen's wasm-opt.

use std::{
    ffi::OsStr,
    fs,
    path::Path,
    process::{Command, Stdio},
};

use crate::{
    error::Error,
    files,
    layout::{Layout, Profile},
};

/// Listed one by one: with all features enabled, wasm-opt writes an import form that browsers refuse.
const WASM_FEATURES: [&str; 7] = [
    "--enable-mutable-globals",
    "--enable-sign-ext",
    "--enable-nontrapping-float-to-int",
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-reference-types",
    "--enable-exception-handling",
];

/// The passes that make the browser's wasm small. Each was measured after brotli.
pub(crate) const FOR_BROWSER: [&str; 6] = [
    "-Oz",
    // Repeats for as long as it helps.
    "--converge",
    // The first kilobyte is the far end of the stack and holds no objects, so that more offsets fit the instructions.
    "--low-memory-unused",
    // A function of its own compresses better than one inlined into its only caller.
    "--one-caller-inline-max-function-size=40",
    "--strip-producers",
    "--strip-target-features",
];

/// The passes that make the Worker's wasm fast.
pub(crate) const FOR_SERVER: [&str; 3] = ["-O3", "--strip-producers", "--strip-target-features"];

/// Optimises a release's wasm; a development build stays unchanged, for speed and for names in stack traces.
pub(crate) fn optimise(layout: &Layout, wasm: &Path, passes: &[&str]) -> Result<(), Error> {
    if layout.profile == Profile::Dev {
        return Ok(());
    }
    let small = wasm.with_extension("small");
    let mut arguments: Vec<&OsStr> = WASM_FEATURES.iter().chain(passes).map(OsStr::new).collect();
    // Suppresses warnings about sections that only tools read.
    arguments.push("--quiet".as_ref());
    arguments.extend([wasm.as_os_str(), "-o".as_ref(), small.as_os_str()]);
    run(layout, "wasm-opt", &arguments)?;
    fs::rename(&small, wasm).map_err(files::at(wasm))
}

/// Bundles a JavaScript or CSS file with all its imports.
pub(crate) fn bundle(layout: &Layout, entry: &Path, output: &Path) -> Result<(), Error> {
    let mut outfile = std::ffi::OsString::from("--outfile=");
    outfile.push(output);
    // Images and fonts stay separate files with unchanged URLs.
    let mut arguments: Vec<&OsStr> = vec![entry.as_os_str(), &outfile];
    arguments.extend(
        [
            "--bundle",
            "--format=esm",
            "--external:*.svg",
            "--external:*.png",
            "--external:*.woff2",
            "--log-level=warning",
            // The bindings name the loader once for each import of it.
            "--log-override:duplicate-object-key=silent",
        ]
        .map(OsStr::new),
    );
    if layout.profile == Profile::Release {
        arguments.push("--minify".as_ref());
    }
    run(layout, "esbuild", &arguments)
}

fn run(layout: &Layout, tool: &str, arguments: &[&OsStr]) -> Result<(), Error> {
    let program = layout.root.join("node_modules/.bin").join(tool);
    // Without an input of its own, a tool cannot take the terminal's keys from our caller.
    let status = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .status();
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => Err(Error::ToolFailed {
            tool: tool.to_owned(),
        }),
        Err(source) => Err(Error::ToolMissing {
            tool: tool.to_owned(),
            source,
        }),
    }
}
