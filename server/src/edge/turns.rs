//! Lets other work go first during long computations.

use std::time::Duration;

use worker::Delay;

/// Waits until pending events were handled: a timer is queued behind them.
pub(super) async fn others_first() {
    Delay::from(Duration::ZERO).await;
}
