//! Counted work. Everything on a server shares one thread: long work is done in slices, with other work in between.
//!
//! Time cannot be measured: the platform's clock does not advance while code runs. So work is counted in units of
//! about a nanosecond on an ordinary processor; WebAssembly takes two to three.

/// The rest of a slice.
#[derive(Debug)]
pub struct Work {
    left: u64,
}

impl Work {
    /// The units of a slice: about 10 ms, 25 in WebAssembly. Nothing may block the thread for longer than 50 ms.
    pub const SLICE: u64 = 10_000_000;

    /// A whole slice.
    #[must_use]
    pub const fn slice() -> Self {
        Self::of(Self::SLICE)
    }

    /// This many units.
    #[must_use]
    pub const fn of(units: u64) -> Self {
        Self { left: units }
    }

    /// Counts work, if possible before it is done.
    pub const fn spend(&mut self, units: u64) {
        self.left = self.left.saturating_sub(units);
    }

    /// Whether the slice is used up.
    #[must_use]
    pub const fn is_spent(&self) -> bool {
        self.left == 0
    }

    /// The number of units left.
    #[must_use]
    pub const fn left(&self) -> u64 {
        self.left
    }
}
