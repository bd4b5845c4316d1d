//! The driver where there is no browser: the server renders the first transcript and does nothing else.

use common::client::Input;
use leptos::prelude::Callback;

use crate::chat::use_chat::{Calling, Hooks, MethodCall, Signals, Start};

/// Takes inputs; there is no machine.
#[derive(Clone, Debug)]
pub(crate) struct Inputs;

impl Inputs {
    pub(crate) const fn nowhere() -> Self {
        Self
    }

    pub(crate) fn give(&self, _input: Input) {}

    pub(crate) fn call(&self, _call: MethodCall) -> Calling {
        Calling::new(std::future::pending())
    }
}

pub(crate) fn start(start: Start, signals: Signals, _hooks: Hooks) -> Inputs {
    signals.start_with(start.snapshot.into_rows());
    Inputs
}

pub(crate) fn delete_and_leave(_address: String, _failed: Callback<String>) {}
