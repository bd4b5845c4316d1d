//! One file a route.

mod chat;
mod doctor;
mod home;
mod not_found;

pub(crate) use chat::ChatPage;
pub(crate) use home::HomePage;
pub(crate) use not_found::NotFound;
