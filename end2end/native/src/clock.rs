//! The time.

use std::time::{Duration, SystemTime};

use common::time::Timestamp;

/// The machine's clock. It runs normally, and a test may advance it.
#[derive(Debug, Default)]
pub(crate) struct Clock {
    ahead: Duration,
}

impl Clock {
    pub(crate) fn now(&self) -> Timestamp {
        #[expect(
            clippy::disallowed_methods,
            reason = "this program runs on the host only"
        )]
        let now = SystemTime::now();
        let since = now.duration_since(SystemTime::UNIX_EPOCH);
        let millis = since.unwrap_or_default().as_millis();
        Timestamp::from_millis(u64::try_from(millis).unwrap_or(u64::MAX)) + self.ahead
    }

    /// Advances the clock to `moment`, unless it is later already.
    pub(crate) fn move_to(&mut self, moment: Timestamp) {
        self.ahead += moment.since(self.now());
    }
}
