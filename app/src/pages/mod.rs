//! One file per route.

mod chat;
mod conversation;
mod defaults;
mod delete_all;
mod doctor;
mod earlier;
mod home;
mod instructions;
mod not_found;
#[cfg(feature = "hydrate")]
mod on_demand;
mod opening;
mod own_settings;
mod settings;

pub(crate) use chat::ChatPage;
#[cfg(feature = "hydrate")]
pub(crate) use conversation::load_conversation;
#[cfg(feature = "hydrate")]
pub(crate) use doctor::{DOCTOR, load_doctor};
pub(crate) use home::HomePage;
pub(crate) use not_found::NotFound;
#[cfg(feature = "hydrate")]
pub(crate) use settings::{SETTINGS, load_settings};
