//! The requests to the guard, and its failures.

use std::{ffi::OsString, fmt, io, path::PathBuf};

/// The arguments: the file to lock and the program to run.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Run {
    pub(crate) lock: PathBuf,
    pub(crate) program: OsString,
    pub(crate) arguments: Vec<OsString>,
}

impl Run {
    pub(crate) fn parse(mut arguments: impl Iterator<Item = OsString>) -> Result<Self, Failure> {
        Ok(Self {
            lock: arguments.next().ok_or(Failure::Usage)?.into(),
            program: arguments.next().ok_or(Failure::Usage)?,
            arguments: arguments.collect(),
        })
    }
}

/// A line on standard input.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Request {
    /// Run the program.
    Start,
    /// Ask the program to end.
    End,
}

impl Request {
    pub(crate) fn parse(line: &str) -> Option<Self> {
        match line.trim() {
            "start" => Some(Self::Start),
            "end" => Some(Self::End),
            _ => None,
        }
    }
}

/// Why the program was not run. `scripts/serve/guarded.mjs` knows the exit codes, which workerd does not use.
#[derive(Debug)]
pub(crate) enum Failure {
    Usage,
    /// The lock is held by the program of another guard.
    Held,
    LockFile {
        path: PathBuf,
        cause: io::Error,
    },
    Program {
        program: OsString,
        cause: io::Error,
    },
}

impl Failure {
    pub(crate) fn code(&self) -> u8 {
        match self {
            Self::Usage => 64,
            Self::Program { .. } => 72,
            Self::LockFile { .. } => 74,
            Self::Held => 75,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage => write!(out, "usage: guard LOCK PROGRAM [ARGUMENT]…"),
            Self::Held => write!(out, "the lock is held by another program"),
            Self::LockFile { path, cause } => {
                write!(out, "cannot lock {}: {cause}", path.display())
            }
            Self::Program { program, cause } => {
                write!(out, "cannot run {}: {cause}", program.display())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(words: &[&str]) -> Result<Run, Failure> {
        Run::parse(words.iter().map(OsString::from))
    }

    #[test]
    fn arguments_behind_the_program_are_its_own() {
        let run = words(&["the lock", "workerd", "serve", "--", "a b"]).unwrap();
        assert_eq!(run.lock, PathBuf::from("the lock"));
        assert_eq!(run.program, "workerd");
        assert_eq!(run.arguments, ["serve", "--", "a b"]);
    }

    #[test]
    fn a_lock_without_a_program_is_refused() {
        for few in [&[][..], &["lock"]] {
            assert!(matches!(words(few), Err(Failure::Usage)), "{few:?}");
        }
    }

    #[test]
    fn two_lines_are_requests() {
        assert_eq!(Request::parse("start\n"), Some(Request::Start));
        assert_eq!(Request::parse("end\n"), Some(Request::End));
        for other in ["", "END", "end now", "kill"] {
            assert_eq!(Request::parse(other), None, "{other}");
        }
    }
}
