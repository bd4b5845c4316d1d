//! Delayed work.

use std::time::Duration;

use common::time::Timestamp;
use gloo_timers::callback::Timeout;
use leptos::prelude::{
    Callback, StoredValue, UpdateValue, on_cleanup, set_timeout, window_event_listener_untyped,
};

use super::clock::now;

/// Delayed work; dropping it cancels the work.
pub(crate) struct Timer {
    _timeout: Timeout,
}

impl Timer {
    /// Runs `work` at `moment`, or earlier when that is weeks away.
    pub(crate) fn at(moment: Timestamp, work: impl FnOnce() + 'static) -> Self {
        let wait = u32::try_from(moment.since(now()).as_millis()).unwrap_or(u32::MAX);
        // The longest timer of browsers.
        let wait = wait.min(i32::MAX.unsigned_abs());
        Self {
            _timeout: Timeout::new(wait, work),
        }
    }
}

/// Waits.
pub(crate) async fn sleep(time: Duration) {
    gloo_timers::future::sleep(time).await;
}

/// Runs the work once for all calls within this time, and at once when the page, or the owner's part of it, goes away.
pub(crate) fn soon(
    within: Duration,
    work: impl Fn() + Copy + Send + Sync + 'static,
) -> Callback<()> {
    let waits = StoredValue::new(false);
    let now = move || {
        if waits.try_update_value(std::mem::take) == Some(true) {
            work();
        }
    };
    let left = window_event_listener_untyped("pagehide", move |_| now());
    on_cleanup(move || {
        now();
        left.remove();
    });
    Callback::new(move |()| {
        if waits.try_update_value(|waits| std::mem::replace(waits, true)) == Some(false) {
            set_timeout(now, within);
        }
    })
}
