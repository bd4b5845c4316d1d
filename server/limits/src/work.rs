//! Work that is counted. Everything a server does shares one thread: work that may be long is done in slices, and others have
//! their turn between two of them.
//!
//! Time cannot be looked at: the platform's clock stands still while code runs. So work is counted in units of about a
//! nanosecond of an ordinary processor; WebAssembly takes two to three.

/// What is left of a slice.
#[derive(Debug)]
pub struct Work {
    left: u64,
}

impl Work {
    /// The units of one slice: some 10 ms, 25 in WebAssembly. Nobody may hold the thread for longer than 50 ms.
    pub const SLICE: u64 = 10_000_000;

    /// A whole slice.
    #[must_use]
    pub const fn slice() -> Self {
        Self::of(Self::SLICE)
    }

    /// So many units.
    #[must_use]
    pub const fn of(units: u64) -> Self {
        Self { left: units }
    }

    /// Counts work, before it is done where it can be known.
    pub const fn spend(&mut self, units: u64) {
        self.left = self.left.saturating_sub(units);
    }

    /// Whether others have their turn now.
    #[must_use]
    pub const fn is_spent(&self) -> bool {
        self.left == 0
    }

    /// How many units are left.
    #[must_use]
    pub const fn left(&self) -> u64 {
        self.left
    }
}
