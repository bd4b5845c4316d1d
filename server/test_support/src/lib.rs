//! Support for the tests of several crates: SQLite in memory, and the seeds of random tests. A separate crate, so
//! that the SQLite of tests is in no build of the Worker.

#![expect(clippy::expect_used, reason = "what fails here is the test")]

mod sql;

pub use sql::MemorySql;

/// The seeds of a random test: a few, or `FUZZ_SEEDS` from `FUZZ_SEED` on.
#[must_use]
pub fn seeds(few: u64) -> std::ops::Range<u64> {
    let number = |name: &str| std::env::var(name).ok()?.parse::<u64>().ok();
    let first = number("FUZZ_SEED").unwrap_or(0);
    first..first + number("FUZZ_SEEDS").unwrap_or(few)
}
