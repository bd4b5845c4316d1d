//! `guard LOCK PROGRAM ARGUMENTS…`: runs a program that cannot be left behind and that alone uses a folder.
//!
//! - **It ends with whoever started it.** The starter holds the other end of our standard input. When that closes,
//!   however the starter ended, our whole process group is killed.
//! - **It ends when its program ends**, with the program's exit code. When we are killed instead, the starter sees it
//!   and kills the group, whose number is our process id.
//! - **The lock lives exactly as long as the program.** The locked file is the program's standard input, so the
//!   kernel keeps the lock until the program is gone, also when everybody else was killed. It cannot be left behind.
//!
//! It says `locked` on standard output once it has the lock, and runs the program at the line `start` on standard input:
//! between the two the starter may prepare the folder. The line `end` asks the program to end (SIGTERM).
//!
//! It is a program of its own because Node can neither lock a file nor join a process group.

mod command;

use std::{
    fs::{File, OpenOptions, TryLockError},
    io::{self, BufRead as _, Write as _},
    os::unix::process::ExitStatusExt as _,
    process::{Child, Command, ExitCode, ExitStatus, Stdio},
};

use command::{Failure, Request, Run};
use rustix::process::{Pid, Signal};

fn main() -> ExitCode {
    match run() {
        Ok(status) => exit_code(status),
        Err(failure) => {
            // Nobody may be there to read it.
            let _ = writeln!(io::stderr(), "{failure}");
            ExitCode::from(failure.code())
        }
    }
}

fn run() -> Result<ExitStatus, Failure> {
    let run = Run::parse(std::env::args_os().skip(1))?;
    lead_a_group();
    let lock = lock(&run)?;
    let _ = writeln!(io::stdout(), "locked");
    if !is_told_to_start() {
        return Ok(ExitStatus::default());
    }
    let mut program = start(&run, lock)?;
    listen_to_starter(Pid::from_child(&program));
    wait(&run, &mut program)
}

/// Makes us the leader of a process group, unless the starter has done so: what we kill is our group and nobody else.
fn lead_a_group() {
    // It fails only for the leader of a session, who leads its group already.
    let _ = rustix::process::setpgid(None, None);
}

fn lock(run: &Run) -> Result<File, Failure> {
    let cannot = |cause| Failure::LockFile {
        path: run.lock.clone(),
        cause,
    };
    let file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(&run.lock)
        .map_err(cannot)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Failure::Held),
        Err(TryLockError::Error(cause)) => Err(cannot(cause)),
    }
}

/// False when the starter has gone, or wants the lock and nothing else.
fn is_told_to_start() -> bool {
    let told = io::stdin().lock().lines().map_while(Result::ok);
    let mut requests = told.filter_map(|line| Request::parse(&line));
    requests.next() == Some(Request::Start)
}

/// Our own handle of the lock is closed with the command: from here on the program alone holds it.
fn start(run: &Run, lock: File) -> Result<Child, Failure> {
    Command::new(&run.program)
        .args(&run.arguments)
        .stdin(Stdio::from(lock))
        .spawn()
        .map_err(|cause| Failure::Program {
            program: run.program.clone(),
            cause,
        })
}

fn wait(run: &Run, program: &mut Child) -> Result<ExitStatus, Failure> {
    program.wait().map_err(|cause| Failure::Program {
        program: run.program.clone(),
        cause,
    })
}

#[expect(
    clippy::disallowed_methods,
    reason = "this program runs on the machine itself, where there are threads"
)]
fn listen_to_starter(program: Pid) {
    std::thread::spawn(move || {
        for line in io::stdin().lock().lines() {
            // What cannot be read is a starter that is gone, too.
            let Ok(line) = line else { break };
            match Request::parse(&line) {
                // It fails when the program has just ended, and then we do as well.
                Some(Request::End) => drop(rustix::process::kill_process(program, Signal::TERM)),
                Some(Request::Start) | None => {}
            }
        }
        // We belong to the group and end here.
        let _ = rustix::process::kill_current_process_group(Signal::KILL);
    });
}

/// The program's own code; 128 and the signal's number when a signal ended it, as shells say it.
fn exit_code(status: ExitStatus) -> ExitCode {
    let code = status
        .code()
        .or_else(|| status.signal().map(|signal| 128 + signal));
    ExitCode::from(code.and_then(|code| u8::try_from(code).ok()).unwrap_or(1))
}
