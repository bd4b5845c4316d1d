//! The client machine without a browser, for tests against a foreign server.
//!
//! `native ORIGIN NAME [TOOL ...]` connects to the agent with this name and offers these tools. It reads commands as
//! lines of JSON from the standard input ([`command`]), and writes events as lines of JSON to the standard output
//! ([`report`]). It ends with its input.
//!
//! - `driver`: the loop that runs the machine. `socket`, `history`: its sources of input.
//! - `clock`: the time, which a test may advance.

mod address;
mod clock;
mod command;
mod driver;
mod history;
mod report;
mod socket;

use std::process::ExitCode;

use address::Address;
use common::frame::ClientTool;
use driver::Driver;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let (Some(origin), Some(name)) = (arguments.next(), arguments.next()) else {
        eprintln!(
            "usage: native ORIGIN NAME [TOOL ...], such as: native http://127.0.0.1:8787 default"
        );
        return ExitCode::FAILURE;
    };
    let Some(address) = Address::new(&origin, &name) else {
        eprintln!("the origin must begin with http://, not be {origin:?}");
        return ExitCode::FAILURE;
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    match runtime {
        Ok(runtime) => {
            let tool = |name| ClientTool {
                name,
                description: None,
                parameters: None,
            };
            runtime.block_on(Driver::run(address, arguments.map(tool).collect()));
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("the runtime did not start: {error}");
            ExitCode::FAILURE
        }
    }
}
