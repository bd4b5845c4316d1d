//! Sets of bytes that a pattern may match.

use std::fmt;

use regex_syntax::{hir::Class, utf8::Utf8Sequences};

/// How common a byte is in texts, in thousandths: spaces, letters of the lower case, and others.
const SPACE: u32 = 150;
const LOWER: u32 = 22;
const OTHER: u32 = 2;

/// A set of bytes. A line has no line break, so that no set has one.
#[derive(Clone)]
pub(super) struct Bytes(Box<[bool; 256]>);

impl fmt::Debug for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.0.iter().filter(|has| **has).count();
        write!(f, "Bytes({count})")
    }
}

impl Bytes {
    pub(super) fn none() -> Self {
        Self(Box::new([false; 256]))
    }

    pub(super) fn of(bytes: &[u8]) -> Self {
        let mut set = Self::none();
        for byte in bytes {
            set.add(*byte, *byte);
        }
        set
    }

    /// The bytes of all characters of a class in UTF-8.
    pub(super) fn of_class(class: &Class) -> Self {
        let mut set = Self::none();
        match class {
            Class::Unicode(class) => {
                for range in class.iter() {
                    for sequence in Utf8Sequences::new(range.start(), range.end()) {
                        for bytes in sequence.as_slice() {
                            set.add(bytes.start, bytes.end);
                        }
                    }
                }
            }
            Class::Bytes(class) => {
                for range in class.iter() {
                    set.add(range.start(), range.end());
                }
            }
        }
        set
    }

    fn add(&mut self, first: u8, last: u8) {
        for byte in (first..=last).filter(|byte| *byte != b'\n') {
            if let Some(has) = self.0.get_mut(usize::from(byte)) {
                *has = true;
            }
        }
    }

    pub(super) fn has(&self, byte: u8) -> bool {
        self.0.get(usize::from(byte)).copied().unwrap_or(false)
    }

    pub(super) fn and(mut self, other: &Self) -> Self {
        for (has, other) in self.0.iter_mut().zip(other.0.iter()) {
            *has |= other;
        }
        self
    }

    /// How common its bytes are in texts, in thousandths.
    pub(super) fn commonness(&self) -> u32 {
        let common = (0..=u8::MAX)
            .filter(|byte| self.has(*byte))
            .map(|byte| match byte {
                b' ' => SPACE,
                b'a'..=b'z' => LOWER,
                _ => OTHER,
            });
        common.sum()
    }
}
