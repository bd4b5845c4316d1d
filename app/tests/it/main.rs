//! The page as the server renders it.
#![cfg(feature = "ssr")]

mod conversations;
mod documents;
mod fake_backend;
mod markdown;
mod pages;
mod render;
