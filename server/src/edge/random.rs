//! Random ids and the clock.

use accounts::RandomSource;
use common::{id::IdSource, time::Timestamp};

/// Random ids of 16 characters, 96 bits.
#[derive(Debug, Default)]
pub(super) struct RandomIds;

impl IdSource for RandomIds {
    fn fresh(&mut self) -> String {
        const ALPHABET: &[u8; 64] =
            b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
        random_bytes::<16>()
            .iter()
            .filter_map(|byte| ALPHABET.get(usize::from(byte & 63)))
            .map(|c| char::from(*c))
            .collect()
    }
}

/// Random bytes for secrets.
#[derive(Debug)]
pub(super) struct RandomBytes;

impl RandomSource for RandomBytes {
    fn random(&mut self) -> Option<[u8; 32]> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).is_ok().then_some(bytes)
    }
}

/// A random number below 2^53, which the platform passes on exactly.
pub(super) fn random_key() -> u64 {
    u64::from_le_bytes(random_bytes::<8>()) >> 11
}

fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    if getrandom::fill(&mut bytes).is_err() {
        worker::console_error!("the platform gave no random numbers");
    }
    bytes
}

/// The platform's clock, which stands still between two I/O operations.
pub(super) fn now() -> Timestamp {
    Timestamp::from_millis(worker::Date::now().as_millis())
}
