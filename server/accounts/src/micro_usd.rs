//! Amounts of money in the ledger.

use serde::{Deserialize, Serialize};

/// Millionths of a US dollar, whose sums have no rounding errors.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MicroUsd(u64);

impl MicroUsd {
    /// More than any call costs, and low enough that no daily sum overflows.
    const MOST: f64 = 1e12;

    /// The nearest amount; a positive cost is at least one millionth. An invalid number counts as zero.
    #[must_use]
    pub fn from_usd(usd: f64) -> Self {
        if usd.is_nan() || usd <= 0.0 {
            return Self(0);
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "the number is within bounds that fit"
        )]
        let micros = (usd * 1e6).round().clamp(1.0, Self::MOST) as u64;
        Self(micros)
    }

    /// The amount in US dollars.
    #[must_use]
    pub fn as_usd(self) -> f64 {
        #[expect(
            clippy::cast_precision_loss,
            reason = "the sums of a day are far below 2^53"
        )]
        let micros = self.0 as f64;
        micros / 1e6
    }

    /// The value of the column.
    pub(super) fn as_integer(self) -> i64 {
        i64::try_from(self.0).unwrap_or(i64::MAX)
    }

    /// Reads the column.
    pub(super) fn stored(micros: i64) -> Self {
        Self(u64::try_from(micros).unwrap_or(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_rounded_and_never_lost() {
        for (usd, micros) in [
            (0.0022, 2_200),
            (1e-9, 1),
            (0.0, 0),
            (-1.0, 0),
            (f64::NAN, 0),
            (f64::INFINITY, 1_000_000_000_000),
        ] {
            assert_eq!(MicroUsd::from_usd(usd), MicroUsd(micros), "{usd}");
        }
        assert!((MicroUsd(2_200).as_usd() - 0.0022).abs() < f64::EPSILON);
    }
}
