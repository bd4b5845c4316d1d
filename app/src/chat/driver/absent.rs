//! The driver where there is no browser: the server renders the first transcript and does nothing else.

use std::time::Duration;

use common::{
    client::Input,
    doctor::{Asks, Outcome},
    time::Timestamp,
};
use leptos::{
    html::{Dialog, Textarea},
    prelude::{Callback, NodeRef, RwSignal},
};

use super::Address;
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

pub(crate) fn start(_start: Start, _signals: Signals, _hooks: Hooks) -> Inputs {
    Inputs
}

pub(crate) fn keep_draft(_place: &str, _text: &str) {}

pub(crate) fn draft(_place: &str) -> Option<String> {
    None
}

pub(crate) fn examine(_address: Address, _outcomes: RwSignal<Vec<Outcome>>) -> Callback<Asks> {
    Callback::new(|_| {})
}

pub(crate) fn place_of(_address: &Address) -> String {
    String::new()
}

pub(crate) fn now() -> Timestamp {
    Timestamp::default()
}

pub(crate) fn random_bytes<const N: usize>() -> [u8; N] {
    [0; N]
}

pub(crate) fn take_text(_field: NodeRef<Textarea>) -> String {
    String::new()
}

pub(crate) fn text_of(_field: NodeRef<Textarea>) -> Option<String> {
    None
}

pub(crate) fn soon(
    _within: Duration,
    _work: impl Fn() + Copy + Send + Sync + 'static,
) -> Callback<()> {
    Callback::new(|()| {})
}

pub(crate) fn own_build() -> Option<String> {
    None
}

pub(crate) fn reloaded_for() -> Option<String> {
    None
}

pub(crate) fn note_reload(_build: &str) -> bool {
    false
}

pub(crate) fn is_writing() -> bool {
    false
}

pub(crate) fn times_hidden() -> RwSignal<u32> {
    RwSignal::new(0)
}

pub(crate) fn put_text(_field: NodeRef<Textarea>, _text: &str) {}
pub(crate) fn grow_text<E>(_element: &E, _shown: Option<&str>, _text: &str) {}
pub(crate) fn reload() {}
pub(crate) fn warn_once(_line: &str) {}
pub(crate) fn mark_hydrated() {}
pub(crate) fn fit(_field: NodeRef<Textarea>) {}
pub(crate) fn focus(_field: NodeRef<Textarea>) {}
pub(crate) fn focus_tool() {}
pub(crate) fn open_modal(_dialog: NodeRef<Dialog>) {}
pub(crate) fn close(_dialog: NodeRef<Dialog>) {}
pub(crate) fn copy(_text: &str, _done: Callback<bool>) {}
pub(crate) fn on_drop(_dropped: Callback<()>) {}
pub(crate) fn follow_end(_at_end: RwSignal<bool>) {}
pub(crate) fn near_top(_reached: Callback<()>) {}
pub(crate) fn scroll_to_end(_at_end: RwSignal<bool>) {}
pub(crate) fn delete_and_leave(_address: String, _failed: Callback<String>) {}
