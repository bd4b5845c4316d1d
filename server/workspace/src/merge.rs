//! Merging: what becomes of a place that was changed in two ways since both had the same.

use similar::{DiffOp, TextMerge};

use super::{
    Workspace, WorkspaceError,
    change::Change,
    content::{Content, Hash, Kind},
    diff,
    encoding::Encoding,
    entry::Entry,
};

/// The most steps of a merge, as lines times lines that differ: these take some 20 ms.
const STEPS: usize = 4_000_000;

/// What stands at a place.
#[derive(Clone, Debug, Default)]
pub(super) enum There {
    /// Nothing.
    #[default]
    Nothing,
    /// A directory.
    Directory,
    /// A file.
    File {
        content: Content,
        /// See [`super::Stat::mode`].
        mode: Option<u32>,
    },
}

impl There {
    pub(super) fn of(entry: Option<Entry>) -> Self {
        match entry {
            None => Self::Nothing,
            Some(Entry { content: None, .. }) => Self::Directory,
            Some(Entry {
                content: Some(content),
                mode,
                ..
            }) => Self::File { content, mode },
        }
    }
}

impl PartialEq for There {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Nothing, Self::Nothing) | (Self::Directory, Self::Directory) => true,
            (
                Self::File { content, mode },
                Self::File {
                    content: other,
                    mode: other_mode,
                },
            ) => content.id == other.id && mode == other_mode,
            (Self::Nothing | Self::Directory | Self::File { .. }, _) => false,
        }
    }
}

/// Both ways changed the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Conflict;

impl Change<'_, '_> {
    /// What a place becomes that had `base`, has `ours`, and became `theirs` in the other way.
    pub(super) fn merged(
        &mut self,
        base: &There,
        ours: &There,
        theirs: &There,
    ) -> Result<Result<There, Conflict>, WorkspaceError> {
        if ours == base || ours == theirs {
            return Ok(Ok(theirs.clone()));
        }
        if theirs == base {
            return Ok(Ok(ours.clone()));
        }
        let (
            There::File {
                content: base,
                mode: base_mode,
            },
            There::File {
                content: ours,
                mode: our_mode,
            },
            There::File {
                content: theirs,
                mode: their_mode,
            },
        ) = (base, ours, theirs)
        else {
            return Ok(Err(Conflict));
        };
        let mode = if our_mode == base_mode {
            *their_mode
        } else {
            *our_mode
        };
        Ok(self
            .merged_content(base, ours, theirs)?
            .map(|content| There::File { content, mode })
            .ok_or(Conflict))
    }

    /// `None`: both ways changed the same lines, or it is no text.
    fn merged_content(
        &mut self,
        base: &Content,
        ours: &Content,
        theirs: &Content,
    ) -> Result<Option<Content>, WorkspaceError> {
        if ours.id == base.id || ours.id == theirs.id {
            return Ok(Some(theirs.clone()));
        }
        if theirs.id == base.id {
            return Ok(Some(ours.clone()));
        }
        let workspace = *self.workspace();
        let Some((encoding, our_text)) = workspace.encoded_text(ours)? else {
            return Ok(None);
        };
        let (Some(base), Some(theirs)) = (workspace.text_of(base)?, workspace.text_of(theirs)?)
        else {
            return Ok(None);
        };
        let Some(text) = merged_text(&base, &our_text, &theirs) else {
            return Ok(None);
        };
        let Ok(bytes) = encoding.encode(&text) else {
            return Ok(None);
        };
        let hash = Hash::of(&bytes);
        let (content, added) = workspace.put_content(&bytes, &hash)?;
        self.usage.stored += added;
        if !encoding.is_utf8() && !text.is_ascii() {
            let lines = text.split_inclusive('\n').count() as u64;
            workspace.tell_kind(&hash, Kind::Text { lines, encoding })?;
        }
        Ok(Some(content))
    }
}

impl Workspace<'_> {
    fn encoded_text(
        &self,
        content: &Content,
    ) -> Result<Option<(Encoding, String)>, WorkspaceError> {
        match content.kind {
            Kind::Binary => Ok(None),
            Kind::Text { encoding, .. } => Ok(self.text_of(content)?.map(|text| (encoding, text))),
        }
    }
}

/// The text with what both ways changed; `None`: they changed the same lines, or too much differs to find out in time.
fn merged_text(base: &str, ours: &str, theirs: &str) -> Option<String> {
    if steps(base, ours).saturating_add(steps(base, theirs)) > STEPS {
        return None;
    }
    let merge = TextMerge::from_lines(base, ours, theirs);
    (!merge.is_conflicted()).then(|| merge.to_string())
}

/// What it takes at most to find how two texts differ: the time grows with the lines, and with those that differ.
fn steps(old: &str, new: &str) -> usize {
    let lines = |text| str::split_inclusive(text, '\n').collect::<Vec<_>>();
    let (old, new) = (lines(old), lines(new));
    let changed: usize = diff::operations(&old, &new)
        .iter()
        .map(|operation| match operation {
            DiffOp::Equal { .. } => 0,
            DiffOp::Delete { old_len, .. } => *old_len,
            DiffOp::Insert { new_len, .. } => *new_len,
            DiffOp::Replace {
                old_len, new_len, ..
            } => old_len.saturating_add(*new_len),
        })
        .sum();
    (old.len() + new.len()).saturating_mul(changed)
}

#[cfg(test)]
mod tests {
    use super::merged_text;

    #[test]
    fn changes_of_different_lines_are_both_kept() {
        let base = "a\nb\nc\nd\ne\n";
        for (ours, theirs, merged) in [
            (
                "A\nb\nc\nd\ne\n",
                "a\nb\nc\nd\nE\n",
                Some("A\nb\nc\nd\nE\n"),
            ),
            (
                "a\nb\nc\nd\ne\nf\n",
                "b\nc\nd\ne\n",
                Some("b\nc\nd\ne\nf\n"),
            ),
            (
                "a\nB\nc\nd\ne\n",
                "a\nB\nc\nd\ne\n",
                Some("a\nB\nc\nd\ne\n"),
            ),
            ("a\nX\nc\nd\ne\n", "a\nY\nc\nd\ne\n", None),
            ("a\r\nb\r\nc\r\nd\r\ne\r\n", "a\nb\nc\nd\nE\n", None),
        ] {
            assert_eq!(
                merged_text(base, ours, theirs).as_deref(),
                merged,
                "{ours:?} {theirs:?}"
            );
        }
    }

    /// The time of a merge is bounded: texts of many lines that have nothing in common are a conflict at once.
    #[test]
    fn texts_that_have_too_little_in_common_are_not_merged() {
        let lines = |name: &str| {
            (0..20_000)
                .map(|n| format!("{name} {n}\n"))
                .collect::<String>()
        };
        assert_eq!(merged_text(&lines("a"), &lines("b"), &lines("c")), None);
        let base = lines("a");
        let ours = base.replacen("a 10\n", "ours\n", 1);
        let theirs = base.replacen("a 19000\n", "theirs\n", 1);
        let merged = merged_text(&base, &ours, &theirs).unwrap();
        assert!(merged.contains("ours\n") && merged.contains("theirs\n"));
    }
}
