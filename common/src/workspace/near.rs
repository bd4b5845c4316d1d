//! Limits that the files of a conversation have nearly reached: said before they are.

use crate::fields::lenient;

words! {
    /// What is limited.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Limited, expected "`files`, `directories`, `bytes`, `versions` or `storage`" {
        /// The number of files.
        "files" => Files,
        /// The number of directories.
        "directories" => Directories,
        /// The size of all files.
        "bytes" => Bytes,
        /// The size of all files and their former versions.
        "versions" => Versions,
        /// The size of everything that is stored of the conversation, its messages and its files.
        "storage" => Storage,
    }
}

record! {
    /// A limit that is nearly reached.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct NearLimit {
        /// What is limited.
        pub limited: Limited = "limited",
        /// How much there is, in files, directories or bytes.
        pub used: u64 = lenient "used",
        /// How much there may be.
        pub most: u64 = lenient "most",
    }
}

bodies!(NearLimit);

impl NearLimit {
    /// The limit, if at least nine tenths of it are used.
    #[must_use]
    pub const fn of(limited: Limited, used: u64, most: u64) -> Option<Self> {
        if used.saturating_mul(10) < most.saturating_mul(9) {
            return None;
        }
        Some(Self {
            limited,
            used,
            most,
        })
    }

    /// How near it is: 0 from nine tenths on, 1 from 95 hundredths on, 2 from 99 on. A notice that the user has
    /// dismissed returns with the next level.
    #[must_use]
    pub const fn level(&self) -> u64 {
        let used = self.used.saturating_mul(100);
        if used >= self.most.saturating_mul(99) {
            2
        } else if used >= self.most.saturating_mul(95) {
            1
        } else {
            0
        }
    }

    /// Whether the user has to be told, who has dismissed the notice of this level; `None`: of none.
    #[must_use]
    pub fn is_news_after(&self, dismissed: Option<u64>) -> bool {
        dismissed.is_none_or(|dismissed| self.level() > dismissed)
    }

    /// What is nearly reached, what happens then, and what can be done: for the user and for the model.
    #[must_use]
    pub fn notice(&self) -> String {
        let Self {
            limited,
            used,
            most,
        } = *self;
        match limited {
            Limited::Files => format!(
                "There are {used} files, of at most {most}. Beyond that, no file can be added: delete what is not needed."
            ),
            Limited::Directories => format!(
                "There are {used} directories, of at most {most}. Beyond that, none can be added: delete what is not needed."
            ),
            Limited::Bytes => format!(
                "The files take {} MB, of at most {} MB. Beyond that, nothing can be added: delete what is not needed.",
                megabytes(used),
                megabytes(most)
            ),
            Limited::Versions => format!(
                "The files and their former versions take {} MB, of at most {} MB. Beyond that, the oldest versions are \
                 deleted, and changes that need them can no longer be undone: download what you want to keep.",
                megabytes(used),
                megabytes(most)
            ),
            Limited::Storage => format!(
                "This conversation takes {} MB, of at most {} MB for its messages, its files and their versions. Beyond that, \
                 no message and no file can be stored: export the conversation and go on in a new one, or clear it. A summary \
                 of earlier messages frees nothing, since the messages stay.",
                megabytes(used),
                megabytes(most)
            ),
        }
    }
}

/// Rounded up: nothing is said to take no space.
const fn megabytes(bytes: u64) -> u64 {
    bytes.div_ceil(1_000_000)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::fields::Record;

    #[test]
    fn nine_tenths_are_near() {
        assert_eq!(NearLimit::of(Limited::Files, 17_999, 20_000), None);
        let near = NearLimit::of(Limited::Files, 18_000, 20_000).unwrap();
        assert!(
            near.notice()
                .starts_with("There are 18000 files, of at most 20000.")
        );
        assert!(NearLimit::of(Limited::Bytes, u64::MAX, u64::MAX).is_some());
        let near = NearLimit::of(Limited::Versions, 950_000_001, 1_000_000_000).unwrap();
        assert!(near.notice().contains("951 MB, of at most 1000 MB"));
    }

    #[test]
    fn a_notice_returns_when_it_gets_worse() {
        let level = |used| {
            NearLimit::of(Limited::Versions, used, 1_000)
                .unwrap()
                .level()
        };
        assert_eq!(
            [900, 949, 950, 989, 990, 2_000].map(level),
            [0, 0, 1, 1, 2, 2]
        );
        let near = NearLimit::of(Limited::Versions, 960, 1_000).unwrap();
        assert!(near.is_news_after(None) && near.is_news_after(Some(0)));
        assert!(!near.is_news_after(Some(1)) && !near.is_news_after(Some(2)));
    }

    #[test]
    fn the_wire_has_numbers() {
        let near = NearLimit::of(Limited::Bytes, 9, 10).unwrap();
        let json = json!({"limited": "bytes", "used": 9, "most": 10});
        assert_eq!(Record::to_json(&near), json);
        assert_eq!(<NearLimit as Record>::from_json(json), Some(near));
    }
}
