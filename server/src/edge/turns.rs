//! Who computes for long lets others have their turn.

use std::time::Duration;

use worker::Delay;

/// Waits until what others wait for was done: a timer comes behind the events that are there.
pub(super) async fn others_first() {
    Delay::from(Duration::ZERO).await;
}
