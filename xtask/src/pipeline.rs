//! The steps of a build, in order.

use std::fs::File;

use crate::{
    bindings, cargo,
    error::Error,
    files,
    layout::{Layout, Profile, Wasm},
    pieces, site,
    stamp::{self, Inputs},
    tools, version,
};

/// wasm-bindgen's import of the server's wasm, and the form that wrangler's bundler understands.
const SOURCE_IMPORT: &str = "import source ";
const PLAIN_IMPORT: &str = "import ";

/// The folder with the named pieces, in the browser step's folder.
const PIECES: &str = "pieces";

pub(crate) fn build(profile: Profile) -> Result<(), Error> {
    let layout = Layout::new(profile)?;
    // Builds of the same checkout run one after the other; the lock ends with this process.
    let _lock = lock(&layout)?;
    browser(&layout)?;
    style(&layout)?;
    highlight(&layout)?;
    let browser = layout.work("browser");
    site::assemble(
        &layout,
        &site::Parts {
            script: &browser.join("bundle.js"),
            wasm: &browser.join("app_bg.wasm"),
            style: &layout.work("style").join("app.css"),
            pieces: &browser.join(PIECES),
            highlight: &layout.work("highlight").join("highlight.js"),
        },
    )?;
    server(&layout)?;
    guard(&layout)?;
    // The connection check for terminals, built here so that it is available without the registry.
    cargo::build_program(&layout, "doctor")
}

fn lock(layout: &Layout) -> Result<File, Error> {
    files::create_folder(&layout.output())?;
    let path = layout.output().join("lock");
    let file = File::create(&path).map_err(files::at(&path))?;
    if file.try_lock().is_err() {
        say("waiting for another build of this checkout");
        file.lock().map_err(files::at(&path))?;
    }
    Ok(file)
}

fn browser(layout: &Layout) -> Result<(), Error> {
    say("compiling the page for the browser");
    cargo::build(layout, Wasm::Page)?;
    let (wasm, folder) = (layout.wasm(Wasm::Page), layout.work("browser"));
    stamp::unless_fresh(&folder, Inputs::new().with_file(&wasm)?, || {
        say("cutting, binding and packing the browser's wasm");
        let cut = pieces::cut(&wasm, &folder)?;
        bindings::for_browser(&cut.main, &folder)?;
        tools::optimise(layout, &folder.join("app_bg.wasm"), &tools::FOR_BROWSER)?;
        for piece in &cut.pieces {
            tools::optimise(layout, piece, &tools::FOR_BROWSER)?;
        }
        pieces::name(&cut.pieces, &folder, &folder.join(PIECES))?;
        tools::bundle(layout, &folder.join("app.js"), &folder.join("bundle.js"))
    })
}

fn style(layout: &Layout) -> Result<(), Error> {
    let (source, folder) = (layout.root.join("style"), layout.work("style"));
    stamp::unless_fresh(&folder, Inputs::new().with_folder(&source)?, || {
        say("packing the style sheet");
        tools::bundle(layout, &source.join("main.css"), &folder.join("app.css"))
    })
}

/// The script that colours code, which a page loads when there is code on it.
fn highlight(layout: &Layout) -> Result<(), Error> {
    let (source, folder) = (layout.root.join("app/highlight"), layout.work("highlight"));
    let packages = layout.root.join("package-lock.json");
    let inputs = Inputs::new().with_folder(&source)?.with_file(&packages)?;
    stamp::unless_fresh(&folder, inputs, || {
        say("packing what colours code");
        tools::bundle(
            layout,
            &source.join("main.js"),
            &folder.join("highlight.js"),
        )
    })
}

fn server(layout: &Layout) -> Result<(), Error> {
    say("compiling the Worker");
    cargo::build(layout, Wasm::Worker)?;
    let (wasm, folder) = (layout.wasm(Wasm::Worker), layout.work("server"));
    let shim = layout.root.join("server/shim");
    let inputs = Inputs::new().with_file(&wasm)?.with_folder(&shim)?;
    stamp::unless_fresh(&folder, inputs, || {
        say("binding and packing the Worker's wasm");
        bindings::for_server(&wasm, &folder)?;
        let script = folder.join("bindings.js");
        let text = files::read_text(&script)?;
        if !text.contains(SOURCE_IMPORT) {
            return Err(Error::UnexpectedBindings {
                expected: SOURCE_IMPORT,
            });
        }
        files::write_if_changed(
            &script,
            text.replace(SOURCE_IMPORT, PLAIN_IMPORT).as_bytes(),
        )?;
        for script in files::list(&shim)? {
            files::write_if_changed(&folder.join(&script), &files::read(&shim.join(&script))?)?;
        }
        tools::optimise(layout, &folder.join("bindings_bg.wasm"), &tools::FOR_SERVER)
    })?;
    // Outside the step: a commit without source changes is another version of the same build.
    version::stamp(layout, &folder, &shim.join("index.js"))?;
    files::mirror(&folder, &layout.server())
}

/// The guard program, which lies beside the server that it guards.
fn guard(layout: &Layout) -> Result<(), Error> {
    cargo::build_program(layout, "guard")?;
    files::replace(&layout.program("guard"), &layout.output().join("guard"))
}

fn say(line: &str) {
    eprintln!("> {line}");
}
