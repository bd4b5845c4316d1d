//! Limits the size and rate of frames, before they are parsed.

use std::time::Duration;

use common::time::Timestamp;
use thiserror::Error;

use super::bucket::{Bucket, Rate, seconds};

/// The limits of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrameLimits {
    /// The maximum size of a frame in bytes. Clients of the SDK send the whole transcript with each message.
    pub bytes: usize,
    /// The maximum number of JSON values in a frame: each takes many times its text in memory.
    pub values: usize,
    /// The rate of frames.
    pub frames: Rate,
    /// The rate of bytes in all frames.
    pub flow: Rate,
}

impl FrameLimits {
    /// Limits that no person and no known client reaches.
    pub const DEFAULT: Self = Self {
        bytes: 12_000_000,
        values: 250_000,
        // A hundred per second, and the backlog of a client.
        frames: Rate {
            most: 500,
            within: Duration::from_secs(5),
        },
        flow: Rate::per_minute(120_000_000),
    };
}

/// Why a frame is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum FrameRefusal {
    /// It is too large.
    #[error("the frame is too large: {bytes} bytes, the most is {most}")]
    TooLarge {
        /// Its size in bytes.
        bytes: usize,
        /// The limit in bytes.
        most: usize,
    },
    /// It has too many values.
    #[error("the frame has too many values: the most is {most}")]
    TooManyValues {
        /// The limit.
        most: usize,
    },
    /// Too many frames came before it.
    #[error("too many frames came: the most is {most} within {} s. Try again in {} s", seconds(*within), seconds(*retry_after))]
    TooMany {
        /// The limit.
        most: u64,
        /// The time of the limit.
        within: Duration,
        /// When the next frame is accepted.
        retry_after: Duration,
    },
    /// The frames before it were too large together.
    #[error("too much came: the most is {most} bytes a minute. Try again in {} s", seconds(*retry_after))]
    TooMuch {
        /// The limit in bytes per minute.
        most: u64,
        /// When it would be accepted.
        retry_after: Duration,
    },
}

/// The frames that a connection has sent.
#[derive(Clone, Debug, Default)]
pub struct Sent {
    frames: Bucket,
    flow: Bucket,
    refusals: Bucket,
    is_flood: bool,
}

/// The number of refused frames after which the connection is ended.
const REFUSALS: Rate = Rate::per_minute(100);

impl Sent {
    /// Counts a frame of this many bytes.
    ///
    /// # Errors
    /// When it is refused.
    pub fn count(
        &mut self,
        limits: &FrameLimits,
        now: Timestamp,
        frame: &[u8],
    ) -> Result<(), FrameRefusal> {
        let counted = self.counted(limits, now, frame);
        self.is_flood = counted.is_err() && self.refusals.take(REFUSALS, now, 1).is_err();
        counted
    }

    /// Whether to end the connection.
    #[must_use]
    pub const fn is_flood(&self) -> bool {
        self.is_flood
    }

    fn counted(
        &mut self,
        limits: &FrameLimits,
        now: Timestamp,
        frame: &[u8],
    ) -> Result<(), FrameRefusal> {
        let (bytes, most) = (frame.len(), limits.bytes);
        self.frames
            .take(limits.frames, now, 1)
            .map_err(|empty| FrameRefusal::TooMany {
                most: limits.frames.most,
                within: limits.frames.within,
                retry_after: empty.retry_after,
            })?;
        if bytes > most {
            return Err(FrameRefusal::TooLarge { bytes, most });
        }
        self.flow
            .take(limits.flow, now, bytes as u64)
            .map_err(|empty| FrameRefusal::TooMuch {
                most: limits.flow.most,
                retry_after: empty.retry_after,
            })?;
        let most = limits.values;
        // Each value except the last takes at least two bytes.
        if bytes / 2 > most && has_more_values(frame, most) {
            return Err(FrameRefusal::TooManyValues { most });
        }
        Ok(())
    }
}

