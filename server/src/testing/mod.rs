//! What host tests share: SQLite in memory, a scripted model, and an agent that can be stopped after any effect.

mod model;
mod sql;
mod tab;
mod world;

pub(crate) use model::ScriptedModel;
pub(crate) use sql::MemorySql;
pub(crate) use tab::Tab;
pub(crate) use world::World;
