//! What host tests share: SQLite in memory, a scripted model, and an agent that can be stopped after any effect.

mod model;
mod official;
mod sql;
mod tab;
mod world;

pub(crate) use model::ScriptedModel;
pub(crate) use official::{Official, Shown};
pub(crate) use sql::MemorySql;
pub(crate) use tab::Tab;
pub(crate) use world::World;

/// The seeds of a random test: from `FUZZ_SEED`, `FUZZ_SEEDS` of them instead of a few.
pub(crate) fn seeds(few: u64) -> std::ops::Range<u64> {
    let number = |name: &str| std::env::var(name).ok()?.parse::<u64>().ok();
    let first = number("FUZZ_SEED").unwrap_or(0);
    first..first + number("FUZZ_SEEDS").unwrap_or(few)
}