/// Whether a JSON text has more values than this, counting brackets and commas outside of strings.
fn has_more_values(json: &[u8], most: usize) -> bool {
    let mut values = 0;
    let mut rest = json;
    loop {
        let quote = memchr::memchr(b'"', rest);
        let (outside, behind) = rest.split_at(quote.unwrap_or(rest.len()));
        let marks = outside
            .iter()
            .filter(|byte| matches!(byte, b',' | b':' | b'[' | b'{'));
        values += marks.count();
        if values > most {
            return true;
        }
        if quote.is_none() {
            return false;
        }
        rest = after_text(behind.get(1..).unwrap_or_default());
    }
}

/// The rest after the closing quote of a string.
fn after_text(mut rest: &[u8]) -> &[u8] {
    while let Some(at) = memchr::memchr2(b'"', b'\\', rest) {
        let step = match rest.get(at) {
            Some(b'"') => return rest.get(at + 1..).unwrap_or_default(),
            _ => 2,
        };
        rest = rest.get(at + step..).unwrap_or_default();
    }
    &[]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: u64) -> Timestamp {
        Timestamp::from_millis(1_700_000_000_000 + millis)
    }

    #[test]
    fn values_are_counted_outside_of_texts() {
        for (json, values) in [
            ("[]", 1),
            ("[1,2,3]", 3),
            (r#"{"a":",,,,[[[[","b":["\",",1]}"#, 6),
            (r#""[,,,"#, 0),
            (r#"["\\",["#, 3),
        ] {
            assert!(!has_more_values(json.as_bytes(), values), "{json}");
            assert!(
                values == 0 || has_more_values(json.as_bytes(), values - 1),
                "{json}"
            );
        }
    }

    #[test]
    fn a_frame_is_refused_by_size_and_by_values() {
        let limits = FrameLimits {
            bytes: 1_000,
            values: 100,
            ..FrameLimits::DEFAULT
        };
        let mut sent = Sent::default();
        let mut count = |text: &str| sent.count(&limits, at(0), text.as_bytes());
        assert_eq!(count(&"x".repeat(1_000)), Ok(()));
        let refused = count(&"x".repeat(1_001)).unwrap_err();
        assert_eq!(
            refused.to_string(),
            "the frame is too large: 1001 bytes, the most is 1000"
        );
        assert_eq!(count(&format!("[{}1]", "1,".repeat(98))), Ok(()));
        let refused = count(&format!("[{}1]", "1,".repeat(300)));
        assert_eq!(refused, Err(FrameRefusal::TooManyValues { most: 100 }));
        assert_eq!(count(&format!("[\"{}\"]", ",".repeat(900))), Ok(()));
    }

    #[test]
    fn frames_and_bytes_have_a_rate() {
        let limits = FrameLimits {
            frames: Rate::per_minute(60),
            flow: Rate::per_minute(6_000),
            ..FrameLimits::DEFAULT
        };
        let mut sent = Sent::default();
        for _ in 0..60 {
            sent.count(&limits, at(0), b"{}").unwrap();
        }
        let refused = sent.count(&limits, at(0), b"{}").unwrap_err();
        assert_eq!(
            refused.to_string(),
            "too many frames came: the most is 60 within 60 s. Try again in 1 s"
        );
        assert_eq!(sent.count(&limits, at(60_000), &[b'x'; 6_000]), Ok(()));
        let refused = sent.count(&limits, at(60_000), &[b'x'; 100]);
        assert!(matches!(refused, Err(FrameRefusal::TooMuch { .. })));
    }

    #[test]
    fn a_sender_that_does_not_stop_is_a_flood() {
        let mut sent = Sent::default();
        let floods = (0..7_000).position(|_| {
            let _ = sent.count(&FrameLimits::DEFAULT, at(0), b"{}");
            sent.is_flood()
        });
        assert_eq!(floods, Some(600));
        sent.count(&FrameLimits::DEFAULT, at(120_000), b"{}")
            .unwrap();
        assert!(!sent.is_flood());
    }
}
