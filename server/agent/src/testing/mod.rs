//! What host tests share: a scripted model, and an agent that can be stopped after any effect.

mod model;
mod official;
mod tab;
mod world;

pub(crate) use model::{ScriptedModel, Summaries};
pub(crate) use official::{Official, Shown};
pub(crate) use tab::Tab;
pub(crate) use world::World;
