//! The connection check for a terminal.
//!
//! `doctor AGENT INSTANCE [--model]` runs the machine of [`common::doctor`] without network access of its own: it
//! writes the machine's effects as lines of JSON to the standard output, and reads inputs as lines of JSON from the
//! standard input. `scripts/doctor/checks.mjs` is the other side. Both names are percent-encoded. The exit code is 0
//! when every check passes, and 1 otherwise.
//!
//! - [`wire`]: the lines in both directions. [`visit`]: the machine, and the outcomes to print.

mod visit;
mod wire;

use std::{
    env,
    io::{BufRead, stdin},
    process::ExitCode,
    sync::mpsc::{Receiver, RecvTimeoutError, channel},
    thread,
};

use common::doctor::{Asks, Input};
use visit::Visit;
use wire::Line;

fn main() -> ExitCode {
    let mut arguments = env::args().skip(1);
    let (Some(agent), Some(instance)) = (arguments.next(), arguments.next()) else {
        eprintln!("usage: doctor AGENT INSTANCE [--model]");
        return ExitCode::from(2);
    };
    let asks = match arguments.next().as_deref() {
        Some("--model") => Asks::Model,
        Some(_) | None => Asks::NoModel,
    };
    let lines = lines();
    let mut visit = Visit::new(agent, instance);
    visit.give(Input::Start(asks));
    while !visit.is_over() {
        match lines.recv_timeout(visit.patience()) {
            Ok(line) => visit.take(line),
            Err(RecvTimeoutError::Timeout) => visit.give(Input::DeadlinePassed),
            Err(RecvTimeoutError::Disconnected) => return ExitCode::from(2),
        }
    }
    ExitCode::from(u8::from(visit.has_failed()))
}

/// The lines of the standard input, read by a separate thread, since the check has deadlines.
#[expect(
    clippy::disallowed_methods,
    reason = "this program runs on the host only"
)]
fn lines() -> Receiver<Line> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        for text in stdin().lock().lines().map_while(Result::ok) {
            match serde_json::from_str(&text) {
                Ok(line) => {
                    if sender.send(line).is_err() {
                        return;
                    }
                }
                Err(error) => eprintln!("not a line of the check: {error}: {text}"),
            }
        }
    });
    receiver
}
