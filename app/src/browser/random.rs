//! The browser's random numbers.

use common::id::IdSource;
use leptos::prelude::window;

/// Fresh random bytes. `crypto.randomUUID` exists on secure origins only.
pub(crate) fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    if let Ok(crypto) = window().crypto() {
        let _ = crypto.get_random_values_with_u8_array(&mut bytes);
    }
    bytes
}

/// Ids of 126 random bits.
#[derive(Debug)]
pub(crate) struct RandomIds;

impl IdSource for RandomIds {
    fn fresh(&mut self) -> String {
        const ALPHABET: &[u8; 64] =
            b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
        let letter = |byte: u8| {
            ALPHABET
                .get(usize::from(byte & 63))
                .copied()
                .map(char::from)
        };
        random_bytes::<21>()
            .into_iter()
            .filter_map(letter)
            .collect()
    }
}
