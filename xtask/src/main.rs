//! The build pipeline: `cargo run --profile xtask -p xtask -- build [--release]`.
//!
//! The browser's wasm, its bindings and the style sheet come first, because the server is compiled with their hashed
//! names. A step with unchanged inputs is skipped. Tests, serving and set-up do not belong here.

mod bindings;
mod cargo;
mod error;
mod files;
mod layout;
mod pieces;
mod pipeline;
mod site;
mod stamp;
mod tools;
mod version;

use std::process::ExitCode;

use error::Error;
use layout::Profile;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match arguments.as_slice() {
        ["build"] => pipeline::build(Profile::Dev),
        ["build", "--release"] => pipeline::build(Profile::Release),
        _ => Err(Error::Usage),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
