//! Writing text in the encoding and with the line ends of its file.

use super::{
    Encoding, Expect, FilePath, Kind, LineEnds, Workspace, WorkspaceError, Written, line_ends,
};

/// The encoding and line ends for a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Manner {
    /// `None`: the encoding of the replaced file; UTF-8 when there is none.
    pub encoding: Option<Encoding>,
    /// `None`: the line ends of the replaced file, unless the text has CR LF only.
    pub line_ends: Option<LineEnds>,
}

/// The result of writing a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextWritten {
    /// The result of the write.
    pub written: Written,
    /// The previous encoding and line ends, if the file was text.
    pub before: Option<(Encoding, LineEnds)>,
    /// The new encoding and line ends.
    pub now: (Encoding, LineEnds),
}

impl Workspace<'_> {
    /// Writes a text, with the directories it needs.
    ///
    /// # Errors
    /// When the expectation does not hold, when the encoding lacks a character, when the file is too large, or when
    /// an SQL statement fails.
    pub fn write_text(
        &self,
        path: &FilePath,
        text: &str,
        manner: Manner,
        expect: &Expect,
    ) -> Result<TextWritten, WorkspaceError> {
        let old = match self.expected(path, expect)? {
            Some(content) => match content.kind {
                Kind::Text { encoding, .. } => self.text_of(&content)?.map(|text| (encoding, text)),
                Kind::Binary => None,
            },
            None => None,
        };
        let before = old
            .as_ref()
            .map(|(encoding, old)| (*encoding, LineEnds::of(old)));
        let encoding = manner
            .encoding
            .or(before.map(|(encoding, _)| encoding))
            .unwrap_or(Encoding::UTF_8);
        let text = match (manner.line_ends, &old) {
            (Some(LineEnds::CrLf), _) => line_ends::kept("\r\n", text, "\r\n"),
            (Some(LineEnds::Lf), _) => line_ends::kept("\n", text, "\n"),
            // A text with CR LF only is written on purpose.
            (_, Some((_, old))) if LineEnds::of(text) != LineEnds::CrLf => {
                line_ends::kept(old, text, "\n")
            }
            (_, Some(_) | None) => text.to_owned(),
        };
        Ok(TextWritten {
            written: self.write_encoded(path, &text, encoding, expect)?,
            before,
            now: (encoding, LineEnds::of(&text)),
        })
    }

    /// Writes a text in an encoding.
    pub(super) fn write_encoded(
        &self,
        path: &FilePath,
        text: &str,
        encoding: Encoding,
        expect: &Expect,
    ) -> Result<Written, WorkspaceError> {
        let bytes = encoding
            .encode(text)
            .map_err(|char| WorkspaceError::NotInEncoding {
                path: path.clone(),
                encoding: encoding.name(),
                char,
            })?;
        let written = self.write(path, &bytes, expect)?;
        // The detection may take the bytes for another encoding than the one they were written in.
        if !encoding.is_utf8() && !text.is_ascii() {
            let lines = text.split_inclusive('\n').count() as u64;
            self.tell_kind(&written.hash, Kind::Text { lines, encoding })?;
        }
        Ok(written)
    }
}
