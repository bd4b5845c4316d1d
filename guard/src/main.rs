//! `guard LOCK PROGRAM ARGUMENTS…`: runs a program that is never left behind and has exclusive use of a folder.
//!
//! - **It ends with its starter.** The starter holds the other end of our standard input. When that closes, however
//!   the starter ended, our whole process group is killed.
//! - **It ends when its program ends**, with the program's exit code. If we are killed, the starter notices and kills
//!   the group, whose number is our process id.
//! - **The lock lives exactly as long as the program.** The locked file is the program's standard input, so that the
//!   kernel keeps the lock until the program has ended, even when all other processes were killed.
//!
//! It prints `locked` on standard output once it has the lock, and runs the program when standard input has the line
//! `start`: in between, the starter may prepare the folder. The line `end` asks the program to end (SIGTERM).
//!
//! It is a separate program because Node can neither lock a file nor join a process group.

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
            // Possibly nobody reads it.
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

/// Makes us the leader of a process group, unless the starter has done so: then we kill only our own group.
fn lead_a_group() {
    // Fails only for the leader of a session, which already leads its group.
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

/// Whether the starter wants the program to start. False when the starter has gone, or wants only the lock.
fn is_told_to_start() -> bool {
    let told = io::stdin().lock().lines().map_while(Result::ok);
    let mut requests = told.filter_map(|line| Request::parse(&line));
    requests.next() == Some(Request::Start)
}

/// The command closes our own handle of the lock: from then on, only the program holds it.
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
            // An unreadable line also means that the starter has gone.
            let Ok(line) = line else { break };
            match Request::parse(&line) {
                // Fails when the program has just ended, and then we end too.
                Some(Request::End) => drop(rustix::process::kill_process(program, Signal::TERM)),
                Some(Request::Start) | None => {}
            }
        }
        // We belong to the group and end here.
        let _ = rustix::process::kill_current_process_group(Signal::KILL);
    });
}

/// The program's exit code; 128 plus the signal's number when a signal ended it, as in shells.
fn exit_code(status: ExitStatus) -> ExitCode {
    let code = status
        .code()
        .or_else(|| status.signal().map(|signal| 128 + signal));
    ExitCode::from(code.and_then(|code| u8::try_from(code).ok()).unwrap_or(1))
}
