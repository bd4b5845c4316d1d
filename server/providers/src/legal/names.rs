//! Legal names and ids, and replacements for others.

use sha2::{Digest as _, Sha256};

/// The maximum length of a name, in characters.
const MOST: usize = 64;

/// The length of an id that all vendors accept, in characters.
const ID: usize = 9;

/// The length of the suffix of a replaced name, which keeps it different from other tools' names.
const MARK: usize = 4;

const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Whether all vendors accept it as a tool name.
pub(super) fn is_legal(name: &str) -> bool {
    (1..=MOST).contains(&name.len())
        && name.bytes().all(is_name_byte)
        && name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
}

const fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}

/// A legal name: an illegal one keeps its letters and gets a suffix.
pub(super) fn legal(name: &str) -> String {
    if is_legal(name) {
        return name.to_owned();
    }
    let mark = hash(name.as_bytes(), MARK);
    let letters = name.bytes().map(|byte| {
        if is_name_byte(byte) {
            char::from(byte)
        } else {
            '_'
        }
    });
    let letters: String = letters.take(MOST - MARK - 2).collect();
    let starts_well =
        letters.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
    let start = if starts_well { "" } else { "_" };
    format!("{start}{letters}_{mark}")
}

/// Whether all vendors accept it as the id of a call.
pub(super) fn is_legal_id(id: &str) -> bool {
    id.len() == ID && id.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// An id that all vendors accept, derived from another; `attempt` varies it.
pub(super) fn legal_id(id: &str, attempt: u32) -> String {
    let mut bytes = id.as_bytes().to_vec();
    if attempt > 0 {
        bytes.push(0);
        bytes.extend(attempt.to_le_bytes());
    }
    hash(&bytes, ID)
}

fn hash(bytes: &[u8], length: usize) -> String {
    let digest = Sha256::digest(bytes);
    let digit = |byte: &u8| {
        let digit = DIGITS.get(usize::from(*byte) % DIGITS.len());
        char::from(digit.copied().unwrap_or(b'0'))
    };
    digest.iter().take(length).map(digit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn legal_names_stay_and_others_become_legal() {
        for name in ["list", "_x", "a-b", &"x".repeat(64)] {
            assert_eq!(legal(name), name);
        }
        for name in [
            "functions.list",
            " list",
            "1st",
            "-a",
            "",
            "é",
            "list<|channel|>commentary",
            &"x".repeat(65),
        ] {
            let mapped = legal(name);
            assert!(is_legal(&mapped), "{mapped}");
            assert_ne!(mapped, name);
        }
        assert!(legal("functions.list").starts_with("functions_list_"));
        assert_ne!(legal("a.b"), legal("a/b"));
    }

    #[test]
    fn ids_become_legal_and_stay_the_same() {
        assert!(is_legal_id("abcDEF123") && !is_legal_id("abc") && !is_legal_id("call_12345"));
        let id = legal_id("call_1", 0);
        assert!(is_legal_id(&id));
        assert_eq!(id, legal_id("call_1", 0));
        assert_ne!(id, legal_id("call_1", 1));
        assert_ne!(id, legal_id("call_2", 0));
    }
}
